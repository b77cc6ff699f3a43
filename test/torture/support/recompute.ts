// What the job of the torture must have made of the records of its topics: computed anew with arrays and sorting, by
// hand for this one job.
//
// Promises: shares no code with operators, executors or emitted code; of the engine it uses the identity of a record
// and Kafka's partitioner. Follows docs/semantics.md.

import { recordIdentity } from '../../../core/values/identity.ts'
import { partitionFor } from '../../../core/values/murmur2.ts'
import { SOURCES } from './producer.ts'
import { NOTED_PARTITIONS, notedTopic } from './versions.ts'

/** A record of a source topic. */
export interface Read {
  readonly partition: number
  readonly offset: number
  readonly value: string
}

interface Transfer {
  readonly id: number
  readonly at: number
  readonly from: string
  readonly to: string
  readonly amount: number
}

interface Click {
  readonly id: number
  readonly at: number
  readonly user: string
}

type Placed<T> = T & { readonly partition: number; readonly offset: number }

/** A record of an output: time, key (`null` for none) and value. */
export type Line = string

export interface Expected {
  /** By topic and partition, in order. */
  readonly outputs: Readonly<Record<string, readonly (readonly Line[])[]>>
  /** Rows of the views as the command line prints them, in any order. */
  readonly views: Readonly<Record<string, readonly string[]>>
  /** Account and its row. */
  readonly balances: ReadonlyMap<string, string>
  /** The output that only version n has, by partition. */
  readonly noted: (n: number) => readonly (readonly Line[])[]
  readonly late: number
}

const DISORDER = 100
const GAP = 40
const [BEFORE, AFTER] = [20, 20]
const utf8 = new TextEncoder()

export const lineOf = (time: number, key: string | null, value: string | null): Line => `${time} ${key} ${value}`

/** What a version of the job holds; 0 is the first one. */
export function recompute(transferRecords: readonly Read[], clickRecords: readonly Read[], version: number): Expected {
  const transfers = onTime<Transfer>(transferRecords, SOURCES.transfers)
  const clicks = onTime<Click>(clickRecords, SOURCES.clicks)
  const both = Math.min(transfers.watermark, clicks.watermark)
  const sessions = sessionsOf(clicks.elements)
  const balances = balancesOf(transfers.elements)
  const due = transfers.elements.filter(({ at }) => at < transfers.watermark).sort(byPlace)
  const keyless = (t: Placed<Transfer>, value: unknown): Written => ({
    time: t.at,
    key: null,
    identity: recordIdentity('transfers', t.partition, BigInt(t.offset)),
    value: json(value),
  })
  const noted = (n: number) =>
    divided(
      NOTED_PARTITIONS,
      due.map(t => keyless(t, { id: t.id, version: n })),
    )
  return {
    outputs: {
      ...(version > 0 && { [notedTopic(version)]: noted(version) }),
      ledger: divided(
        3,
        due.map(t => ({
          time: t.at,
          key: String(t.id),
          value: json({ amount: t.amount, at: t.at, from: t.from, id: t.id, to: t.to }),
        })),
      ),
      audit: divided(
        2,
        due.map(t => keyless(t, { id: t.id, text: `${t.from} ${t.to} ${t.amount}` })),
      ),
      finished: divided(2, finishedOf(sessions, clicks.watermark)),
      matched: divided(3, matchedOf(clicks.elements, transfers.elements, both)),
    },
    views: {
      balances: [...balances].map(([key, value]) => `{"key":${json(key)},"value":${value}}`),
      visits: sessions.map(s => rowOf(s, clicks.watermark)),
      ...(version > 0 && { sent: sentRows(transfers.elements, version) }),
    },
    balances,
    noted,
    late: transfers.late + clicks.late,
  }
}

/** Without the late records (2.3); and the watermark (2.4), which a partition without records holds back. */
function onTime<T extends { readonly at: number }>(records: readonly Read[], partitions: number) {
  const newest = new Map<number, number>()
  const elements: Placed<T>[] = []
  let late = 0
  for (const { partition, offset, value } of [...records].sort((a, b) => a.offset - b.offset)) {
    const element = JSON.parse(value) as T
    const last = newest.get(partition) ?? Number.NEGATIVE_INFINITY
    newest.set(partition, Math.max(last, element.at))
    if (element.at < last - DISORDER) late++
    else elements.push({ ...element, partition, offset })
  }
  const oldest = newest.size < partitions ? Number.NEGATIVE_INFINITY : Math.min(...newest.values())
  return { elements, late, watermark: oldest - DISORDER }
}

/** Order of elements of one topic: time, then identity, which is the position (2.8). */
const byPlace = <T extends { readonly at: number }>(a: Placed<T>, b: Placed<T>): number =>
  a.at - b.at || a.partition - b.partition || a.offset - b.offset

