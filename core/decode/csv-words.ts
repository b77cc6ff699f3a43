// The words by which people and programs write numbers, booleans and nothing in a column.
//
// Promises: decided by the word alone, never by locale. With `strict` a word is a number, an integer or a boolean only
// where JSON's grammar says so, and only an empty column is nothing.
// Not here: which of them a column may hold (`csv.ts`).

import { integerOf, numberOf } from './json.ts'

const NUMBER = /^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/
const INTEGER = /^[+-]?[0-9]+$/
const TRUE: ReadonlySet<string> = new Set(['true', 't', 'yes', 'y'])
const FALSE: ReadonlySet<string> = new Set(['false', 'f', 'no', 'n'])
const NULL: ReadonlySet<string> = new Set(['na', 'n/a', '#n/a', 'nan', 'nil', 'none', 'null', '\\n'])

/** The nearest double of a word such as `1.5`, `+40.92`, `-072.63`, `.5`, `5.`; null where it is none. */
export function numberWord(word: string, strict: boolean): number | null {
  return strict || !NUMBER.test(word) ? numberOf(word) : Number(word)
}

/** The integer of a word such as `7`, `+7`, `007`; null where it is none. */
export function integerWord(word: string, strict: boolean): bigint | null {
  if (strict || !INTEGER.test(word)) return integerOf(word)
  const digits = word.replace(/^([+-]?)0*(?=[0-9])/, '$1')
  return integerOf(digits.startsWith('+') ? digits.slice(1) : digits)
}

/** The boolean of a word such as `true`, `False`, `T`, `no`; null where it is none. */
export function booleanWord(word: string, strict: boolean): boolean | null {
  const plain = strict ? word : word.toLowerCase()
  if (plain === 'true' || (!strict && TRUE.has(plain))) return true
  return plain === 'false' || (!strict && FALSE.has(plain)) ? false : null
}

/** Whether a word says that there is no value, in a column that takes no text. */
export function isNullWord(word: string, strict: boolean): boolean {
  return word === '' || (!strict && word.length <= 4 && NULL.has(word.toLowerCase()))
}

/**
 * The text without blanks and tabs at its ends. No regular expression: one would take quadratic time on a hostile text.
 */
export function trimmed(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && isBlank(text[start])) start++
  while (end > start && isBlank(text[end - 1])) end--
  return text.slice(start, end)
}

const isBlank = (c: string | undefined): boolean => c === ' ' || c === '\t'
