// q21, add channel id: a number for known channels, for others the one in their address; bids without one are dropped.

import { job } from 'lyrebird'
import { bids } from './model.ts'

const KNOWN: Readonly<Record<string, string>> = { apple: '0', google: '1', facebook: '2', baidu: '3' }

function channelId(channel: string, url: string): string | null {
  const name = channel.toLowerCase()
  if (Object.hasOwn(KNOWN, name)) return KNOWN[name] ?? null
  return /[?&]channel_id=([^&]*)/.exec(url)?.[1] ?? null
}

const withId = bids
  .map(b => ({
    auction: b.auction,
    bidder: b.bidder,
    price: b.price,
    channel: b.channel,
    channelId: channelId(b.channel, b.url),
  }))
  .filter(b => b.channelId !== null)

export default job('nexmark-q21', { out: withId.to('q21') })
