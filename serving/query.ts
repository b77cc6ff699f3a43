// The parameters of a request.
//
// Promises: only those that are named, each once; what is missing or malformed is a problem that says what to write.

import { didYouMean } from '../core/did-you-mean.ts'
import { durationMs } from '../run/command-line/option-values.ts'
import { quoted, Refused } from './problem.ts'

export type Parameters = ReadonlyMap<string, string>

/** Throws `Refused` for a name that is not known, or comes twice. */
export function parametersOf(url: URL, known: readonly string[]): Parameters {
  const found = new Map<string, string>()
  for (const [name, value] of url.searchParams) {
    if (!known.includes(name)) {
      const near = didYouMean(name, known)
      const hint = `${near === null ? '' : `did you mean ${near}? `}there are: ${known.join(' ') || 'none'}`
      throw new Refused({ status: 400, code: 'unknown-parameter', detail: `no parameter ${quoted(name)} here`, hint })
    }
    if (found.has(name)) throw malformed(`${name} is given twice`, `write ${name}= once`)
    found.set(name, value)
  }
  return found
}

/** A whole number of 1 <= n <= most. */
export function countOf(parameters: Parameters, name: string, fallback: number, most: number): number {
  const text = parameters.get(name)
  if (text === undefined) return fallback
  const n = /^\d{1,9}$/.test(text) ? Number(text) : 0
  if (n >= 1 && n <= most) return n
  throw malformed(`${name} is ${quoted(text)}`, `write a number from 1 to ${most}; more rows come by cursor`)
}

/** A JSON value; undefined where it is not given. */
export function jsonOf(parameters: Parameters, name: string): { readonly json: unknown } | undefined {
  const text = parameters.get(name)
  if (text === undefined) return undefined
  try {
    return { json: JSON.parse(text) as unknown }
  } catch {
    const text1 = `${name}=${encodeURIComponent(JSON.stringify(text.slice(0, 40)))}`
    throw malformed(`${name} takes JSON, not ${quoted(text)}`, `a text is in quotes: ${text1}`)
  }
}

/** ms of a duration such as `5s`; undefined where it is not given. */
export function durationOf(parameters: Parameters, name: string): number | undefined {
  const text = parameters.get(name)
  if (text === undefined) return undefined
  const ms = durationMs(text)
  if (ms !== null && ms > 0) return ms
  throw malformed(`${name} is ${quoted(text)}`, `write a duration such as ${name}=5s`)
}

export const malformed = (detail: string, hint: string): Refused =>
  new Refused({ status: 400, code: 'malformed', detail, hint })
