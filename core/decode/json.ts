// JSON text to a tree: exactly what JSON.parse accepts, optionally with the text of every number kept.
//
// Promises: accepts what JSON.parse accepts and gives the same values (RFC 8259; the last of duplicate fields wins); a
// limit of depth protects all later code from deep recursion. With `exact`, numbers come as `NumberToken`, since a
// double cannot hold every integer beyond 2^53.

import { NumberToken, setField } from './tree.ts'

/** Arrays and objects inside each other, the outermost counted. A scalar has depth 0. */
const MAX_DEPTH = 200

type JsonTree = { readonly ok: true; readonly tree: unknown } | { readonly ok: false; readonly reason: string }

/** Parses one JSON value. Reasons: `empty`, `not JSON`, `nested too deeply`. */
export function parseJson(text: string, exact: boolean): JsonTree {
  if (/^[ \t\r\n]*$/.test(text)) return { ok: false, reason: 'empty' }
  let tree: unknown
  try {
    tree = JSON.parse(text)
  } catch {
    return { ok: false, reason: 'not JSON' }
  }
  if (deeperThan(text, MAX_DEPTH)) return { ok: false, reason: 'nested too deeply' }
  return { ok: true, tree: exact ? new ExactParser(text).value() : tree }
}

/** Whether brackets outside of strings are nested deeper than the limit. The text must be valid JSON. */
function deeperThan(text: string, limit: number): boolean {
  let depth = 0
  let quoted = false
  for (let i = 0; i < text.length; i++) {
    const c = text[i]
    if (quoted) {
      if (c === '\\') i++
      else if (c === '"') quoted = false
    } else if (c === '"') quoted = true
    else if (c === '[' || c === '{') {
      if (++depth > limit) return true
    } else if (c === ']' || c === '}') depth--
  }
  return false
}

/** Reads text that JSON.parse has accepted and whose depth is limited, so it checks nothing. */
class ExactParser {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  value(): unknown {
    this.#skipBlanks()
    const c = this.#text[this.#at]
    if (c === '{') return this.#object()
    if (c === '[') return this.#array()
    if (c === '"') return this.#string()
    const scalar = this.#match(/[^\s,\]}]+/y)
    if (scalar === 'true') return true
    if (scalar === 'false') return false
    return scalar === 'null' ? null : new NumberToken(scalar)
  }

  #object(): unknown {
    const out = {}
    while (this.#more('}')) {
      this.#skipBlanks()
      const name = this.#string()
      this.#skipBlanks()
      this.#at++ // the colon
      setField(out, name, this.value())
    }
    return out
  }

  #array(): unknown {
    const out: unknown[] = []
    while (this.#more(']')) out.push(this.value())
    return out
  }

  /** Steps over the opening bracket or a comma; false once it has stepped over the closing bracket. */
  #more(closing: string): boolean {
    this.#skipBlanks()
    if (this.#text[this.#at] !== closing) {
      this.#at++
      this.#skipBlanks()
      if (this.#text[this.#at] !== closing) return true
    }
    this.#at++
    return false
  }

  #string(): string {
    let end = this.#at + 1
    while (this.#text[end] !== '"') end += this.#text[end] === '\\' ? 2 : 1
    const quoted = this.#text.slice(this.#at, end + 1)
    this.#at = end + 1
    return JSON.parse(quoted) as string
  }

  #skipBlanks(): void {
    this.#match(/[ \t\r\n]*/y)
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text)?.[0] ?? ''
    this.#at += found.length
    return found
  }
}

const INTEGER = /^-?(?:0|[1-9][0-9]*)$/
const NUMBER = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/

/** The integer that a JSON number token without fraction and exponent denotes; null for any other text. */
export function integerOf(token: string): bigint | null {
  if (!INTEGER.test(token)) return null
  try {
    return BigInt(token)
  } catch {
    return null // beyond the engine's 2^30 bits
  }
}

/** The nearest double of a JSON number token; null where the text is none. */
export function numberOf(token: string): number | null {
  return NUMBER.test(token) ? Number(token) : null
}
