// The command line of an emitted module: `node batch.mjs --log DIR --state DIR ...`, the same for all targets.
//
// Promises: the summary as text on stderr, or as one JSON object on stdout with --json; exit codes of core/errors.ts;
// an unknown option is exit 2 with the nearest known one; --help prints them all.
// Not here: everything beyond one compiled job (`cli`).

import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type ParseArgsConfig, parseArgs } from 'node:util'
import { didYouMean } from '../../core/did-you-mean.ts'
import { checkAbi } from '../../core/emitted/abi.ts'
import type { FunctionsModule } from '../../core/emitted/emitted-module.ts'
import { EXIT, isLyrebirdError, LyrebirdError } from '../../core/errors.ts'
import { checkArtefact, readManifest } from '../../host/artefact.ts'
import { systemFailure } from '../../host/system-failure.ts'
import type { RowSinks } from '../feed/feeds.ts'
import type { RunOptions } from '../job-run.ts'
import { checkLogFormat, jsonTeller } from '../notices/log-format.ts'
import type { Tell } from '../notices/notice.ts'
import { failureNotice, summaryNotices } from '../notices/summary-notices.ts'
import { outOf } from '../state/folders.ts'
import type { RunSummary } from '../summary.ts'
import { awayTeller } from './away-text.ts'
import { givenPatience, readFrom, readUntil, sizeOf, topicOptions } from './option-values.ts'
import { summaryLines } from './summary-text.ts'

/** An option: the placeholder of its value in the usage (null for an option without one), and what it means. */
interface OptionText {
  readonly value: string | null
  readonly means: string
}

/** Values of options by name. */
type Given = Readonly<Record<string, string | boolean | undefined>>

type TopicTexts = Readonly<Partial<Record<'replication' | 'compression', string> & { republish: boolean }>>

type OptionTexts = Readonly<Record<string, OptionText>>

const COMMON: OptionTexts = {
  log: { value: 'LOG', means: 'where the records come from: a directory, or kafka://HOST:PORT' },
  state: { value: 'DIR', means: 'where the state lies' },
  archive: { value: 'DIR', means: 'stored files with older records of the same topics, read before LOG' },
  out: {
    value: 'OUT',
    means: 'where output topics are: a log directory or kafka://HOST:PORT; default that of LOG, or STATE/out',
  },
  replication: { value: 'N', means: 'replicas of topics that are made in Kafka; default that of the cluster' },
  'min-insync': { value: 'N', means: 'how many of them must have a record; default that of the cluster' },
  compression: { value: 'C', means: 'of records that go to Kafka: lz4 (default) or none' },
  republish: { value: null, means: 'rewrite changes in Kafka that another line of commits wrote' },
  from: { value: 'FROM', means: 'where a new state begins: a time, or a cut such as topic/0:1200' },
  until: { value: 'CUT', means: 'end, a cut such as topic/0:1200, or a file that holds one' },
  final: { value: null, means: 'the history is complete: every window closes' },
  admit: { value: null, means: 'take new partitions in at the present watermark' },
  'give-up-after': {
    value: 'D',
    means: 'how long brokers may be away, such as 10m; default 60s, for a stream without --until for good',
  },
  memory: { value: 'SIZE', means: 'memory for what is computed, such as 512MB; default by the machine' },
  json: { value: null, means: 'the summary as JSON on stdout' },
}

const HELP: OptionTexts = { help: { value: null, means: 'print this' } }

export const LISTEN_OPTION: OptionText = {
  value: 'HOST:PORT',
  means: 'answer /metrics (Prometheus), /healthz and /readyz there',
}

export const TICKS_OPTION: OptionText = {
  value: 'D',
  means: 'write ticks into partitions that have had no record for so long, such as 1m',
}

export const LOG_FORMAT_OPTION: OptionText = {
  value: 'FORMAT',
  means: 'what it says on stderr: text (default), or json, one object a line',
}

export interface Target {
  readonly name: 'batch' | 'stream' | 'run'
  /** Options of this target beside the common ones. */
  readonly options: OptionTexts
  /** Null where it was stopped before anything was computed. */
  run(options: RunOptions, given: Given, tell: Tell): Promise<RunSummary | null>
}

/**
 * The functions of a compiled job, or how to load them, which runs the author's module. An artefact without an ABI
 * number gives the module itself.
 */
export type GivenFunctions = FunctionsModule | (() => Promise<FunctionsModule>)

/**
 * Runs a compiled job. `url` is that of the module that was started; `functions.mjs` lies beside it. Sets the exit
 * code.
 */
