// The checks, by what they are about.

import { deepStrictEqual, rejects } from 'node:assert/strict'
import type { SinkPosition, SinkRow } from '../../core/sink/row-sink.ts'
import type { SinkUnderTest } from './sink-under-test.ts'
import { at, change, failing, refuses, row, rowsOf, shows, sinkOf, snapshot, standsAt } from './subject.ts'

type Check = (subject: SinkUnderTest) => Promise<void>

export const CHECKS: readonly (readonly [string, Check])[] = [
  ['an empty place has no position', empty],
  ['a fill is at its position, changes of meanwhile included', fill],
  ['a change moves rows and position', moves],
  ['a change without rows moves the position', bare],
  ['a position has any watermark', watermarks],
  ['of rows with one key the last one counts', repeated],
  ['a change that fails leaves rows and position', failedChange],
  ['a first fill that fails leaves nothing', failedFill],
  ['a fill that fails leaves what was there', failedRefill],
  ['whoever reads sees the old rows until a fill is whole', hiddenRefill],
  ['a fill leaves out what is gone', refill],
  ['a sink that is closed in between leaves rows and position', closed],
  ['an older owner is refused', older],
  ['an older owner goes on where the state was restored', restored],
  ['an owner that was overtaken changes nothing more', zombie],
  ['an owner that was overtaken while it fills changes nothing', zombieFill],
  ['a change from another position is refused', elsewhere],
  ['rows of another state or view are refused', foreign],
  ['rows of another state are replaced where that is wanted', takenOver],
  ['all values and keys can be written', values],
  ['many rows are written', many],
]

const [A, B] = [at(1), at(2)]

async function filled(subject: SinkUnderTest): Promise<ReturnType<typeof sinkOf>> {
  const sink = sinkOf(subject)
  deepStrictEqual(await sink.position(), null)
  await sink.replace(snapshot(rowsOf([row('KR', 1), row('DE', 2)], [row('FR', 3)]), A))
  return sink
}

const FILLED = { KR: 1, DE: 2, FR: 3 }

async function empty(subject: SinkUnderTest): Promise<void> {
  await standsAt(subject, {}, null)
  await standsAt(subject, {}, null)
  await shows(subject, {})
}

async function fill(subject: SinkUnderTest): Promise<void> {
  const sink = sinkOf(subject)
  await sink.position()
  const changes = rowsOf([row('DE', 5), row('KR', null)], [row('DE', 6), row('IT', 7)])
  await sink.replace(snapshot(rowsOf([row('KR', 1)], [row('DE', 2)]), A, changes))
  await shows(subject, { DE: 6, IT: 7 })
  await sink.close()
  await standsAt(subject, {}, A)
}

async function moves(subject: SinkUnderTest): Promise<void> {
  const sink = await filled(subject)
  await shows(subject, FILLED)
  await sink.apply(change(A, B, rowsOf([row('KR', 10), row('DE', null)], [row('IT', 4), row('XX', null)])))
  await shows(subject, { KR: 10, FR: 3, IT: 4 })
  await sink.apply(change(B, at(5), rowsOf([row('DE', 11)])))
  await shows(subject, { KR: 10, FR: 3, IT: 4, DE: 11 })
  await sink.close()
  await standsAt(subject, { epoch: 2 }, at(5))
}

async function bare(subject: SinkUnderTest): Promise<void> {
  const sink = await filled(subject)
  await sink.apply(change(A, B, rowsOf()))
  await shows(subject, FILLED)
  await sink.close()
  await standsAt(subject, {}, B)
}

/** A partition without records, the end of a history, and times that few calendars have. */
async function watermarks(subject: SinkUnderTest): Promise<void> {
  let from: SinkPosition = A
  const sink = await filled(subject)
  const times = [Number.NEGATIVE_INFINITY, -1, 0, 1.5e12, 253_402_300_800_000, 8.64e15, Number.POSITIVE_INFINITY]
  for (const [i, watermark] of times.entries()) {
    const to = { ...at(i + 2), watermark }
    await sink.apply(change(from, to, rowsOf()))
    const held = await sink.held()
    // Beyond the calendar of the place an infinity will do.
    if (Math.abs(watermark) < 8e15) deepStrictEqual(held?.watermark, watermark)
    from = to
  }
  await sink.close()
  await standsAt(subject, {}, from)
}

