// The three kinds of events of Nexmark, an auction site: persons register, open auctions and bid.
//
// After Tucker, Tufte, Papadimos, Maier: "NEXMark - A Benchmark for Queries over Data Streams" (2002), with the fields
// that its newer editions have. Times are ms since 1970, prices whole cents.

import { maxBy, session, source, table } from 'lyrebird'

export interface Person {
  id: number
  name: string
  emailAddress: string
  creditCard: string
  city: string
  state: string
  dateTime: number
  extra: string
}

export interface Auction {
  id: number
  itemName: string
  description: string
  initialBid: number
  reserve: number
  dateTime: number
  expires: number
  seller: number
  category: number
  extra: string
}

export interface Bid {
  auction: number
  bidder: number
  price: number
  channel: string
  url: string
  dateTime: number
  extra: string
}

/** How far behind the newest event of its own partition an event may be. */
const DISORDER = '2s'

export const persons = source<Person>('person', { time: p => p.dateTime, disorder: DISORDER })
export const auctions = source<Auction>('auction', { time: a => a.dateTime, disorder: DISORDER })
export const bids = source<Bid>('bid', { time: b => b.dateTime, disorder: DISORDER })

/** The same topics read as tables: the person of an id, the auction of an id. */
export const personById = table<Person, number>('person', { key: p => p.id, time: p => p.dateTime, disorder: DISORDER })
export const auctionById = table<Auction, number>('auction', {
  key: a => a.id,
  time: a => a.dateTime,
  disorder: DISORDER,
})

/** Bids that came while their auction was open, with the auction; keyed by the auction. */
export const validBids = bids
  .keyBy(b => b.auction)
  .joinTable(auctionById)
  .filter(({ left, right }) => left.dateTime <= right.expires)

/**
 * The winning bid of each auction, once nobody can bid any more: no auction is open for longer than 20 s, so a pause of
 * 20 s ends the bids of one. Among equal prices the first bid wins.
 */
export const winningBids = validBids
  .window(session('20s'))
  .aggregate({ won: maxBy(({ left }) => left.price) })
  .closed()
  .mapValues(({ won }) => won)
