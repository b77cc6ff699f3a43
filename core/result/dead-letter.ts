// Dead letters: elements that could not be processed, and the fixed words that say why.
//
// Promises: the compared part of a dead letter (node, identity, kind, path, reason) depends on the log alone. It holds
// no text of the JavaScript engine and nothing that an author's code threw; such text is kept for display only
// (semantics.md 3.4).
// Not here: when an element becomes a dead letter, and where dead letters are kept (executors and reference).

import type { Takes } from '../plan/aggregation-spec.ts'

type DeadLetterKind = 'decode' | 'time' | 'ahead' | 'throw' | 'value'

/** At most one for each (node, identity). */
export interface DeadLetter {
  /** Id of the plan's node that could not process the element. */
  readonly node: string
  /** Canonical identity of the element (core/values/identity.ts). */
  readonly identity: Uint8Array
  readonly kind: DeadLetterKind
  /** Fixed words. */
  readonly reason: string
  /** Place in the record's value, such as `$.user.id`; only where the kind is `decode`. */
  readonly path?: string
  /** For people, never compared: the message of what was thrown, and `path:line:column` in the author's file. */
  readonly display: DeadLetterDisplay
}

interface DeadLetterDisplay {
  readonly message?: string | undefined
  readonly site?: string | undefined
}

/** Every fixed reason that does not come from a decoder or from canonical bytes. */
export const REASON = {
  threw: 'the lambda threw',
  promise: 'the lambda returned a promise',
  notIterable: 'expected an array or another iterable of results',
  notKeys: 'expected an array or another iterable of keys',
  notInteger: 'the time is no integer',
  outOfRange: 'the time is out of range',
  notNumber: 'the time is no number',
  ahead: 'the time is too far ahead of the timestamp of the log',
} as const

/**
 * Greatest distance of an event time from 1970 in ms: the range of an ECMAScript `Date` (ECMA-262, section 21.4.1.1).
 */
export const MAX_TIME = 8.64e15

/**
 * The reason why a value is no event time, or null where it is one: an integer in ms with |ms| <= 8.64e15 (semantics.md
 * 2.1).
 */
export function timeFault(value: unknown): string | null {
  if (typeof value !== 'number') return isThenable(value) ? REASON.promise : REASON.notNumber
  if (!(Math.abs(value) <= MAX_TIME)) return Number.isNaN(value) ? REASON.notNumber : REASON.outOfRange
  return Number.isInteger(value) ? null : REASON.notInteger
}

/** True for a promise or anything that could be awaited: a lambda must not return it. Never throws. */
export function isThenable(value: unknown): boolean {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false
  try {
    return typeof (value as { then?: unknown }).then === 'function'
  } catch {
    return false
  }
}

/**
 * The results of a `flatMap` or `flatMapKeys` lambda as an array, or null where they are no list: a string is none,
 * though it can be iterated. The whole iterable is read before anything is emitted, so one that throws half way emits
 * nothing. What the iterable throws is thrown.
 */
export function resultList(value: unknown): unknown[] | null {
  if (Array.isArray(value)) return value
  if (typeof value !== 'object' || value === null) return null
  if (typeof (value as { [Symbol.iterator]?: unknown })[Symbol.iterator] !== 'function') return null
  return Array.from(value as Iterable<unknown>)
}

/** A record that does not decode to its source's declared type. */
export function decodeFailed(
  node: string,
  identity: Uint8Array,
  path: string,
  reason: string,
  display: DeadLetterDisplay = {},
): DeadLetter {
  return { node, identity, kind: 'decode', path, reason, display }
}

/** A `time` lambda gave something that is no event time. Call only where `timeFault(value)` is not null. */
export function badTime(node: string, identity: Uint8Array, value: unknown): DeadLetter {
  const message = typeof value === 'number' ? `got ${value}` : `got a value of type ${typeof value}`
  return { node, identity, kind: 'time', reason: timeFault(value) ?? REASON.notNumber, display: { message } }
}

/** A record whose time is further ahead of the log's own timestamp than its source allows. */
export function ahead(node: string, identity: Uint8Array): DeadLetter {
  return { node, identity, kind: 'ahead', reason: REASON.ahead, display: {} }
}

/** A lambda threw. `field` names the field of `aggregate({...})` that it belongs to. */
export function threw(node: string, identity: Uint8Array, display: DeadLetterDisplay, field?: string): DeadLetter {
  return { node, identity, kind: 'throw', reason: fieldReason(field, REASON.threw), display }
}

/** A lambda returned something that cannot be used. `field` as for `threw`. */
export function badValue(
  node: string,
  identity: Uint8Array,
  reason: string,
  display: DeadLetterDisplay = {},
  field?: string,
): DeadLetter {
  return { node, identity, kind: 'value', reason: fieldReason(field, reason), display }
}

/** A reason that names the field of an aggregation: `bytes: expected number, got string`. */
export function fieldReason(field: string | undefined, reason: string): string {
  return field === undefined ? reason : `${field}: ${reason}`
}

/**
 * Why an aggregation of numbers cannot take an input; null where it can, or where only encoding would show that it
 * cannot.
 */
export function inputFault(takes: Takes['of'], input: unknown): string | null {
  if (takes !== 'numeric' && takes !== 'bounded') return null
  if (typeof input !== 'number' && typeof input !== 'bigint') return `expected number or bigint, got ${typeWord(input)}`
  return takes === 'bounded' && Number.isNaN(input) ? 'expected a number in some bucket, got NaN' : null
}

/** The reason for something without canonical bytes; `reason` is that of the `Unencodable` that encoding threw. */
export function unencodableReason(part: 'key' | 'value' | 'output', reason: string): string {
  return `${part}: ${reason}`
}

/** The word for a value's type in reasons: `null`, `array`, `bytes`, `object`, or what `typeof` says. */
function typeWord(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  if (value instanceof Uint8Array) return 'bytes'
  return typeof value
}