async function repeated(subject: SinkUnderTest): Promise<void> {
  const sink = await filled(subject)
  await sink.apply(change(A, B, rowsOf([row('KR', 4), row('KR', 5), row('DE', null)], [row('KR', 6), row('DE', 7)])))
  await shows(subject, { KR: 6, DE: 7, FR: 3 })
  await sink.close()
}

async function failedChange(subject: SinkUnderTest): Promise<void> {
  const sink = await filled(subject)
  await rejects(sink.apply(change(A, B, failing([row('KR', 10)], [row('DE', null)]))))
  await sink.close()
  await standsAt(subject, {}, A)
  await shows(subject, FILLED)
}

async function failedFill(subject: SinkUnderTest): Promise<void> {
  const sink = sinkOf(subject)
  await sink.position()
  await rejects(sink.replace(snapshot(failing([row('KR', 1)]), A)))
  await rejects(async () => {
    await sink.position()
    await sink.replace(snapshot(rowsOf([row('KR', 1)]), A, failing([row('KR', 1)])))
  })
  await sink.close()
  await standsAt(subject, {}, null)
  await shows(subject, {})
}

async function failedRefill(subject: SinkUnderTest): Promise<void> {
  const sink = await filled(subject)
  await rejects(sink.replace(snapshot(rowsOf([row('KR', 9)]), B, failing([row('DE', 9)]))))
  await sink.close()
  await standsAt(subject, {}, A)
  await shows(subject, FILLED)
}

async function hiddenRefill(subject: SinkUnderTest): Promise<void> {
  const sink = await filled(subject)
  const looking = async function* (): AsyncGenerator<readonly SinkRow[]> {
    yield [row('KR', 9)]
    await shows(subject, FILLED)
    yield [row('IT', 9)]
    await shows(subject, FILLED)
  }
  await sink.replace(snapshot(looking(), B))
  await shows(subject, { KR: 9, IT: 9 })
  await sink.close()
}

async function refill(subject: SinkUnderTest): Promise<void> {
  const sink = await filled(subject)
  await sink.replace(snapshot(rowsOf([row('DE', 2), row('IT', 8)]), B, rowsOf([row('IT', 9)])))
  await shows(subject, { DE: 2, IT: 9 })
  await sink.replace(snapshot(rowsOf(), at(3)))
  await shows(subject, {})
  await sink.close()
}

async function closed(subject: SinkUnderTest): Promise<void> {
  const sink = await filled(subject)
  const closing = async function* (): AsyncGenerator<readonly SinkRow[]> {
    yield [row('KR', 10)]
    await sink.close()
    yield [row('DE', 10)]
  }
  await rejects(sink.apply(change(A, B, closing())))
  await standsAt(subject, {}, A)
  await shows(subject, FILLED)
}

async function older(subject: SinkUnderTest): Promise<void> {
  const sink = await filled(subject)
  await sink.close()
  await standsAt(subject, { epoch: 3 }, A)
  const late = sinkOf(subject, { epoch: 2 })
  await refuses('stale-owner', () => late.position())
  await late.close()
  await standsAt(subject, { epoch: 3 }, A)
}

async function restored(subject: SinkUnderTest): Promise<void> {
  const sink = await filled(subject)
  await sink.close()
  await standsAt(subject, { epoch: 7 }, A)
  const back = sinkOf(subject, { epoch: 2, takesOver: true })
  deepStrictEqual((await back.position())?.commit, 1)
  await back.replace(snapshot(rowsOf([row('IT', 4)]), at(1, {}, 'run-c')))
  await back.close()
  await standsAt(subject, { epoch: 3 }, at(1, {}, 'run-c'))
  await shows(subject, { IT: 4 })
}

async function zombie(subject: SinkUnderTest): Promise<void> {
  const old = await filled(subject)
  const fresh = sinkOf(subject, { epoch: 2 })
  deepStrictEqual((await fresh.position())?.commit, 1)
  await refuses('stale-owner', () => old.apply(change(A, B, rowsOf([row('KR', 99)]))))
  await refuses('stale-owner', () => old.position())
  await shows(subject, FILLED)
  const next = at(2, { epoch: 2 }, 'run-b')
  await fresh.apply(change(at(1, { epoch: 2 }), next, rowsOf([row('KR', 10)])))
  await shows(subject, { ...FILLED, KR: 10 })
  await old.close()
  await fresh.close()
  await standsAt(subject, { epoch: 2 }, next)
}

