// lyrebird's own contestants: compiles a job of `bench/jobs` and says how an executor of it is run.
//
// Promises: compiled anew for each run of the bench; a state is asked only after the measured process has ended.

import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { type Bench, nodeCommand } from './measure.ts'

const distOf = ({ root }: Bench, job: string): string => join(root, '.lyrebird', 'bench', 'dist', job)
const cliOf = ({ root }: Bench): string => join(root, 'bin', 'lyrebird.mjs')

export function compile(bench: Bench, job: string): void {
  const source = join(bench.root, 'bench', 'jobs', `${job}.ts`)
  const cli = [cliOf(bench), 'compile', source, '--out', distOf(bench, job)]
  const { status, stderr } = spawnSync(process.execPath, cli, { cwd: bench.root, encoding: 'utf8' })
  if (status !== 0) throw new Error(`${job} does not compile: ${stderr}`)
}

/** The command of an executor; a stream ends where its log ends, unless it is to live. */
export function executor(
  bench: Bench,
  job: string,
  target: 'batch' | 'stream' | 'live',
  ...args: readonly string[]
): readonly string[] {
  const script = join(distOf(bench, job), target === 'batch' ? 'batch.mjs' : 'stream.mjs')
  return nodeCommand(bench, script, ...args, ...(target === 'stream' ? ['--until', 'end'] : []))
}

interface Row {
  readonly key: unknown
  readonly window?: { readonly start: string }
  readonly value: { readonly count: number; readonly sum?: number }
}

export function rowsOf(bench: Bench, view: string, state: string): readonly Row[] {
  const args = [cliOf(bench), 'query', view, '--state', state]
  const { stdout } = spawnSync(process.execPath, args, { cwd: bench.root, encoding: 'utf8', maxBuffer: 1 << 28 })
  return stdout
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))
}
