// A race: all contestants take turns, round by round, and one table says what they took.
//
// Promises: medians of the rounds, and each one's time for an event in times of the stream's; whoever finds something
// else than it should is named, and the race has failed. A guest that fails is named in one line and left out; one of
// ours is an error. Progress goes to stderr.

import { type Bench, type Measured, say } from './measure.ts'

export interface Result extends Measured {
  readonly found: string
  /** What it should have found, where that is not what the stream has found. */
  readonly wanted?: string
  /** How many events it was given, where these are not all. */
  readonly events?: number
}

export interface Contestant {
  readonly name: string
  /** May fail: what it needs is not ours. */
  readonly guest?: boolean
  readonly run: () => Promise<Result>
}

/** Of the contestant that all others are compared with. */
export const STREAM = 'stream'
const NAME_COLUMNS = 34

/** False where somebody has found something else. */
export async function race(bench: Bench, title: string, contestants: readonly Contestant[]): Promise<boolean> {
  const runs = new Map(contestants.map(({ name }) => [name, [] as Result[]]))
  for (let round = 0; round < bench.rounds; round++) {
    for (const contestant of contestants) {
      const list = runs.get(contestant.name)
      const result = list && (await outcome(contestant))
      if (typeof result === 'string') {
        say(`${contestant.name} is left out: ${result}`)
        runs.delete(contestant.name)
      } else if (result !== undefined) {
        list?.push(result)
        process.stderr.write(`round ${round + 1}, ${contestant.name}: ${result.seconds.toFixed(2)} s\n`)
      }
    }
  }
  const wanted = runs.get(STREAM)?.[0]?.found
  say(`\n${title}: ${wanted}; ${bench.rounds} rounds, medians`)
  printTable(bench, runs)
  const others = [...runs].flatMap(([name, list]) =>
    list.filter(r => r.found !== (r.wanted ?? wanted)).map(r => `WRONG: ${name} has found ${r.found}`),
  )
  for (const line of others) say(line)
  return others.length === 0
}

async function outcome({ guest, run }: Contestant): Promise<Result | string> {
  try {
    return await run()
  } catch (e) {
    if (guest !== true) throw e
    return (e as Error).message.replace(/\s+/g, ' ').slice(0, 300)
  }
}

function printTable(bench: Bench, runs: ReadonlyMap<string, readonly Result[]>): void {
  const head = ['seconds', "of stream's", 'events/s', 'CPU s', "brokers' CPU s", 'peak MB']
  say(''.padEnd(NAME_COLUMNS) + head.map(h => h.padStart(h.length + 3)).join(''))
  const rate = (list: readonly Result[]): number => {
    return (list[0]?.events ?? bench.events) / median(list.map(r => r.seconds))
  }
  const base = rate(runs.get(STREAM) ?? [])
  for (const [name, list] of runs) {
    const cells = [
      median(list.map(r => r.seconds)).toFixed(2),
      (base / rate(list)).toFixed(2),
      Math.round(rate(list)).toLocaleString('en'),
      median(list.map(r => r.cpu)).toFixed(2),
      median(list.map(r => r.brokersCpu)).toFixed(2),
      String(Math.round(Math.max(...list.map(r => r.rssMb)))),
    ]
    say(name.padEnd(NAME_COLUMNS) + cells.map((c, i) => c.padStart((head[i] as string).length + 3)).join(''))
  }
}

export function median(list: readonly number[]): number {
  return [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)] as number
}
