// What a lambda must not give, and the fixed words that a dead letter says of it.
//
// Promises: executors, emitted code and the reference refuse the same values with the same words. No text comes from
// the engine or from what an author's code threw.
// Not here: what a decoder refuses (core/decode), and what has no canonical bytes (core/values/canonical.ts).

import type { Takes } from '../plan/aggregation-spec.ts'
import { MAX_TIME } from '../time/event-time.ts'

/** Every fixed reason that does not come from a decoder or from canonical bytes. */
export const REASON = {
  threw: 'the lambda threw',
  promise: 'the lambda returned a promise',
  notIterable: 'expected an array or another iterable of results',
  notKeys: 'expected an array or another iterable of keys',
  notInteger: 'the time is no integer',
  outOfRange: 'the time is out of range',
  notNumber: 'the time is no number',
  noTimestamp: 'the record has no timestamp',
  ahead: 'the time is too far ahead of the timestamp of the log',
} as const

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
