// How tests run: every process in UTC, whatever the machine's zone (docs/semantics.md).

import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

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

class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const index = LONG.findIndex(part => moduleId.includes(`/${part}`))
      return index < 0 ? LONG.length : index
    }
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b))
  }
}

export default defineConfig({
  resolve: {
    alias: [
      { find: /^lyrebird$/, replacement: here('./dsl/index.ts') },
      { find: /^lyrebird\/(avro|protobuf)$/, replacement: here('./formats/$1/index.ts') },
      { find: /^lyrebird\/log$/, replacement: here('./logs/writer/index.ts') },
      { find: /^lyrebird\/testing$/, replacement: here('./testing/index.ts') },
    ],
  },
  test: {
    include: ['test/**/*.test.ts', 'examples/**/*.test.ts'],
    exclude: ['**/node_modules/**', 'test/fixtures/**'],
    // Many suites wait for disks, brokers and processes of their own: with one worker for each processor a third of
    // their time is left.
    maxWorkers: availableParallelism() + 1,
    sequence: { sequencer: LongFirst },
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
})
