// Trees that JSON text is read into: the words for their parts, and how they are built.
//
// Promises: only plain objects, arrays and scalars, and `NumberToken` where integers must stay exact. Any field name is
// safe.

import type { Schema } from '../plan/schema.ts'

/** A schema that is no reference. */
export type PlainSchema = Exclude<Schema, { kind: 'ref' }>
export type JsonObject = Readonly<Record<string, unknown>>

/** A number as the text has it. */
export class NumberToken {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

/** Arrays and objects inside each other in what a type declares, the outermost counted. A scalar has depth 0. */
export const MAX_DEPTH = 200

/** Whether arrays and objects are inside each other more than `limit` times. The stack is as deep as the limit. */
export function isDeeper(tree: unknown, limit: number): boolean {
  return isStructure(tree) && (limit <= 0 || Object.values(tree).some(part => isDeeper(part, limit - 1)))
}

/** Whether a tree is an array or object, so that it has parts. */
export const isStructure = (tree: unknown): tree is object =>
  typeof tree === 'object' && tree !== null && !(tree instanceof NumberToken) && !(tree instanceof Uint8Array)

/** The type of a JSON value, in the word that reasons use. */
export function jsonWord(tree: unknown): string {
  if (tree === null) return 'null'
  if (Array.isArray(tree)) return 'array'
  if (tree instanceof Uint8Array) return 'bytes' // no JSON, but of custom formats
  return tree instanceof NumberToken ? 'number' : typeof tree
}

/** Whether a tree is a JSON object. */
export const isObject = (tree: unknown): tree is JsonObject => jsonWord(tree) === 'object'

/** Sets a field as JSON.parse does: `__proto__` becomes an ordinary own field and never a prototype. */
export function setField(target: object, name: string, value: unknown): void {
  if (name === '__proto__') {
    Object.defineProperty(target, name, { value, writable: true, enumerable: true, configurable: true })
  } else {
    ;(target as Record<string, unknown>)[name] = value
  }
}

/** A tree without number tokens: what JSON.parse would have given. */
export function withoutTokens(tree: unknown): unknown {
  if (tree instanceof NumberToken) return Number(tree.text)
  if (Array.isArray(tree)) return tree.map(withoutTokens)
  if (typeof tree !== 'object' || tree === null || tree instanceof Uint8Array) return tree
  const out = {}
  for (const [name, value] of Object.entries(tree)) setField(out, name, withoutTokens(value))
  return out
}