function balancesOf(transfers: readonly Transfer[]): Map<string, string> {
  const sums = new Map<string, { balance: number; postings: number }>()
  for (const { from, to, amount } of transfers) {
    for (const [account, posted] of [
      [from, -amount],
      [to, amount],
    ] as const) {
      const { balance, postings } = sums.get(account) ?? { balance: 0, postings: 0 }
      sums.set(account, { balance: balance + posted, postings: postings + 1 })
    }
  }
  return new Map([...sums].map(([account, row]) => [account, json(row)]))
}

/** Rows of the view that each later version edits. */
function sentRows(transfers: readonly Transfer[], version: number): readonly string[] {
  const sums = new Map<string, number>()
  for (const { from, amount } of transfers) sums.set(from, (sums.get(from) ?? 0) + amount * version)
  return [...sums].map(([key, scaled]) => `{"key":${json(key)},"value":${json({ scaled })}}`)
}

interface Session {
  readonly user: string
  readonly start: number
  end: number
  clicks: number
  ids: number
}

function sessionsOf(clicks: readonly Placed<Click>[]): readonly Session[] {
  const sessions: Session[] = []
  const last = new Map<string, Session>()
  for (const { user, at, id } of [...clicks].sort(byPlace)) {
    const session = last.get(user)
    if (session !== undefined && at <= session.end) {
      session.end = at + GAP
      session.clicks++
      session.ids += id
    } else {
      const next = { user, start: at, end: at + GAP, clicks: 1, ids: id }
      last.set(user, next)
      sessions.push(next)
    }
  }
  return sessions
}

const sessionValue = ({ clicks, ids }: Session): string => json({ clicks, ids })

const finishedOf = (sessions: readonly Session[], watermark: number): readonly Written[] =>
  sessions
    .filter(({ end }) => end < watermark)
    .sort((a, b) => a.end - b.end || (a.user < b.user ? -1 : a.user > b.user ? 1 : a.start - b.start))
    .map(s => ({ time: s.end, key: s.user, value: sessionValue(s) }))

function rowOf(session: Session, watermark: number): string {
  const { user, start, end } = session
  const iso = (time: number): string => new Date(time).toISOString()
  const window = { start: iso(start), end: iso(end), closed: end < watermark }
  return `{"key":${json(user)},"window":${json(window)},"value":${sessionValue(session)}}`
}

interface Match {
  readonly click: Placed<Click>
  readonly transfer: Placed<Transfer> | null
  readonly time: number
}

/** Pairs of a click and a transfer of its user near it, and clicks without one (joinWithin of type left). */
function matchedOf(
  clicks: readonly Placed<Click>[],
  transfers: readonly Placed<Transfer>[],
  watermark: number,
): readonly Written[] {
  const byUser = new Map<string, Placed<Transfer>[]>()
  for (const transfer of [...transfers].sort(byPlace)) {
    const own = byUser.get(transfer.from) ?? []
    byUser.set(transfer.from, own)
    own.push(transfer)
  }
  const made = clicks.flatMap((click): Match[] => {
    const near = between(byUser.get(click.user) ?? [], click.at - BEFORE, click.at + AFTER)
    if (near.length === 0) return [{ click, transfer: null, time: click.at + AFTER }]
    return near.map(transfer => ({ click, transfer, time: Math.max(click.at, transfer.at) }))
  })
  const positions = ({ click, transfer }: Match): readonly number[] => [
    click.partition,
    click.offset,
    transfer?.partition ?? -1,
    transfer?.offset ?? -1,
  ]
  return made
    .filter(({ time }) => time < watermark)
    .sort((a, b) => a.time - b.time || compareAll(positions(a), positions(b)))
    .map(({ click, transfer, time }) => {
      return { time, key: click.user, value: json({ click: click.id, transfer: transfer?.id ?? null }) }
    })
}

const compareAll = (a: readonly number[], b: readonly number[]): number =>
  a.map((n, i) => n - (b[i] as number)).find(difference => difference !== 0) ?? 0

/** Of transfers in order of time those of from <= time <= to. */
function between(transfers: readonly Placed<Transfer>[], from: number, to: number): readonly Placed<Transfer>[] {
  let [low, high] = [0, transfers.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((transfers[middle] as Transfer).at < from) low = middle + 1
    else high = middle
  }
  let end = low
  while (end < transfers.length && (transfers[end] as Transfer).at <= to) end++
  return transfers.slice(low, end)
}

interface Written {
  readonly time: number
  readonly key: string | null
  readonly value: string
  /** Where there is no key. */
  readonly identity?: Uint8Array
}

/** Places records in order into partitions (6.1). */
function divided(partitions: number, records: readonly Written[]): readonly (readonly Line[])[] {
  const lines: Line[][] = Array.from({ length: partitions }, () => [])
  for (const { time, key, value, identity } of records) {
    const partition = partitionFor(key === null ? (identity as Uint8Array) : utf8.encode(key), partitions)
    lines[partition]?.push(lineOf(time, key, value))
  }
  return lines
}

const json = (value: unknown): string => JSON.stringify(value)
