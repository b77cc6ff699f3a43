// Cells of generated CSV files: what a person or program writes, and the value that it must have.

import type { Random } from '../../testing/equivalence/random.ts'

/** `value` is undefined where the cell says that there is nothing. */
export interface Cell {
  readonly text: string
  readonly value: unknown
}

const BITS = [
  'a',
  'Zoë',
  'x y',
  '7',
  "it's",
  '"',
  "'",
  '\\',
  ',',
  ';',
  '\t',
  '|',
  ':',
  '^',
  '\n',
  '\r\n',
  '\r',
  '#',
  'null',
  '007',
  ' ',
]
const FOREIGN = ['漢字', '😀', 'Ж', '\u2028']

/** Which words a source takes: the usual ones, JSON's alone, or the usual ones with a list of those for nothing. */
export type Words = 'usual' | 'strict' | 'listed'

/** Words for nothing that the author of a job lists. */
export const LISTED_NULLS = ['-', 'none given']
const NULLS: Readonly<Record<Words, readonly string[]>> = {
  usual: ['', 'NA', 'N/A', '#N/A', 'NaN', 'nil', 'None', 'null', 'NULL', '\\N'],
  strict: [''],
  listed: ['', ...LISTED_NULLS],
}

export interface TextRules {
  /** Characters that no text may hold. */
  readonly without: readonly string[]
  /** Whether texts outside of latin1 can be written. */
  readonly foreign: boolean
}

export function textCell(random: Random, { without, foreign }: TextRules): Cell {
  const bits = (foreign ? [...BITS, ...FOREIGN] : BITS).filter(bit => !without.some(c => bit.includes(c)))
  const text = Array.from({ length: random.below(5) }, () => random.pick(bits)).join('')
  return { text, value: text }
}

const digits = (random: Random, most: number): string =>
  Array.from({ length: random.below(most + 1) }, () => String(random.below(10))).join('')

export function numberCell(random: Random, words: Words): Cell {
  const strict = words === 'strict'
  const [some, part] = [digits(random, 6), digits(random, 4)]
  const whole = strict ? some.replace(/^0+/, '') || '0' : some
  if (whole + part === '') return padded(random, '0', 0)
  const sign = /[1-9]/.test(whole + part) ? random.pick(strict ? ['', '-'] : ['', '', '-', '+']) : ''
  const power = random.chance(0.2) ? random.below(9) - 4 : null
  const point = part !== '' || (!strict && random.chance(0.2)) ? '.' : ''
  const exponent = power === null ? '' : `${random.pick(['e', 'E'])}${power >= 0 ? random.pick(['', '+']) : ''}${power}`
  const value = Number(`${sign === '-' ? '-' : ''}${whole === '' ? '0' : whole}.${part}0e${power ?? 0}`)
  return padded(random, `${sign}${whole}${point}${part}${exponent}`, value)
}

export function integerCell(random: Random, words: Words): Cell {
  const plain = `${1 + random.below(9)}${digits(random, 24)}`
  const sign = random.pick(words === 'strict' ? ['', '-'] : ['', '', '-', '+'])
  const zeros = random.pick(words === 'strict' ? [''] : ['', '', '00'])
  return padded(random, `${sign}${zeros}${plain}`, BigInt(plain) * (sign === '-' ? -1n : 1n))
}

export function booleanCell(random: Random, words: Words): Cell {
  const value = random.chance(0.5)
  if (words === 'strict') return padded(random, String(value), value)
  const word = random.pick(value ? ['true', 't', 'yes', 'y'] : ['false', 'f', 'no', 'n'])
  const cased = random.pick([word, word.toUpperCase(), `${word[0]?.toUpperCase()}${word.slice(1)}`])
  return padded(random, cased, value)
}

export function nothingCell(random: Random, words: Words): Cell {
  return { text: random.pick(NULLS[words]), value: undefined }
}

function padded(random: Random, text: string, value: unknown): Cell {
  return { text: random.chance(0.1) ? random.pick([` ${text}`, `${text}  `, `\t${text}`]) : text, value }
}
