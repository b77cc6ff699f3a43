// Generated from laws.md by scripts/messages.mjs. Do not edit: change the Markdown and run the script.

import type { Message } from '../diagnostic.ts'

/** The aggregation breaks a law. */
export function unlawfulAggregation(p: { readonly fix: string; readonly text: string }): Message {
  return {
    word: 'unlawful-aggregation',
    severity: 'error',
    title: 'the aggregation breaks a law',
    label: `${p.text}`,
    why: 'Batch, the stream and restarts put partial results together in any order and grouping; where a law does not hold they would show different rows.',
    fix: `${p.fix}`,
  }
}

/** The laws of the aggregation cannot be tested. */
export function untestedAggregation(p: { readonly text: string }): Message {
  return {
    word: 'untested-aggregation',
    severity: 'error',
    title: 'the laws of the aggregation cannot be tested',
    label: `${p.text}`,
    why: 'The laws are tested on generated values of the type that lift takes; of this type none can be made.',
    fix: "Declare the type in full, as `aggregation<Reading, State, number>({ ... })`, of plain data; or say why the laws hold: `unsafeMonoid: 'reason'`.",
  }
}

/** The laws of the aggregation are taken on trust. */
export function unsafeMonoid(p: { readonly text: string }): Message {
  return {
    word: 'unsafe-monoid',
    severity: 'warning',
    title: 'the laws of the aggregation are taken on trust',
    label: `not tested, because: ${p.text}`,
    why: 'Where a law does not hold, batch and stream show different rows, and nothing tells.',
    fix: 'Fine if the laws are proved elsewhere. Otherwise leave out `unsafeMonoid`, and the laws are tested.',
  }
}

/** Lift throws on values of its type. */
export function refusingLift(p: { readonly text: string; readonly value: string }): Message {
  return {
    word: 'refusing-lift',
    severity: 'warning',
    title: 'lift throws on values of its type',
    label: `lift(${p.value}) throws ${p.text}`,
    why: 'An element on which lift throws is a dead letter: it counts in no field of its aggregate.',
    fix: 'Fine if such values should not count. Otherwise let lift take them, or declare the type of its values more narrowly.',
  }
}

/** Present throws on a state that can be reached. */
export function refusingPresent(p: { readonly text: string; readonly value: string }): Message {
  return {
    word: 'refusing-present',
    severity: 'warning',
    title: 'present throws on a state that can be reached',
    label: `present(${p.value}) throws ${p.text}`,
    why: 'A row on which present throws is an error row until its state changes, and `closed()` makes a dead letter of it.',
    fix: 'Fine if such rows should not be. Otherwise let present answer for every state that lift and plus can give.',
  }
}
