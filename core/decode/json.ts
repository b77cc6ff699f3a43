// JSON text to a tree: exactly what JSON.parse accepts, optionally with the text of every number kept.
//
// Promises: accepts what JSON.parse accepts and gives the same values (RFC 8259; the last of duplicate fields wins), of
// any depth. With `exact`, numbers come as `NumberToken`, since a double cannot hold every integer beyond 2^53.
// Not here: how deep a declared value may be (`validate.ts`).

import { shownText } from './fault.ts'
import { NumberToken, setField } from './tree.ts'

type JsonTree =
  | { readonly ok: true; readonly tree: unknown }
  /** `detail`: what the reason leaves out, for display only. */
  | { readonly ok: false; readonly reason: string; readonly detail?: string }

/** Parses one JSON value. Reasons: `empty`, `not JSON`. */
export function parseJson(text: string, exact: boolean): JsonTree {
  if (text === '' || /^[ \t\r\n]*$/.test(text)) return { ok: false, reason: 'empty' }
  let tree: unknown
  try {
    tree = JSON.parse(text)
  } catch {
    return { ok: false, reason: 'not JSON', detail: `the text is ${shownText(text)}` }
  }
  return { ok: true, tree: exact ? new ExactParser(text).value() : tree }
}

/** An array or object that is being read, and the name that the next value of an object goes to. */
interface Open {
  readonly closing: ']' | '}'
  readonly into: unknown[] | object
  name: string
}

/** Reads text that JSON.parse has accepted, so it checks nothing; no depth of it takes any stack. */
class ExactParser {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  value(): unknown {
    const open: Open[] = []
    for (;;) {
      this.#skipBlanks()
      const opened = this.#opened()
      if (opened !== null) open.push(opened)
      let value = opened === null ? this.#scalar() : opened.into
      // Up to the next value: containers that end here are values of those around them.
      for (let ended = opened === null; ; ended = true) {
        const top = open.at(-1)
        if (top === undefined) return value
        if (ended) put(top, value)
        if (this.#more(top.closing)) {
          if (top.closing === '}') top.name = this.#name()
          break
        }
        value = (open.pop() as Open).into
        if (open.length === 0) return value
      }
    }
  }

  /** The array or object that begins here, or null. */
  #opened(): Open | null {
    const c = this.#text[this.#at]
    if (c === '{') return { closing: '}', into: {}, name: '' }
    return c === '[' ? { closing: ']', into: [], name: '' } : null
  }

  #scalar(): unknown {
    if (this.#text[this.#at] === '"') return this.#string()
    const scalar = this.#match(/[^\s,\]}]+/y)
    if (scalar === 'true') return true
    if (scalar === 'false') return false
    return scalar === 'null' ? null : new NumberToken(scalar)
  }

  #name(): string {
    this.#skipBlanks()
    const name = this.#string()
    this.#skipBlanks()
    this.#at++ // the colon
    return name
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

function put({ into, name }: Open, value: unknown): void {
  if (Array.isArray(into)) into.push(value)
  else setField(into, name, value)
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