async function zombieFill(subject: SinkUnderTest): Promise<void> {
  const old = await filled(subject)
  await old.close()
  const [second, third] = [sinkOf(subject, { epoch: 2 }), sinkOf(subject, { epoch: 3 })]
  await second.position()
  await third.position()
  await refuses('stale-owner', () => second.replace(snapshot(rowsOf([row('KR', 99)]), at(2, { epoch: 2 }))))
  await shows(subject, FILLED)
  await second.close()
  await third.close()
  await standsAt(subject, { epoch: 3 }, A)
}

async function elsewhere(subject: SinkUnderTest): Promise<void> {
  const sink = await filled(subject)
  await refuses('stale-owner', () => sink.apply(change(B, at(3), rowsOf([row('KR', 99)]))))
  await sink.position()
  await refuses('stale-owner', () => sink.apply(change(at(1, {}, 'run-z'), at(3), rowsOf([row('KR', 99)]))))
  await sink.close()
  await standsAt(subject, {}, A)
  await shows(subject, FILLED)
}

async function foreign(subject: SinkUnderTest): Promise<void> {
  await (await filled(subject)).close()
  for (const owner of [{ state: 'state-b', epoch: 9 }, { view: 'another' }]) {
    const other = sinkOf(subject, owner)
    await refuses('sink-owned', () => other.position())
    await refuses('sink-owned', () => other.held())
    await other.close()
  }
  await standsAt(subject, {}, A)
  await shows(subject, FILLED)
}

async function takenOver(subject: SinkUnderTest): Promise<void> {
  await (await filled(subject)).close()
  const owner = { state: 'state-b', epoch: 1, takesOver: true }
  const other = sinkOf(subject, owner)
  deepStrictEqual(await other.position(), null)
  await other.replace(snapshot(rowsOf([row('IT', 1)]), at(1, owner)))
  await shows(subject, { IT: 1 })
  await other.close()
  await standsAt(subject, { state: 'state-b' }, at(1, owner))
}

/** What is written must be readable again as rows; what cannot be held as it is may be altered, and must not fail. */
async function values(subject: SinkUnderTest): Promise<void> {
  const texts = ['', '\0', 'a\0b', '\ud800', '\udc00x', '\t\n\r\\"\'', '\\N', '{}', 'NULL', '🐦', 'ä'.repeat(5000)]
  const anys = [null, [], {}, { a: [1, { b: '\0\ud800' }] }, 'x', 1e308, -0, '\\u0000', [[['deep']]]]
  const bigs = [0n, -(10n ** 40n), 2n ** 64n]
  const bytes = [new Uint8Array(0), Uint8Array.of(0, 92, 255)]
  const rows = [
    ...texts.map((text, i) => row(`text ${i} ${text}`, i, { text })),
    ...anys.map((any, i) => row(`any ${i}`, i, { any })),
    ...bigs.map((big, i) => row(`big ${i}`, i, { big })),
    ...bytes.map((b, i) => row(`bytes ${i}`, i, { bytes: b, yes: i === 0 })),
    ...[1991, 1999, 2000, 2001, 2048, 3000, 100_000].map(length => row('k'.repeat(length), length)),
  ]
  const sink = sinkOf(subject)
  await sink.position()
  await sink.replace(snapshot(rowsOf(rows), A))
  const wanted = Object.fromEntries(
    rows.map(({ key, content }) => [
      (key as { country: string }).country,
      ((content as { value: { n: number } }).value ?? { n: 0 }).n,
    ]),
  )
  await shows(subject, wanted)
  const failed: SinkRow = { ...row('failed', null), content: { kind: 'failed', node: 'map-1', reason: 'threw' } }
  await sink.apply(change(A, B, rowsOf([...rows, failed])))
  await sink.apply(change(B, at(3), rowsOf([{ ...failed, content: { kind: 'gone' } }])))
  await shows(subject, wanted)
  await sink.close()
}

async function many(subject: SinkUnderTest): Promise<void> {
  const sink = sinkOf(subject)
  await sink.position()
  const pieces = Array.from({ length: 5 }, (_, p) => Array.from({ length: 2000 }, (__, i) => row(`${p}-${i}`, i)))
  await sink.replace(snapshot(rowsOf(...pieces), A))
  const gone = pieces.flat().filter((_, i) => i % 3 === 0)
  await sink.apply(change(A, B, rowsOf(gone.map(r => ({ ...r, content: { kind: 'gone' as const } })))))
  const left = pieces.flat().filter((_, i) => i % 3 !== 0)
  const wanted = left.map(r => [
    (r.key as { country: string }).country,
    (r.content as { value: { n: number } }).value.n,
  ])
  await shows(subject, Object.fromEntries(wanted))
  await sink.close()
}
