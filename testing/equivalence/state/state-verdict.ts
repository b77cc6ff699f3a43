// The result of verifying a committed state, as data and as text.
//
// Promises: the text begins with what was found, then says of which commit, then each part once: what was compared,
// what differs and how, what was not compared and why.

import { timeText } from '../../../core/time/time-text.ts'
import { countText } from '../../../run/number-text.ts'
import type { CommitDocument } from '../../../run/state/documents.ts'
import type { PartialVerdict } from '../verdict.ts'
import type { ComparedPart } from './comparison.ts'

export interface StateVerdict {
  /** No difference was found in what was compared. */
  readonly equal: boolean
  /** Everything was compared. */
  readonly whole: boolean
  readonly job: string
  /** The state directory. */
  readonly state: string
  /** Null in a state whose last commit has no number. */
  readonly commit: CommitDocument | null
  /** The process that wrote the state meanwhile; null where none did. */
  readonly writer: number | null
  /** `topic/partition` -> exclusive end offset, as decimal text. */
  readonly cut: Readonly<Record<string, string>>
  readonly final: boolean
  /** Records that were read again. */
  readonly records: number
  /** ms for which the commit was held. */
  readonly heldMs: number
  /** What the log has lost of what the state was computed from, and from where on the rest was verified. */
  readonly gone: PartialVerdict['gone']
  readonly parts: readonly ComparedPart[]
}

/** Lines without line ends. `recompute` is the command that computes the state anew. */
export function stateVerdictLines(verdict: StateVerdict, recompute: string): readonly string[] {
  const width = Math.max(...verdict.parts.map(({ part }) => part.length))
  return [
    headline(verdict),
    ...commitLines(verdict),
    ...verdict.gone.map(({ partition, from, to, verified }) =>
      line('gone', `${partition}: offsets ${from} to ${BigInt(to) - 1n}; verified from ${verified} on`),
    ),
    ...verdict.parts.flatMap(part => partLines(part, width)),
    ...(verdict.equal ? [] : [`  compute it anew beside this one: ${recompute}`]),
  ]
}

function headline({ equal, whole, state, parts, ...verdict }: StateVerdict): string {
  const at = `${state} at ${commitName(verdict)}`
  if (!equal) {
    const different = parts.filter(({ differing }) => differing > 0).map(({ part }) => part)
    return `NOT EQUAL: ${at} is not what batch computes from the log: ${different.join(', ')}`
  }
  if (whole) return `equal: ${at} is what batch computes from the log`
  return `no difference in what was compared of ${at}; it was not compared whole`
}

const commitName = ({ commit }: Pick<StateVerdict, 'commit'>): string =>
  commit === null ? 'its last commit' : `commit ${commit.number}`

function commitLines({ commit, cut, final, records, writer, heldMs }: StateVerdict): readonly string[] {
  const positions = Object.entries(cut).map(([partition, offset]) => `${partition}:${offset}`)
  const more = positions.length > SHOWN_POSITIONS ? `, and ${positions.length - SHOWN_POSITIONS} more` : ''
  const made = commit === null ? '' : `of ${timeText(commit.time)}, epoch ${commit.epoch}; `
  const meanwhile = writer === null ? 'no process writes the state' : `process ${writer} goes on writing the state`
  return [
    line('commit', `${made}held for ${heldMs} ms; ${meanwhile}`),
    line('cut', `${positions.slice(0, SHOWN_POSITIONS).join(',')}${more}${final ? ', final' : ''}`),
    line('read again', `${countText(records)} records`),
  ]
}

const SHOWN_POSITIONS = 8
const LABEL = 12

const line = (label: string, text: string): string => `  ${label.padEnd(LABEL)}  ${text}`

/** One of what is counted in a part, by the first word of its name. */
const UNITS: Readonly<Record<string, string>> = {
  view: 'row',
  output: 'record',
  changes: 'record',
  late: 'record',
  dead: 'letter',
  watermarks: 'source',
  counts: 'node',
}

function partLines({ part, compared, of, digest, since, left, differing, differences }: ComparedPart, width: number) {
  const unit = `${UNITS[part.split(' ')[0] as string] ?? 'row'}${of === 1 ? '' : 's'}`
  const count = `${compared === of ? '' : `${countText(compared)} of `}${countText(of)} ${unit}`
  const label = differing > 0 ? 'DIFFERENT' : left === null ? 'equal' : compared === 0 ? 'NOT COMPARED' : 'in part'
  const wrong = differing === 0 ? '' : `, ${countText(differing)} ${differing === 1 ? 'difference' : 'differences'}`
  const from = since === null ? '' : `, ${part.startsWith('view') ? 'windows' : 'times'} from ${timeText(since)} on`
  const hash = digest === null || of === 0 || label !== 'equal' ? '' : `  ${digest}`
  const indent = ' '.repeat(LABEL + 4)
  return [
    line(label, `${part.padEnd(width)}  ${count}${from}${wrong}${hash}`),
    ...(left === null ? [] : [`${indent}not all was compared: ${left}`]),
    ...differences.flatMap(({ at, state, again }) => [
      `${indent}${at}`,
      `${indent}  is         ${state}`,
      `${indent}  should be  ${again}`,
    ]),
    ...(differing > differences.length ? [`${indent}and ${countText(differing - differences.length)} more`] : []),
  ]
}
