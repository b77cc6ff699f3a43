// Names that an author gives: jobs, views and outputs, fields of aggregations, topics.
//
// Promises: what passes here is safe as a directory, a property and a word of the command line. `logs/` and `store/`
// check names that do not come through here.

import type { Call } from './node.ts'
import { wordFor } from './node.ts'

/** Letters, digits, `-` and `_`, beginning with a letter; at most 100. */
export function jobName(value: unknown, call: Call): string {
  if (typeof value === 'string' && /^[A-Za-z][A-Za-z0-9_-]{0,99}$/.test(value)) return value
  return call.fail(
    'bad-name',
    `${shown(value)} is no name for a job: use letters, digits, "-" and "_", beginning with a letter, at most 100.`,
  )
}

/** An identifier of ASCII letters, digits and `_`, beginning with a letter; at most 100. */
export function resultName(value: string, call: Call): string {
  if (/^[A-Za-z][A-Za-z0-9_]{0,99}$/.test(value)) return value
  return call.fail(
    'bad-name',
    `${shown(value)} is no name for a view or an output: use letters, digits and "_", beginning with a letter, at most 100.`,
  )
}

/** A JavaScript identifier; at most 100 characters. */
export function fieldName(value: string, call: Call): string {
  if (/^[\p{ID_Start}$_][\p{ID_Continue}$]{0,99}$/u.test(value) && value !== '__proto__') return value
  return call.fail('bad-name', `${shown(value)} is no name for a field of an aggregation: use an identifier.`)
}

/** Kafka's rule: 1 to 249 of letters, digits, `.`, `_` and `-`, not `.` or `..`. */
export function topicName(value: unknown, call: Call): string {
  if (typeof value === 'string' && /^[A-Za-z0-9._-]{1,249}$/.test(value) && value !== '.' && value !== '..')
    return value
  return call.fail(
    'bad-topic',
    `${shown(value)} is no name for a topic: Kafka takes 1 to 249 letters, digits, ".", "_" and "-", and neither "." nor "..".`,
  )
}

const shown = (value: unknown): string => wordFor(value)

/** Types: a name of letters, digits and `_` that begins with a letter. The length is checked at run time. */
export type IsIdentifier<Name extends string> = string extends Name
  ? true
  : Name extends `${infer First}${infer Rest}`
    ? First extends Letter
      ? AllOf<Rest, Letter | Digit | '_'>
      : false
    : false

type AllOf<Text extends string, Allowed extends string> = Text extends ''
  ? true
  : Text extends `${infer First}${infer Rest}`
    ? First extends Allowed
      ? AllOf<Rest, Allowed>
      : false
    : true

type Digit = '0' | '1' | '2' | '3' | '4' | '5' | '6' | '7' | '8' | '9'
type Lower =
  | ('a' | 'b' | 'c' | 'd' | 'e' | 'f' | 'g' | 'h' | 'i' | 'j' | 'k' | 'l' | 'm')
  | ('n' | 'o' | 'p' | 'q' | 'r' | 's' | 't' | 'u' | 'v' | 'w' | 'x' | 'y' | 'z')
type Letter = Lower | Uppercase<Lower>
