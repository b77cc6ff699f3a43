// Random damage to the files of an embedded log: flipped bits and cuts, in marks, topic files, lock files and segments.
//
// Promises: each try ends in a typed failure (exit 5 or 6) or in the same records; an append after it either fails or
// keeps all of them; and once the file is restored, everything is there. `npm run log-damage -- --tries 20000
// --seed N` runs longer.

import { cpSync, existsSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { isLyrebirdError } from '../../core/errors.ts'
import { DirectoryLog } from '../../logs/directory.ts'
import { OutputTopic } from '../../logs/embedded/output-topic.ts'
import { seededRandom } from '../../testing/equivalence/random.ts'
import { program, start } from '../support/child.ts'
import { temporaryDirectory } from './support/directories.ts'
import { readAll } from './support/read-log.ts'
import { numbered, record } from './support/records.ts'

const tries = Number(process.env.LYREBIRD_TRIES ?? 120)
const seed = Number(process.env.LYREBIRD_SEED ?? 1)
const random = seededRandom(seed)

/** Reads both partitions and prints their values, or the failure. */
const reader = program(`
  import { DirectoryLog } from './logs/directory.ts'
  try {
    const log = await DirectoryLog.open(process.argv[2])
    const values = []
    for (const { partition, end } of await log.partitions('t')) {
      for await (const { count, bytes, values: at } of log.read('t', partition, 0n, end)) values.push(count)
    }
    console.log('read', values.reduce((a, b) => a + b, 0))
  } catch (e) {
    console.log(e.exitCode ?? e.stack)
  }
`)

async function makeLog(): Promise<string> {
  const directory = temporaryDirectory()
  const topic = await OutputTopic.openForAppend(directory, 't', 2, { segmentBytes: 400 })
  // An even and an odd number of publishes: the newest slot is the first of one mark and the second of the other.
  for (let i = 0; i < 6; i++) await topic.append(0, numbered(5, 'p0-', i * 5))
  for (let i = 0; i < 5; i++) await topic.append(1, numbered(6, 'p1-', i * 6))
  await topic.close()
  return directory
}

/** All values of both partitions, or the exit code of the typed failure; anything else is thrown. */
async function outcomeOf(action: () => Promise<unknown>): Promise<unknown> {
  try {
    return await action()
  } catch (e) {
    if (isLyrebirdError(e) && [5, 6].includes(e.exitCode)) return e.exitCode
    throw e
  }
}

const read = (directory: string) =>
  outcomeOf(async () => {
    const log = await DirectoryLog.open(directory)
    const values: unknown[] = []
    for (const { partition, start: from, end } of await log.partitions('t')) {
      values.push(...(await readAll(log, 't', partition, from, end)).map(r => r.value))
    }
    return values
  })

const append = (directory: string) =>
  outcomeOf(async () => {
    const topic = await OutputTopic.openForAppend(directory, 't', 2)
    try {
      await topic.append(0, [record('next')])
      return 'done'
    } finally {
      await topic.close()
    }
  })

/** Every file of a log by its path below it. */
function filesOf(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name).slice(directory.length + 1))
    .sort()
}

/** Cuts the file, or wipes a part of it, or flips one to three bits near each other. */
function damage(path: string): string {
  const { size } = statSync(path)
  if (random.chance(0.2)) {
    const left = random.below(size)
    truncateSync(path, left)
    return `${path} cut to ${left} bytes`
  }
  const bytes = readFileSync(path)
  if (random.chance(0.2)) {
    const [from, length] = [random.below(size), 1 + random.below(1500)]
    writeFileSync(path, bytes.fill(random.pick([0, 255]), from, Math.min(size, from + length)))
    return `${path} wiped from byte ${from} for ${length}`
  }
  const first = random.below(size * 8)
  const bits = Array.from({ length: 1 + random.below(3) }, () => (first + random.below(64)) % (size * 8))
  for (const bit of bits) bytes[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7))
  writeFileSync(path, bytes)
  return `${path} bits ${bits}`
}

/** Puts right what was damaged; what was appended since stays. */
function restore(original: string, damaged: string): void {
  const bytes = readFileSync(original)
  const now = existsSync(damaged) ? readFileSync(damaged) : bytes
  writeFileSync(damaged, Buffer.concat([bytes, now.subarray(bytes.length)]))
}

test(`${tries} damaged files, seed ${seed}: a typed failure or no effect`, {
  timeout: 60_000 + tries * 500,
}, async () => {
  const original = await makeLog()
  const whole = (await read(original)) as unknown[]
  expect(whole).toHaveLength(60)
  const directory = join(temporaryDirectory(), 'log')
  const files = filesOf(original)
  const small = files.filter(name => !name.endsWith('.log'))
  const seen = new Map<string, number>()
  for (let i = 0; i < tries; i++) {
    rmSync(directory, { recursive: true, force: true })
    cpSync(original, directory, { recursive: true })
    const name = random.pick(random.chance(0.5) ? small : files)
    const what = damage(join(directory, name))
    const shown = await read(directory)
    if (typeof shown !== 'number') expect(shown, what).toEqual(whole)
    const appended = await append(directory)
    const after = await read(directory)
    const kind = `${/[^/]*$/.exec(name)?.[0].replace(/^\d+/, '*')}: read ${Array.isArray(shown) ? 'whole' : shown}`
    seen.set(`${kind}, append ${appended}`, (seen.get(`${kind}, append ${appended}`) ?? 0) + 1)
    const both = [...whole.slice(0, 30), 'next', ...whole.slice(30)]
    if (appended === 'done' && typeof after !== 'number') expect(after, what).toEqual(both)
    restore(join(original, name), join(directory, name))
    if (appended === 'done' && name.endsWith('.published')) continue
    expect(await read(directory), `${what}, restored`).toEqual(appended === 'done' ? both : whole)
  }
  console.log(
    [...seen]
      .map(([kind, n]) => `${n} × ${kind}`)
      .sort()
      .join('\n'),
  )
  expect([...seen.keys()].filter(kind => kind.startsWith('.published')).length).toBeGreaterThan(0)
})

test('the same in processes of their own: none ends by a signal', { timeout: 60_000 + tries * 200 }, async () => {
  const original = await makeLog()
  const directory = join(temporaryDirectory(), 'log')
  const files = filesOf(original)
  for (let i = 0; i < Math.ceil(tries / 25); i++) {
    rmSync(directory, { recursive: true, force: true })
    cpSync(original, directory, { recursive: true })
    const what = damage(join(directory, random.pick(files)))
    const child = start(reader, [directory])
    expect(['read 60', '5', '6'], what).toContain(await child.line())
    expect(await child.ended, what).toMatchObject({ code: 0, signal: null })
  }
})
