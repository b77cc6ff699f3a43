// Records for tests: written by hand and random.

import fc from 'fast-check'
import { TICK_HEADER } from '../../../core/log/chunk.ts'
import type { LogRecord } from '../../../logs/log-record.ts'
import type { ReadRecord } from './read-log.ts'

export const bytes = (text: string): Uint8Array => Buffer.from(text, 'utf8')

export const record = (value: string | null, parts: Partial<LogRecord> = {}): LogRecord => ({
  timestamp: 0,
  key: null,
  headers: [],
  value: value === null ? null : bytes(value),
  ...parts,
})

/** `count` records with values `prefix0`, `prefix1`, ... */
export const numbered = (count: number, prefix = 'v', first = 0): LogRecord[] =>
  Array.from({ length: count }, (_, i) => record(`${prefix}${first + i}`, { timestamp: 1000 + first + i }))

/** What reading a record gives back. */
export const asRead = (source: LogRecord, offset: bigint): ReadRecord => ({
  offset,
  timestamp: source.timestamp,
  key: source.key === null ? null : Buffer.from(source.key).toString('latin1'),
  value: source.value === null ? null : Buffer.from(source.value).toString('latin1'),
  headers: source.headers.map(h => [h.key, h.value === null ? null : Buffer.from(h.value).toString('latin1')]),
  tick: source.value === null && source.headers.some(h => h.key === TICK_HEADER),
})

const someBytes = (maxLength: number) => fc.uint8Array({ maxLength }).map(b => Uint8Array.from(b))
const nullable = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null })

const headerKey = fc.oneof(
  fc.constantFrom('', '__proto__', 'constructor', 'toString', TICK_HEADER, `${TICK_HEADER}s`, '\ufeffa', 'é'),
  fc.string({ unit: 'binary', maxLength: 8 }),
)

const header = fc.record({ key: headerKey, value: nullable(someBytes(10)) })

const timestamp = fc.oneof(
  fc.integer({ min: 1_700_000_000_000, max: 1_700_000_100_000 }),
  fc.integer({ min: -8.64e15, max: 8.64e15 }),
  fc.constantFrom(-1, 0, 1, 8.64e15, -8.64e15, 2 ** 48, 2 ** 48 + 1, 63, 64, 8191, 8192),
)

export const anyRecord: fc.Arbitrary<LogRecord> = fc.record({
  timestamp,
  key: nullable(someBytes(200)),
  value: nullable(someBytes(200)),
  headers: fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(header, { maxLength: 4 }) },
  ),
})