export async function runMain(
  target: Target,
  given: GivenFunctions,
  url: string,
  argv: readonly string[],
): Promise<void> {
  const json = Object.hasOwn(target.options, 'log-format') ? await jsonTeller(argv) : null
  const say = (lines: readonly string[]): void => void process.stderr.write(`${lines.join('\n')}\n`)
  const tell: Tell = json ?? (({ text }) => say([text]))
  try {
    const texts = { ...COMMON, ...target.options, ...HELP }
    const values = parse(target.name, texts, argv)
    if (values.help === true) {
      process.stdout.write(`${usageLines(target.name, texts).join('\n')}\n`)
      return
    }
    checkLogFormat(values['log-format'] as string | undefined)
    checkFiles(url)
    const [log, state] = [required(values, 'log'), required(values, 'state')]
    const options: RunOptions = {
      functions: typeof given === 'function' ? await given() : given,
      functionsUrl: new URL('./functions.mjs', url).href,
      log: values.archive === undefined ? log : { archive: values.archive as string, log },
      state,
      out: outOf(values.out as string | undefined, log, state),
      sinks: await sinksBeside(url),
      outTopics: topicOptions({ ...(values as TopicTexts), minInsync: values['min-insync'] as string | undefined }),
      from: values.from === undefined ? undefined : readFrom(values.from as string),
      until: values.until === undefined ? undefined : readUntil(values.until as string),
      final: values.final === true,
      admit: values.admit === true,
      memoryBytes: sizeOf(values.memory as string | undefined, 'memory'),
      patience: {
        ...givenPatience(values['give-up-after'] as string | undefined),
        onAway: awayTeller(tell),
      },
    }
    const summary = await target.run(options, values, tell)
    if (summary === null) return
    if (values.json === true) process.stdout.write(`${JSON.stringify(summary)}\n`)
    else if (json === null) say(summaryLines(summary))
    if (json !== null) for (const notice of summaryNotices(summary)) json(notice)
  } catch (thrown) {
    const error = systemFailure(thrown)
    if (json === null) say(failureLines(error))
    else json(failureNotice(error))
    process.exitCode = isLyrebirdError(error) ? error.exitCode : EXIT.bug
  }
}

/** The sinks that the artefact was compiled with. */
async function sinksBeside(url: string): Promise<RowSinks | undefined> {
  const files = readManifest(dirname(fileURLToPath(url)))?.files ?? {}
  if (!Object.hasOwn(files, 'sinks.mjs')) return undefined
  const module = new URL('./sinks.mjs', url).href
  return ((await import(module)) as { readonly sinks: RowSinks }).sinks
}

/**
 * Throws `artefact-incompatible` and `artefact-damaged` before the author's module is loaded. Without a manifest the
 * ABI number of the module decides.
 */
function checkFiles(url: string): void {
  const folder = dirname(fileURLToPath(url))
  const manifest = readManifest(folder)
  if (manifest === undefined) return
  checkAbi({ abi: manifest.abi, files: manifest.sources }, url)
  checkArtefact(folder)
}

function parse(name: string, texts: OptionTexts, argv: readonly string[]): Given {
  const options: NonNullable<ParseArgsConfig['options']> = Object.fromEntries(
    Object.entries(texts).map(([option, { value }]) => [option, { type: value === null ? 'boolean' : 'string' }]),
  )
  const args = [...argv]
  const { tokens } = parseArgs({ args, options, strict: false, tokens: true })
  const unknown = tokens.find(token => token.kind === 'option' && !Object.hasOwn(texts, token.name))
  if (unknown?.kind === 'option') throw unknownOption(unknown.name, unknown.rawName, Object.keys(texts))
  try {
    return parseArgs({ args, options, strict: true, allowPositionals: false }).values as Given
  } catch (cause) {
    throw new LyrebirdError('usage', (cause as Error).message.split('\n')[0] as string, {
      hint: `node ${name}.mjs --help lists the options`,
    })
  }
}

function unknownOption(name: string, written: string, known: readonly string[]): LyrebirdError {
  const near = didYouMean(name, known)
  return new LyrebirdError('usage', `there is no option ${written.slice(0, 80)}`, {
    hint: near === null ? `options: ${known.map(option => `--${option}`).join(' ')}` : `did you mean --${near}?`,
  })
}

function usageLines(name: string, texts: OptionTexts): readonly string[] {
  const options = Object.entries(texts).map(([option, { value, means }]) => ({
    left: value === null ? `--${option}` : `--${option} ${value}`,
    means,
  }))
  const width = Math.max(...options.map(({ left }) => left.length))
  return [
    `usage: node ${name}.mjs --log LOG --state DIR [options]`,
    ...options.map(({ left, means }) => `  ${left.padEnd(width)}  ${means}`),
  ]
}

function required(given: Given, option: string): string {
  const value = given[option]
  if (typeof value === 'string' && value !== '') return value
  throw new LyrebirdError('usage', `--${option} is missing`, { hint: `add --${option} ${COMMON[option]?.value}` })
}

/** A failure as lines for people. */
function failureLines(error: unknown): readonly string[] {
  if (isLyrebirdError(error)) {
    return [`${error.code}  ${error.message}`, ...(error.hint === undefined ? [] : [`  ${error.hint}`])]
  }
  return [`lyrebird has a bug: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`]
}
