// `lyrebird status`: how far a state is, what holds it back, and how quickly it moves.

import { setTimeout as sleep } from 'node:timers/promises'
import { askStatus } from '../../run/status/ask-status.ts'
import { ratesBetween } from '../../run/status/rates.ts'
import { statusLines } from '../../run/status/status-text.ts'
import { readConfig } from '../config.ts'
import { required } from '../options.ts'
import type { Terminal } from '../output/terminal.ts'

interface Flags {
  readonly state?: string
  readonly log?: string
  readonly json?: boolean
}

/** Between two looks, for the rates: a stream commits every second by default. */
const LOOK_MS = 1500

export async function status(flags: Flags, terminal: Terminal): Promise<void> {
  const config = await readConfig()
  const state = required(flags.state ?? config.state, 'state', 'DIR')
  const ask = { state, log: flags.log ?? config.log ?? null, sinks: config.sinks }
  const first = await askStatus(ask)
  let last = first
  if (first.writer !== null) {
    await sleep(LOOK_MS)
    last = await askStatus(ask)
  }
  const rates = ratesBetween(first, last)
  if (flags.json === true) return await terminal.data(JSON.stringify({ ...last, rates }))
  for (const line of statusLines(last, rates)) await terminal.data(line)
}
