// Dead letters: elements that could not be processed, and the fixed words that say why.
//
// Promises: the compared part of a dead letter (node, identity, kind, path, reason) depends on the log alone. It holds
// no text of the JavaScript engine and nothing that an author's code threw; such text is kept for display only
// (semantics.md 3.4).
// Not here: when an element becomes a dead letter, and where dead letters are kept (executors and reference).

import { fieldReason, REASON, timeFault } from './refusals.ts'

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

/** A record without a timestamp, where its source takes the event time from the log or compares it with the log's. */
export function noTimestamp(node: string, identity: Uint8Array): DeadLetter {
  return { node, identity, kind: 'time', reason: REASON.noTimestamp, display: {} }
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
