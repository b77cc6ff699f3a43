// `lyrebird verify`: batch, stream and reference at one cut; or a state, also while it is written, against batch.

import { EXIT, LyrebirdError } from '../../core/errors.ts'
import type { LyrebirdConfig } from '../../dsl/config.ts'
import type { LogPlace } from '../../logs/index.ts'
import { awayTeller } from '../../run/command-line/away-text.ts'
import { durationOf, givenPatience, numberOf, sizeOf } from '../../run/command-line/option-values.ts'
import { readyJob } from '../cache/compile-cache.ts'
import { readConfig } from '../config.ts'
import { checkJobPath, type RunFlags, required, untilOf } from '../options.ts'
import type { Terminal } from '../output/terminal.ts'

type Flags = RunFlags & {
  readonly interleavings?: string
  readonly seed?: string
  readonly hold?: string
  readonly workers?: string
}

export async function verify(job: string, flags: Flags, terminal: Terminal): Promise<number> {
  checkJobPath(job)
  if (flags.state !== undefined && (flags.until !== undefined || flags.final === true)) {
    throw new LyrebirdError('usage', '--until and --final do not go with --state: a state has a cut of its own', {
      hint: 'leave them out, or leave --state out',
    })
  }
  const config = await readConfig()
  const log = required(flags.log ?? config.log, 'log', 'DIR')
  const archive = flags.archive ?? config.archive
  const place = archive === undefined ? log : { archive, log }
  // Schedules of the stream and the reference take a whole log into memory: for a state only where they are asked for.
  const isProof = flags.state === undefined || flags.interleavings !== undefined || flags.seed !== undefined
  return isProof ? await verifyJob(job, place, flags, terminal) : await verifyState(job, place, flags, config, terminal)
}

async function verifyJob(job: string, log: LogPlace, flags: Flags, terminal: Terminal): Promise<number> {
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
  await tell(verdict, flags, verdictLines(verdict), terminal)
  return verdict.equal ? EXIT.ok : EXIT.notEquivalent
}

async function verifyState(
  job: string,
  log: LogPlace,
  flags: Flags,
  config: LyrebirdConfig,
  terminal: Terminal,
): Promise<number> {
  const state = flags.state as string
  const holdMs = durationOf(flags.hold, 'hold')
  const workers = numberOf(flags.workers, 'workers', 1, 1024) ?? config.workers
  const memoryBytes = sizeOf(flags.memory, 'memory')
  const patience = { ...givenPatience(flags.giveUpAfter), onAway: awayTeller(notice => terminal.talk(notice.text)) }
  const recompute = `lyrebird batch ${job} ${placesOf(log)} --state ${state}-new`
  const { functions, functionsUrl } = await readyJob(job, terminal)
  const { comparedSinks, stateVerdictLines, verifyState } = await import('../../testing/equivalence/index.ts')
  const show = (step: string): void => terminal.progress(`verify ${state}: ${step}`)
  const options = { functions, functionsUrl, log, state, out: flags.out, holdMs, workers, memoryBytes, patience }
  const verdict = await untilSignal(signal =>
    verifyState({
      ...options,
      recompute,
      further: config.sinks === undefined ? [] : [comparedSinks(config.sinks, state)],
      signal,
      onStep: show,
      onProgress: share =>
        show(share < 1 ? `computing it again, ${Math.floor(100 * share)} % read` : 'computing it again, all is read'),
    }),
  )
  await tell(verdict, flags, stateVerdictLines(verdict, recompute), terminal)
  return verdict.equal ? EXIT.ok : EXIT.notEquivalent
}

/** SIGINT and SIGTERM end it as they do by default, once what it has put aside is gone; a second one at once. */
async function untilSignal<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stop = new AbortController()
  let by: NodeJS.Signals | null = null
  const end = (signal: NodeJS.Signals): void => {
    by = signal
    stop.abort(new Error(signal))
  }
  for (const signal of SIGNALS) process.once(signal, end)
  try {
    return await work(stop.signal)
  } finally {
    for (const signal of SIGNALS) process.off(signal, end)
    if (by !== null) process.kill(process.pid, by)
  }
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const

async function tell(verdict: object, flags: Flags, lines: readonly string[], terminal: Terminal): Promise<void> {
  terminal.progress(null)
  if (flags.json === true) return await terminal.data(JSON.stringify(verdict))
  const { green, red } = terminal.dataColours
  for (const line of lines) {
    await terminal.data(/^equal\b/.test(line) ? green(line) : /^NOT EQUAL/.test(line) ? red(line) : line)
  }
}

const placesOf = (log: LogPlace): string =>
  typeof log === 'string' ? `--log ${log}` : `--log ${log.log} --archive ${log.archive}`

/** The command that repeats the run; the seed is appended to it. */
function commandOf(job: string, log: LogPlace, { state, out, until, final }: Flags): string {
  const given = Object.entries({ state, out, until }).flatMap(([flag, value]) =>
    value === undefined ? [] : [`--${flag} ${value}`],
  )
  return ['lyrebird verify', job, placesOf(log), ...given, ...(final === true ? ['--final'] : [])].join(' ')
}
