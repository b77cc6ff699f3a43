// Which keys are printed as a given JSON value: the way back from what people type to the bytes of a key.
//
// Promises: every value that `printed` (result-json.ts) turns into the JSON is among the candidates. A text may also be
// a bigint, a number that JSON has not, or bytes.

import { canonicalBytes } from '../values/canonical.ts'
import { bytesOfBase64 } from '../values/json-text.ts'

/** More are not looked up one by one. */
const CANDIDATES_MAX = 64
/** No key has more arrays and objects inside each other. */
const DEPTH_MAX = 256

/** Canonical bytes of all keys that are printed so; null where there would be too many. */
export function keysPrintedAs(json: unknown): readonly Uint8Array[] | null {
  return valuesOf(json, 0)?.map(canonicalBytes) ?? null
}

function valuesOf(json: unknown, depth: number): readonly unknown[] | null {
  if (typeof json === 'string') return valuesOfText(json)
  if (typeof json === 'number' && !Number.isFinite(json)) return valuesOfText(String(json))
  if (typeof json !== 'object' || json === null) return [json]
  if (depth >= DEPTH_MAX) return []
  if (Array.isArray(json)) return product(json, depth)
  const [names, parts] = [Object.keys(json), product(Object.values(json), depth)]
  return parts?.map(fields => Object.fromEntries(fields.map((field, i) => [names[i], field]))) ?? null
}

function valuesOfText(text: string): readonly unknown[] {
  const values: unknown[] = [text]
  if (/^-?\d+$/.test(text) && String(BigInt(text)) === text) values.push(BigInt(text))
  if (text === 'NaN' || text === 'Infinity' || text === '-Infinity') values.push(Number(text))
  const bytes = bytesOfBase64(text)
  if (bytes !== null) values.push(bytes)
  return values
}

/** Each way to take one value of each part. */
function product(parts: readonly unknown[], depth: number): readonly (readonly unknown[])[] | null {
  let all: readonly (readonly unknown[])[] = [[]]
  for (const part of parts) {
    const values = valuesOf(part, depth + 1)
    if (values === null || values.length * all.length > CANDIDATES_MAX) return null
    all = all.flatMap(some => values.map(value => [...some, value]))
  }
  return all
}
