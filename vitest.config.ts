// How tests run: every process in UTC, whatever the machine's zone (docs/semantics.md).

import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { defineConfig, mergeConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { SUITES } from './test/support/suites/shared-suites.ts'

process.env.TZ = 'UTC'

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** Suites that take a minute or more, longest first: begun first, so that none of them is left alone at the end. */
const LONG = [
  'test/mutants/mutants',
  'test/clusters/',
  'test/random/',
  'test/mutants/sink-mutants',
  'test/sinks/kafka/lost-',
  'test/real/retail',
  'test/logs/kafka/login/broker',
  'test/sinks/kafka/cluster',
  'test/crash/random-kills',
  'test/logs/kafka/retention-campaign',
  'test/repository/docs',
  'test/cli/deploy/image',
  'test/deployment/backup',
  'test/sinks/postgres/processes',
  'test/testing/state/verify-state',
  'test/deployment/upgrade/processes',
  'test/run/feed/agreement',
]

const SHARING = 'sharing'

class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    // Those that share a process follow one another: only then do they.
    const rank = ({ moduleId, project }: TestSpecification): number => {
      if (project.name === SHARING) return LONG.length + 1
      const index = LONG.findIndex(part => moduleId.includes(`/${part}`))
      return index < 0 ? LONG.length : index
    }
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b))
  }
}

const EXCLUDED = ['**/node_modules/**', 'test/fixtures/**']

/** Without the division in suites that share a process and others. */
export const base = defineConfig({
  resolve: {
    alias: [
      { find: /^lyrebird$/, replacement: here('./dsl/index.ts') },
      { find: /^lyrebird\/(avro|protobuf)$/, replacement: here('./formats/$1/index.ts') },
      { find: /^lyrebird\/log$/, replacement: here('./logs/writer/index.ts') },
      { find: /^lyrebird\/testing$/, replacement: here('./testing/index.ts') },
    ],
  },
  test: {
    exclude: EXCLUDED,
    setupFiles: ['test/support/suites/clean-up-hooks.ts'],
    // Many suites wait for disks, brokers and processes of their own: with one worker for each processor a third of
    // their time is left; more than one beyond that wins nothing.
    maxWorkers: availableParallelism() + 1,
    sequence: { sequencer: LongFirst },
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
})

const project = (name: keyof typeof SUITES, isolate: boolean) => ({
  extends: true as const,
  test: { name, isolate, include: [...SUITES[name].include], exclude: [...EXCLUDED, ...SUITES[name].exclude] },
})

export default mergeConfig(base, { test: { projects: [project('alone', true), project(SHARING, false)] } })
