// The program of the processes that open damaged states: one damage after the other, in one process until it dies.
//
// Promises: prints what is tried before it is tried, and then what came of it, so that a process that a signal ends has
// named the damage. A try reads everything, then goes on from the state with commits that rewrite and compact it, then
// reads everything again.

import { createHash } from 'node:crypto'
import { copyFileSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { isLyrebirdError } from '../../../core/errors.ts'
import type { Row } from '../../../core/state/rows.ts'
import { openStateReader, openStateWriter, type StateWriter } from '../../../store/index.ts'
import { stateFile } from '../../../store/lmdb.ts'
import { seededRandom } from '../../../testing/equivalence/random.ts'
import { type Damage, damageOf } from './bits.ts'

export interface TriesOrder {
  /** The undamaged file, and a folder for copies of it. */
  readonly file: string
  readonly folder: string
  readonly seed: number
  readonly from: number
  readonly to: number
}

const SMALL = { blockBytes: 400, tierBytes: 2000 }

/** Makes a state with many pages of every kind: branches, leaves, big values, a free list with holes. */
export async function makeState(dir: string, seed: number): Promise<void> {
  const writer = await openStateWriter(dir, SMALL)
  for (let n = 0; n < 40; n++) await change(writer, seed, n)
  // Not closed: its owner has ended when the state is opened again, as after a kill.
  if (seed % 2 === 0) await writer.close()
}

async function change(writer: StateWriter, seed: number, n: number): Promise<void> {
  const random = seededRandom(seed * 1000 + n)
  await writer.commit(txn => {
    txn.putDocument('plan', new Uint8Array(6000).fill(n))
    txn.putDocument(`small-${n % 7}`, new Uint8Array(10 + random.below(500)).fill(n))
    const rows = Array.from({ length: 60 + random.below(120) }, (_, i): Row => {
      const size = random.chance(0.02) ? 3000 : random.below(90)
      return [Uint8Array.of(i >> 8, i & 255, n % 3), new Uint8Array(size).fill(n + i)]
    })
    if (n % 9 === 8) txn.replaceTable('whole', rows)
    else txn.applyChanges(`t${n % 2}`, rows)
  })
}

/** Prints a line for each damage, and its outcome: the digests of what was read, or the code of the failure. */
export async function stateTries({ file, folder, seed, from, to }: TriesOrder): Promise<void> {
  const bytes = readFileSync(file)
  mkdirSync(folder, { recursive: true })
  for (let i = from; i < to; i++) {
    const damage = damageOf(bytes, seed, i)
    writeSync(1, `${i} ${JSON.stringify(damage)} `)
    const dir = join(folder, `try-${i}`)
    mkdirSync(dir)
    copyFileSync(file, stateFile(dir))
    apply(stateFile(dir), bytes, damage)
    writeSync(1, `${await outcomeOf(() => readAll(dir))} ${await outcomeOf(() => goOn(dir, seed))}\n`)
    rmSync(dir, { recursive: true, force: true })
  }
}

function apply(path: string, bytes: Uint8Array, damage: Damage): void {
  if (damage.kind === 'none') return
  if (damage.kind === 'cut') return truncateSync(path, damage.at)
  const copy = new Uint8Array(bytes)
  copy[damage.at] = (copy[damage.at] as number) ^ (1 << damage.bit)
  writeFileSync(path, copy)
}

async function outcomeOf(act: () => Promise<string>): Promise<string> {
  try {
    return await act()
  } catch (error) {
    if (isLyrebirdError(error)) return error.code
    return `untyped:${JSON.stringify(String((error as Error).stack)).replaceAll(' ', '_')}`
  }
}

async function readAll(dir: string): Promise<string> {
  const reader = openStateReader(dir)
  try {
    const hash = createHash('md5')
    for (const name of ['plan', ...Array.from({ length: 7 }, (_, i) => `small-${i}`)]) {
      hash.update(reader.document(name) ?? 'none')
    }
    for (const table of reader.tables()) for (const [key, value] of reader.range(table)) hash.update(key).update(value)
    for (let i = 0; i < 50; i++) hash.update(reader.get('t0', Uint8Array.of(0, i, 0)) ?? 'none')
    return hash.digest('hex')
  } finally {
    await reader.close()
  }
}

async function goOn(dir: string, seed: number): Promise<string> {
  const writer = await openStateWriter(dir, SMALL)
  try {
    for (let n = 100; n < 104; n++) await change(writer, seed, n)
  } finally {
    await writer.close()
  }
  return await readAll(dir)
}
