// Every query of Nexmark as plain loops over arrays of all events: what the jobs must give once the history is
// complete.
//
// Promises: shares no code with the language or the executors. Views are lines `[key, window, value]`, outputs lines of
// their values.

import type { Auction, Bid, Person } from '../../examples/nexmark/model.ts'
import type { Events } from './events.ts'

export interface Answers {
  /** Rows of the view `name`, in any order. */
  readonly view?: string
  readonly lines: readonly unknown[]
}

interface Valid {
  readonly bid: Bid
  readonly auction: Auction
}

const DAY = 86_400_000

export class Evaluation {
  readonly #persons: ReadonlyMap<number, Person>
  readonly #auctions: ReadonlyMap<number, Auction>
  readonly #events: Events
  /** Bids in the order that breaks ties: by time, then by place in the log. */
  readonly #bids: readonly Bid[]

  constructor(events: Events, order: (a: Bid, b: Bid) => number) {
    this.#events = events
    this.#persons = new Map(events.persons.map(p => [p.id, p]))
    this.#auctions = new Map(events.auctions.map(a => [a.id, a]))
    this.#bids = [...events.bids].sort((a, b) => a.dateTime - b.dateTime || order(a, b))
  }

  readonly queries: Readonly<Record<string, () => Answers>> = {
    q0: () => ({ lines: this.#bids }),
    q1: () => ({
      lines: this.#bids.map(({ auction, bidder, price, dateTime, extra }) => {
        return { auction, bidder, price: 0.908 * price, dateTime, extra }
      }),
    }),
    q2: () => ({
      lines: this.#bids.filter(b => b.auction % 123 === 0).map(({ auction, price }) => ({ auction, price })),
    }),
    q3: () => ({
      lines: this.#events.auctions.flatMap(a => {
        const p = this.#persons.get(a.seller)
        if (a.category !== 10 || p === undefined || !['OR', 'ID', 'CA'].includes(p.state)) return []
        return [{ name: p.name, city: p.city, state: p.state, auction: a.id }]
      }),
    }),
    q4: () => ({
      view: 'averages',
      lines: grouped(this.#winning(), w => w.auction.category).map(([k, ws]) => [
        k,
        null,
        meanOf(ws.map(w => w.bid.price)),
      ]),
    }),
    q5: () => ({ view: 'hot', lines: this.#hot() }),
    q6: () => ({
      view: 'averages',
      lines: grouped(this.#winning(), w => w.auction.seller).map(([seller, ws]) => {
        const latest = ws
          .sort((a, b) => b.auction.expires - a.auction.expires || b.auction.id - a.auction.id)
          .slice(0, 10)
        return [seller, null, latest.map(w => w.bid.price).reduce((a, b) => a + b, 0) / latest.length]
      }),
    }),
    q7: () => ({
      view: 'highest',
      lines: grouped(this.#bids, b => floor(b.dateTime, 10_000)).map(([start, bs]) => {
        const { auction, price, bidder, dateTime } = highest(bs)
        return ['all', [start, start + 10_000], { bid: { auction, price, bidder, dateTime } }]
      }),
    }),
    q8: () => ({
      view: 'newSellers',
      lines: this.#events.persons.flatMap(p => {
        const start = floor(p.dateTime, 10_000)
        const sold = this.#events.auctions.filter(a => a.seller === p.id && floor(a.dateTime, 10_000) === start)
        if (sold.length === 0) return []
        return [[p.id, [start, start + 10_000], { name: p.name, auctions: sold.length }]]
      }),
    }),
    q9: () => ({
      lines: this.#winning().map(({ bid, auction }) => ({
        auction: auction.id,
        itemName: auction.itemName,
        seller: auction.seller,
        category: auction.category,
        bidder: bid.bidder,
        price: bid.price,
        bidTime: bid.dateTime,
      })),
    }),
    q10: () => ({
      lines: this.#bids.map(b => {
        const at = new Date(b.dateTime).toISOString()
        return { ...b, day: at.slice(0, 10), minute: at.slice(11, 16) }
      }),
    }),
    q11: () => ({ view: 'sessions', lines: this.#sessions() }),
    q13: () => ({
      lines: this.#bids.map(({ auction, bidder, price }) => {
        return { auction, bidder, price, value: `side ${(auction % 1000) % 17}` }
      }),
    }),
    q14: () => ({
      lines: this.#bids
        .map(({ auction, bidder, price, dateTime, extra }) => {
          const hour = Math.floor((dateTime % DAY) / 3_600_000)
          const bidTimeType = hour >= 8 && hour <= 18 ? 'day' : hour <= 6 || hour >= 20 ? 'night' : 'other'
          return { auction, bidder, price: 0.908 * price, bidTimeType, cs: [...extra].filter(c => c === 'c').length }
        })
        .filter(b => b.price > 1000 && b.price < 50_000_000),
    }),
    q15: () => ({
      view: 'statistics',
      lines: grouped(this.#bids, b => floor(b.dateTime, DAY)).map(([start, bs]) => [
        'all',
        [start, start + DAY],
        {
          ...ranks(bs),
          totalBidders: different(bs.map(b => b.bidder)),
          biddersByRank: different(bs.map(b => `${b.bidder} ${rank(b)}`)),
          totalAuctions: different(bs.map(b => b.auction)),
          auctionsByRank: different(bs.map(b => `${b.auction} ${rank(b)}`)),
        },
      ]),
    }),
    q16: () => ({
      view: 'statistics',
      lines: byDay(this.#bids, b => b.channel).map(([channel, start, bs]) => [
        channel,
        [start, start + DAY],
        {
          ...ranks(bs),
          lastMinute: new Date(Math.max(...bs.map(b => b.dateTime))).toISOString().slice(11, 16),
          totalBidders: different(bs.map(b => b.bidder)),
          totalAuctions: different(bs.map(b => b.auction)),
        },
      ]),
    }),
    q17: () => ({
      view: 'statistics',
      lines: byDay(this.#bids, b => b.auction).map(([auction, start, bs]) => {
        const prices = bs.map(b => b.price)
        const sumPrice = prices.reduce((a, b) => a + b, 0)
        const [minPrice, maxPrice] = [Math.min(...prices), Math.max(...prices)]
        return [auction, [start, start + DAY], { ...ranks(bs), minPrice, maxPrice, avgPrice: meanOf(prices), sumPrice }]
      }),
    }),
    q18: () => ({
      view: 'lastBids',
      lines: grouped(this.#bids, b => `${b.bidder} ${b.auction}`).map(([, bs]) => {
        const { bidder, auction, price, channel, dateTime } = bs.at(-1) as Bid
        return [{ auction, bidder }, null, { bid: { price, channel, dateTime } }]
      }),
    }),
    q19: () => ({
      view: 'highest',
      lines: grouped(this.#bids, b => b.auction).map(([auction, bs]) => {
        const top = [...bs].sort((a, b) => b.price - a.price).slice(0, 10)
        return [auction, null, { bids: top.map(({ bidder, price, dateTime }) => ({ bidder, price, dateTime })) }]
      }),
    }),
    q20: () => ({
      lines: this.#withAuction()
        .filter(v => v.auction.category === 10)
        .map(({ bid, auction: { itemName, seller, reserve } }) => {
          return { auction: bid.auction, bidder: bid.bidder, price: bid.price, itemName, seller, reserve }
        }),
    }),
    q21: () => ({
      lines: this.#bids.flatMap(({ auction, bidder, price, channel, url }) => {
        const known = { apple: '0', google: '1', facebook: '2', baidu: '3' }[channel.toLowerCase()]
        const channelId = known ?? url.split('channel_id=')[1]
        return channelId === undefined ? [] : [{ auction, bidder, price, channel, channelId }]
      }),
    }),
    q22: () => ({
      lines: this.#bids.map(({ auction, bidder, price, channel, url }) => {
        const [, , , dir1, dir2, dir3] = url.split('/')
        return { auction, bidder, price, channel, dir1, dir2, dir3 }
      }),
    }),
    q23: () => ({
      lines: this.#withAuction().flatMap(({ bid, auction }) => {
        const seller = this.#persons.get(auction.seller)
        if (seller === undefined) return []
        const { itemName } = auction
        return [
          {
            auction: bid.auction,
            bidder: bid.bidder,
            price: bid.price,
            itemName,
            seller: seller.name,
            city: seller.city,
          },
        ]
      }),
    }),
  }

  #withAuction(): Valid[] {
    return this.#bids.flatMap(bid => {
      const auction = this.#auctions.get(bid.auction)
      return auction === undefined ? [] : [{ bid, auction }]
    })
  }

  /** The first of the highest bids of each auction while it was open. */
  #winning(): Valid[] {
    const valid = this.#withAuction().filter(v => v.bid.dateTime <= v.auction.expires)
    return grouped(valid, v => v.auction.id).map(([, vs]) => {
      const bid = highest(vs.map(v => v.bid))
      return { bid, auction: (vs[0] as Valid).auction }
    })
  }

  #hot(): unknown[] {
    const counts = new Map<number, Map<number, number>>()
    for (const { auction, dateTime } of this.#bids) {
      for (let start = floor(dateTime, 2000); start > dateTime - 10_000; start -= 2000) {
        const window = counts.get(start) ?? new Map<number, number>()
        counts.set(start, window.set(auction, (window.get(auction) ?? 0) + 1))
      }
    }
    return [...counts].map(([start, window]) => {
      const count = Math.max(...window.values())
      const auctions = [...window].filter(([, n]) => n === count).map(([a]) => a)
      const end = start + 10_000
      return ['all', [end - 2000, end], { hot: { count, auctions: auctions.sort((a, b) => a - b) } }]
    })
  }

  #sessions(): unknown[] {
    return grouped(this.#bids, b => b.bidder).flatMap(([bidder, bs]) => {
      const sessions: [number, number, number][] = []
      for (const { dateTime } of bs) {
        const open = sessions.at(-1)
        if (open === undefined || dateTime - open[1] > 10_000) sessions.push([dateTime, dateTime, 1])
        else {
          open[1] = dateTime
          open[2]++
        }
      }
      return sessions.map(([first, last, n]) => [bidder, [first, last + 10_000], n])
    })
  }
}

