// Compares the views, late records and dead letters of a commit with their recomputation.
//
// Promises: the rows of the commit must have the digest that the state itself keeps for them, and that must be the
// digest of the recomputation; where a digest differs, the rows are compared one by one, and so are those that follow
// from what remains of a log that has lost something. Memory is bounded by that of the sorters.

import type { Progress } from '../../../core/executor/progress.ts'
import type { PlanResult } from '../../../core/plan/plan.ts'
import { deadLetterJson, lateJson, rowJson, windowOf } from '../../../core/result/result-json.ts'
import { DIGEST } from '../../../core/state/digests.ts'
import type { StateAccess } from '../../../core/state/environment.ts'
import { comparedLength, decodeDead, decodeLate, decodeViewRow, TABLE } from '../../../core/state/row-codec.ts'
import { storedKey, windowBytes } from '../../../core/tables/view-order.ts'
import { bytesToHex } from '../../../core/values/bytes.ts'
import { type DigestSummary, MultisetDigest } from '../../../core/values/multiset-digest.ts'
import { storedRows, storedRowsByKey, watermarkAt } from '../../../run/state/read-state.ts'
import { COMPACTED, type ComparedPart, type ComparisonContext, NEEDS_GONE, type PartDifference } from './comparison.ts'
import { type Cell, mergeCells } from './merge-cells.ts'
import { tableOfView } from './snapshot.ts'

/** Something that a state keeps as rows of a table, with a digest. */
interface KeptTable {
  readonly part: string
  readonly table: string
  /** Name of the digest. */
  readonly digest: string
  /** The digest of the rows as they are stored; null where the digest covers more than the rows. */
  readonly read: (state: StateAccess) => DigestSummary | null
  /** The rows that can be compared one by one. */
  readonly cells: (state: StateAccess, progress: Progress) => Iterable<Cell>
  /** From which time on it follows from the records that the log still holds: -Infinity where all of it does. */
  readonly known: number
  readonly since: number | null
  /** Whether a compaction since can have changed rows: those are none of the cells then. */
  readonly isChangeable: boolean
}

export async function comparedTables(context: ComparisonContext): Promise<readonly ComparedPart[]> {
  const views = context.plan.results.filter(({ kind }) => kind === 'view').map(view => viewTable(context, view))
  return [...views, lateTable(context), deadTable(context)].map(table => comparedTable(context, table))
}

function comparedTable({ snapshot, again }: ComparisonContext, table: KeptTable): ComparedPart {
  const [kept, expected] = [snapshot, again].map(({ progress }) => progress.digest(table.digest).summary) as Two
  const [isWhole, isCopied] = [table.known === ALWAYS, !snapshot.rows.left.includes(table.table)]
  const read = isCopied ? table.read(snapshot.rows) : null
  const ofRows = read === null || same(read, kept) ? [] : [differenceOf('digest of the rows', read, kept)]
  const ofAll = isWhole && !same(kept, expected) ? [differenceOf('digest', kept, expected)] : []
  const wrong = [...ofRows, ...ofAll]
  const base = { part: table.part, of: kept.count, digest: kept.digest, since: table.since }
  const without = (left: string | null, compared: number, differences = wrong): ComparedPart => ({
    ...base,
    compared,
    left,
    differing: differences.length,
    differences,
  })
  if (!isCopied) return without(isWhole ? `${NOT_READ}; the digest that the state keeps was compared` : NOT_READ, 0)
  if (isWhole && wrong.length === 0) return without(null, kept.count)
  if (table.known === NEVER) return without(NEEDS_GONE, 0)
  if (!isWhole && read === null) return without('not all of them are listed', 0)
  const merged = mergeCells(table.cells(snapshot.rows, snapshot.progress), table.cells(again.state, again.progress))
  const left = table.isChangeable ? COMPACTED : !isWhole && merged.rows < kept.count ? NEEDS_GONE : null
  if (merged.differing === 0) return without(left, merged.rows, table.isChangeable ? ofRows : wrong)
  return { ...base, compared: merged.rows, left, differing: merged.differing, differences: merged.differences }
}

type Two = [DigestSummary, DigestSummary]

const ALWAYS = Number.NEGATIVE_INFINITY
const NEVER = Number.POSITIVE_INFINITY

