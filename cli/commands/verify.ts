// `lyrebird verify`: batch, stream and reference at one cut.

import { EXIT } from '../../core/errors.ts'
import { numberOf } from '../../run/command-line/option-values.ts'
import { readyJob } from '../cache/compile-cache.ts'
import { readConfig } from '../config.ts'
import { checkJobPath, type RunFlags, required, untilOf } from '../options.ts'
import type { Terminal } from '../output/terminal.ts'

type Flags = RunFlags & { readonly interleavings?: string; readonly seed?: string }

export async function verify(job: string, flags: Flags, terminal: Terminal): Promise<number> {
  checkJobPath(job)
  const config = await readConfig()
  const log = required(flags.log ?? config.log, 'log', 'DIR')
  const interleavings = numberOf(flags.interleavings, 'interleavings', 1, 1_000_000)
  const seed = numberOf(flags.seed, 'seed', 0, 2 ** 32 - 1)
  const until = untilOf(flags.until)
  const { functions, functionsUrl } = await readyJob(job, terminal)
  const { verdictLines, verifyJob } = await import('../../testing/equivalence/index.ts')
  const verdict = await verifyJob({
    functions,
    functionsUrl,
    log,
    until,
    final: flags.final === true,
    state: flags.state,
    out: flags.out,
    interleavings,
    seed,
    command: commandOf(job, log, flags),
    onStep: name => terminal.progress(`verify ${job}: ${name}`),
  })
  terminal.progress(null)
  if (flags.json === true) await terminal.data(JSON.stringify(verdict))
  else {
    const { green, red } = terminal.dataColours
    for (const line of verdictLines(verdict)) {
      await terminal.data(line === 'equal' ? green(line) : line.startsWith('NOT EQUAL') ? red(line) : line)
    }
  }
  return verdict.equal ? EXIT.ok : EXIT.notEquivalent
}

/** The command that repeats the run; the seed is appended to it. */
function commandOf(job: string, log: string, { state, out, until, final }: Flags): string {
  const given = Object.entries({ state, out, until }).flatMap(([flag, value]) =>
    value === undefined ? [] : [`--${flag} ${value}`],
  )
  return ['lyrebird verify', job, `--log ${log}`, ...given, ...(final === true ? ['--final'] : [])].join(' ')
}