const floor = (time: number, step: number): number => Math.floor(time / step) * step
const meanOf = (ns: readonly number[]): number => ns.reduce((a, b) => a + b, 0) / ns.length
const different = (values: readonly unknown[]): number => new Set(values).size
const rank = ({ price }: Bid): number => (price < 10_000 ? 1 : price < 1_000_000 ? 2 : 3)

/** The first of the bids with the greatest price. */
const highest = (bs: readonly Bid[]): Bid => bs.reduce((best, b) => (b.price > best.price ? b : best))

function ranks(bs: readonly Bid[]): Readonly<Record<string, number>> {
  const of = (r: number): number => bs.filter(b => rank(b) === r).length
  return { totalBids: bs.length, rank1Bids: of(1), rank2Bids: of(2), rank3Bids: of(3) }
}

function grouped<T, K>(items: readonly T[], key: (item: T) => K): [K, T[]][] {
  const groups = new Map<K, T[]>()
  for (const item of items) {
    const known = groups.get(key(item))
    if (known === undefined) groups.set(key(item), [item])
    else known.push(item)
  }
  return [...groups]
}

function byDay<K>(bs: readonly Bid[], key: (bid: Bid) => K): [K, number, Bid[]][] {
  return grouped(bs, key).flatMap(([k, own]) =>
    grouped(own, b => floor(b.dateTime, DAY)).map(([day, list]): [K, number, Bid[]] => [k, day, list]),
  )
}
