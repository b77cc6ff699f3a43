// Both decoders against JSON.parse, on texts from the corners of the grammar: what is accepted, with which values, as a
// document, as a declared field and as one that no type declares.
//
// `npm run json -- --texts 1000000 --seed 7` runs it longer; LYREBIRD_JSON_FILES names a folder of conformance files.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { makeDecoder } from '../../../core/decode/decoder.ts'
import { ANY_JSON, type Schema, type SchemaDocument } from '../../../core/plan/schema.ts'
import { seededRandom } from '../../../testing/equivalence/random.ts'
import { exactText } from './arbitraries.ts'
import { fastDecoder } from './fast-decoder.ts'
import { jsonText } from './json-texts.ts'

/** `scripts/campaigns/json-conformance.mjs` sets both. */
const texts = Number(process.env.LYREBIRD_JSON_TEXTS ?? 20_000)
const seed = Number(process.env.LYREBIRD_JSON_SEED ?? 20260101)
const folder = process.env.LYREBIRD_JSON_FILES

const JSON_FORMAT = { kind: 'json' } as const
const objectOf = (name: string, schema: Schema): SchemaDocument => ({
  root: { kind: 'object', fields: [{ name, schema, optional: false }] },
  defs: {},
})

/** How a text is met: around it, the type, and the value that the type gives of what JSON.parse gives. */
const PLACES = [
  { place: 'a document', around: ['', ''], type: ANY_JSON, of: (v: unknown) => v },
  {
    place: 'a declared field',
    around: ['{"v":', '}'],
    type: objectOf('v', { kind: 'unknown' }),
    of: (v: unknown) => ({ v }),
  },
  {
    place: 'an undeclared field',
    around: ['{"z":', ',"k":1}'],
    type: objectOf('k', { kind: 'number' }),
    of: () => ({ k: 1 }),
  },
  {
    place: 'beside an exact integer',
    around: ['{"k":1,"z":', '}'],
    type: objectOf('k', { kind: 'bigint' }),
    of: () => ({ k: 1n }),
  },
] as const

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const decoders = PLACES.map(({ type }) => ({
  obvious: makeDecoder(JSON_FORMAT, type),
  emitted: fastDecoder(JSON_FORMAT, type),
}))

/** What JSON.parse gives; undefined where it refuses the bytes. */
function parsed(bytes: Uint8Array): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(strict.decode(bytes)) }
  } catch {
    return undefined
  }
}

/** Compares all places; true where JSON.parse accepts the bytes by themselves. */
function compare(text: Uint8Array, what: string): boolean {
  PLACES.forEach(({ place, around, of }, i) => {
    const { obvious, emitted } = decoders[i] as (typeof decoders)[number]
    const bytes = Buffer.concat([Buffer.from(around[0]), text, Buffer.from(around[1])])
    const whole = parsed(bytes)
    const expected =
      whole === undefined ? null : place === 'a document' ? whole.value : (whole.value as { v?: unknown }).v
    const result = obvious(bytes)
    const where = `${what}, ${place}: ${JSON.stringify(bytes.toString())}`
    if (whole === undefined) expect(result.ok, where).toBe(false)
    else if (!result.ok) expect([result.reason, deep(expected, 195)], where).toEqual(['nested too deeply', true])
    else
      expect(exactText(result.value), where).toBe(exactText(isMoved(whole.value, place) ? result.value : of(expected)))
    const fast = emitted(bytes)
    if (fast !== undefined) expect(result.ok ? exactText(result.value) : result, where).toBe(exactText(fast))
  })
  return parsed(text) !== undefined
}

/** Whether the text closed its field and said a second `k` or `v`: the last one counts then, which `parsed` decides. */
const isMoved = (whole: unknown, place: string): boolean =>
  place !== 'a document' && Object.keys(whole as object).some(name => !['v', 'z', 'k'].includes(name))

/** Whether arrays and objects are inside each other at least so often. */
function deep(value: unknown, levels: number): boolean {
  for (let at = value, n = 0; typeof at === 'object' && at !== null; at = Object.values(at)[0])
    if (++n >= levels) return true
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.values(value).some(part => levels > 1 && deep(part, levels - 1))
  )
}

it(`${texts} texts from seed ${seed}`, { timeout: texts * 5 + 60_000 }, () => {
  const random = seededRandom(seed)
  const encoder = new TextEncoder()
  let accepted = 0
  for (let i = 0; i < texts; i++) if (compare(encoder.encode(jsonText(random)), `text ${i}`)) accepted++
  console.log(`${texts} texts from seed ${seed}: JSON.parse accepts ${accepted}, both decoders agree`)
  expect(accepted / texts).toBeGreaterThan(0.3)
  expect(accepted / texts).toBeLessThan(0.9)
})

it.skipIf(folder === undefined)('files of a conformance collection (skipped without LYREBIRD_JSON_FILES)', () => {
  const files = readdirSync(folder as string)
  expect(files.length).toBeGreaterThan(0)
  for (const file of files) compare(readFileSync(join(folder as string, file)), file)
})
