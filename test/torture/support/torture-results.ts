// The job of the torture in all its versions: bank transfers and clicks; balances with a changelog, outputs with and
// without keys, sessions and a join.

import { count, session, source, sum } from 'lyrebird'

interface Transfer {
  id: number
  at: number
  from: string
  to: string
  amount: number
}

interface Click {
  id: number
  at: number
  user: string
}

export const transfers = source<Transfer>('transfers', { time: t => t.at, disorder: '100ms' })
const clicks = source<Click>('clicks', { time: c => c.at, disorder: '100ms' })

const balances = transfers
  .flatMap(t => [
    { account: t.from, amount: -t.amount },
    { account: t.to, amount: t.amount },
  ])
  .keyBy(p => p.account)
  .aggregate({ balance: sum(p => p.amount), postings: count() })

const visits = clicks
  .keyBy(c => c.user)
  .window(session('40ms'))
  .aggregate({ clicks: count(), ids: sum(c => c.id) })

const paid = clicks
  .keyBy(c => c.user)
  .joinWithin(
    transfers.keyBy(t => t.from),
    { before: '20ms', after: '20ms', type: 'left' },
  )

export const results = {
  balances,
  visits,
  changed: balances.changes().to('balances', { partitions: 3 }),
  ledger: transfers.keyBy(t => String(t.id)).to('ledger', { partitions: 3 }),
  audit: transfers
    .map(({ id, from, to, amount }) => ({ id, text: `${from} ${to} ${amount}` }))
    .to('audit', { partitions: 2 }),
  finished: visits.closed().to('finished', { partitions: 2 }),
  matched: paid
    .mapValues(({ left, right }) => ({ click: left.id, transfer: right?.id ?? null }))
    .to('matched', { partitions: 3 }),
}
