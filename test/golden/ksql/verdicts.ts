// Where the contract differs from ksqlDB, and what the language cannot express, each with its reason.
//
// Promises: a reason for a difference says what it explains away, and both sides must be equal but for that; so a case
// that differs in anything else is red. `docs/language/coming-from-sql.md` says the same for users.

import type { Lines } from './compare.ts'

export interface Decision {
  readonly why: string
  /** Whether the two sides differ in nothing but this. */
  readonly explains: (expected: Lines, own: Lines) => boolean
}

const equal = (a: Lines, b: Lines): boolean => JSON.stringify([...a].sort()) === JSON.stringify([...b].sort())

/** Lines of a stream without the time, which comes first. */
const withoutTime = (lines: Lines): string[] => lines.map(line => line.slice(line.indexOf(' ') + 1))

/** Whether `some` is contained in `all`, as multisets of lines. */
function isPart(some: Lines, all: Lines): boolean {
  const left = [...all]
  return some.every(line => {
    const at = left.indexOf(line)
    if (at >= 0) left.splice(at, 1)
    return at >= 0
  })
}

const sortedLists = (lines: Lines): Lines =>
  lines.map(line =>
    line.replaceAll(/\[([^[\]]*)\](?=\])/g, (_, items: string) => `[${items.split(',').sort().join(',')}]`),
  )

const columnsOf = (line: string): readonly unknown[] => JSON.parse(line.slice(line.indexOf('['))) as unknown[]

/** Whether a line without a partner equals a line with one, where it is not null. */
const isHalfOf = (half: string, whole: string): boolean => {
  const [a, b] = [columnsOf(half), columnsOf(whole)]
  return a.includes(null) && a.every((value, i) => value === null || value === b[i])
}

const SESSION_GAP = 30_000

export const DECISIONS = {
  'set order': {
    why: 'collectSet() is sorted by value: the order of arrival is no function of the log (semantics.md 5.1)',
    explains: (expected, own) => equal(sortedLists(expected), sortedLists(own)),
  },
  'windows before 1970': {
    why: 'windows run through all of time; ksqlDB leaves out those that begin before 1970 (semantics.md 4.1)',
    explains: (expected, own) =>
      equal(
        expected,
        own.filter(line => !line.startsWith('-')),
      ),
  },
  'session end': {
    why: 'a session ends at its last time plus the gap; ksqlDB shows the last time (semantics.md 4.2)',
    explains: (expected, own) =>
      equal(
        expected,
        own.map(line => line.replace(/(\d+)\]$/, (_, end: string) => `${Number(end) - SESSION_GAP}]`)),
      ),
  },
  'time of a pair': {
    why: 'a pair has the later of its two times; ksqlDB gives it that of the record that came last (semantics.md 3.11)',
    explains: (expected, own) => equal(withoutTime(expected), withoutTime(own)),
  },
  'eager halves': {
    why: 'an unmatched half comes once no partner can come any more, with that moment as its time; ksqlDB hands it on when it arrives, also where a pair follows (semantics.md 3.11)',
    explains: (expected, own) => {
      const [theirs, ours] = [withoutTime(expected), withoutTime(own)]
      const extra = theirs.filter(line => !ours.includes(line))
      return isPart(ours, theirs) && extra.every(half => ours.some(line => isHalfOf(half, line)))
    },
  },
  'not all is listed': {
    why: 'everything that the join gives is there; the case lists the first records, those that it waits for (semantics.md 3.11)',
    explains: (expected, own) => isPart(withoutTime(expected), withoutTime(own)),
  },
  'event time': {
    why: 'an element meets the version that was newest at its own time; here every version is newer than its element, and ksqlDB joins whatever arrived first (semantics.md 3.9)',
    explains: (expected, own) => isPart(withoutTime(own), withoutTime(expected)),
  },
} satisfies Readonly<Record<string, Decision>>

export const DIFFERS: Readonly<Record<string, keyof typeof DECISIONS>> = {
  'collect-set: collect_set int': 'set order',
  'collect-set: collect_set long': 'set order',
  'collect-set: collect_set double': 'set order',
  'collect-set: collect_set string': 'set order',
  'collect-set: collect_set bool map': 'set order',
  'hopping-windows: max hopping': 'windows before 1970',
  'hopping-windows: min hopping': 'windows before 1970',
  'hopping-windows: topk hopping': 'windows before 1970',
  'hopping-windows: topkdistinct hopping': 'windows before 1970',
  'window-bounds: table hopping': 'windows before 1970',
  'window-bounds: table session': 'session end',
  'join-with-custom-timestamp: stream stream inner join with ts': 'time of a pair',
  'join-with-custom-timestamp: stream stream inner join with ts extractor both sides': 'time of a pair',
  'join-with-custom-timestamp: stream table join with ts extractor both sides': 'event time',
  'joins: stream stream left join': 'eager halves',
  'joins: stream stream outer join': 'eager halves',
  'joins: stream stream inner join with out of order messages': 'not all is listed',
  'joins: table table left join': 'not all is listed',
}

const RETRACTION = 'an aggregation over a table that changes takes rows back; here a stream is aggregated'
const WINDOWED_KEY = 'the record keys hold a window in the bytes of another system; here a window is made, not read'

/** Why cases cannot be expressed. */
export const NO_WORDS: Readonly<Record<string, string>> = {
  'aggregate-table: calculate aggregation on a table': RETRACTION,
  'aggregate-table: table aggregations with having': RETRACTION,
  'histogram: histogram on a table': RETRACTION,
  'test-custom-udaf: test_udaf on a table': RETRACTION,
  'hopping-windows: import hopping table': WINDOWED_KEY,
  'session-windows: import session table': WINDOWED_KEY,
  'session-windows: import session stream': WINDOWED_KEY,
  'session-windows: import session stream and group by': WINDOWED_KEY,
  'tumbling-windows: import tumbling table': WINDOWED_KEY,
  'elements: validate AVRO ok without elements': 'columns come from a schema registry; here the type stands in the job',
}

/** Statements that SQL itself must refuse: its own grammar and its own rules of grouping. */
export const REFUSED: readonly string[] = [
  'elements: validate JSON fails without elements',
  'elements: validate DELIMITED fails without elements',
  'elements: validate AVRO fails on incompatible schema evolution',
  'group-by: group by with expression not in select',
  'group-by: group by with function not in select',
]
