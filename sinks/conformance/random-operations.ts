// Random operations against a sink and a model of it: fills, changes, failures in between, new owners.

import { rejects } from 'node:assert/strict'
import type { RowSink, SinkPosition, SinkRow } from '../../core/sink/row-sink.ts'
import type { SinkUnderTest } from './sink-under-test.ts'
import { at, change, failing, row, rowsOf, shows, sinkOf, snapshot } from './subject.ts'

const OPERATIONS = 40
const COUNTRIES = ['KR', 'DE', 'FR', 'IT', 'US', 'BR', 'IN', '']

/** Numbers from 0 to `below - 1`; mulberry32. */
function randomOf(seed: number): (below: number) => number {
  let state = seed >>> 0
  return below => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) % below
  }
}

type Model = ReadonlyMap<string, number>

/** Throws where the place differs from the model. */
export async function randomOperations(subject: SinkUnderTest, seed: number): Promise<void> {
  const random = randomOf(seed)
  let [model, epoch, commit]: [Model, number, number] = [new Map(), 1, 0]
  let position: SinkPosition | null = null
  let sink = sinkOf(subject, { epoch })
  await sink.position()
  for (let i = 0; i < OPERATIONS; i++) {
    const [changes, fails] = [randomChanges(random), random(4) === 0]
    const next: SinkPosition = at(++commit, { epoch })
    const pieces = [changes.slice(0, 3), changes.slice(3)]
    const rows = fails ? failing(...pieces) : rowsOf(...pieces)
    const act: () => Promise<void> =
      position === null || random(5) === 0
        ? () => sink.replace(snapshot(rowsOf(rowsIn(model)), next, rows))
        : (
            (from: SinkPosition) => () =>
              sink.apply(change(from, next, rows))
          )(position)
    if (fails) {
      await rejects(act)
      position = await asked(sink)
    } else {
      await act()
      model = after(model, changes)
      position = next
    }
    if (random(6) === 0) {
      await sink.close()
      sink = sinkOf(subject, { epoch: ++epoch })
      position = await asked(sink)
    }
    await shows(subject, Object.fromEntries(model))
  }
  await sink.close()
}

/** A failure leaves the position to be asked. */
const asked = async (sink: RowSink): Promise<SinkPosition | null> => await sink.position()

const randomChanges = (random: (below: number) => number): SinkRow[] =>
  Array.from({ length: random(8) }, () =>
    row(COUNTRIES[random(COUNTRIES.length)] as string, random(3) === 0 ? null : random(1000)),
  )

const rowsIn = (model: Model): SinkRow[] => [...model].map(([country, n]) => row(country, n))

function after(model: Model, changes: readonly SinkRow[]): Model {
  const next = new Map(model)
  for (const { key, content } of changes) {
    const { country } = key as { country: string }
    if (content.kind === 'value') next.set(country, (content.value as { n: number }).n)
    else next.delete(country)
  }
  return next
}