const NOT_READ = 'rows were not read: there was no time while the commit was held (--hold)'

const same = (a: DigestSummary, b: DigestSummary): boolean => a.count === b.count && a.digest === b.digest
const textOf = ({ count, digest }: DigestSummary): string => `${count} rows, digest ${digest}`

const differenceOf = (at: string, state: DigestSummary, again: DigestSummary): PartDifference => ({
  at,
  state: textOf(state),
  again: textOf(again),
})

function viewTable({ plan, comparable, changeable, newSorter }: ComparisonContext, view: PlanResult): KeptTable {
  const { name, node } = view
  const window = windowOf(plan, node)
  const known = comparable?.knownFrom(node) ?? ALWAYS
  const isChangeable = changeable?.joined.has(node) === true
  return {
    part: `view ${name}`,
    table: tableOfView(plan, name, node),
    digest: DIGEST.view(name),
    read: state => {
      const digest = new MultisetDigest()
      for (const [key, stored] of storedRows(state, plan, name)) digest.addRow(key, stored)
      return digest.summary
    },
    *cells(state, progress) {
      if (isChangeable) return
      const watermark = watermarkAt(progress, plan, node)
      for (const [key, stored] of storedRowsByKey(state, plan, name, newSorter)) {
        if (comparable !== null && !comparable.knowsRow(node, key)) continue
        const json = () => rowJson(decodeViewRow(key, stored), window, watermark)
        yield {
          order: storedKey(key, windowBytes(window)),
          exact: stored,
          at: () => legible(key, () => ({ ...json(), value: undefined, error: undefined })),
          shown: () => legible(stored, () => json().value ?? json().error),
        }
      }
    },
    known,
    since: Number.isFinite(known) ? known : null,
    isChangeable,
  }
}

/** JSON; bytes that are no value in hexadecimal. */
function legible(bytes: Uint8Array, json: () => unknown): string {
  try {
    return JSON.stringify(json())
  } catch {
    return `bytes ${bytesToHex(bytes)}`
  }
}

function lateTable({ comparable }: ComparisonContext): KeptTable {
  return {
    part: 'late',
    table: TABLE.late,
    digest: DIGEST.late,
    read: state => {
      const digest = new MultisetDigest()
      for (const [key, value] of state.range(TABLE.late)) digest.addRow(key, value)
      return digest.summary
    },
    *cells(state) {
      for (const [key, value] of state.range(TABLE.late)) {
        const row = decodeLate(key, value)
        if (comparable !== null && !comparable.knowsLate(row)) continue
        const at = `${row.source} ${row.topic}/${row.partition}:${row.offset}`
        yield { order: key, exact: value, at: () => at, shown: () => `time ${lateJson(row).time}` }
      }
    },
    known: comparable === null ? ALWAYS : 0,
    since: null,
    isChangeable: false,
  }
}

function deadTable({ plan, snapshot, comparable, changeable }: ComparisonContext): KeptTable {
  const { count } = snapshot.progress.digest(DIGEST.dead).summary
  const isExcused = (node: string): boolean =>
    changeable !== null && (changeable.tables.has(node) || changeable.joined.has(node))
  return {
    part: 'dead letters',
    table: TABLE.dead,
    digest: DIGEST.dead,
    read: state => {
      const digest = new MultisetDigest()
      for (const [key, value] of state.range(TABLE.dead)) digest.addRow(key, value.subarray(0, comparedLength(value)))
      // Letters beyond the first ones of a source are counted and not listed (semantics.md 3.4).
      return digest.summary.count === count ? digest.summary : null
    },
    *cells(state) {
      for (const [key, value] of state.range(TABLE.dead)) {
        const letter = decodeDead(key, value)
        if (isExcused(letter.node) || (comparable !== null && !comparable.knowsLetter(letter))) continue
        yield {
          order: key,
          exact: value.subarray(0, comparedLength(value)),
          at: () => `${letter.node} ${deadLetterJson(letter, plan).at}`,
          shown: () => [letter.kind, letter.path, letter.reason].filter(text => text !== undefined).join(': '),
        }
      }
    },
    known: comparable === null ? ALWAYS : 0,
    since: null,
    isChangeable: changeable !== null,
  }
}
