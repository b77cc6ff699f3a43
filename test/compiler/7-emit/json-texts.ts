// JSON texts from the corners of the grammar (RFC 8259), right and wrong: what conformance collections hold, made anew
// from a seed.

import type { Random } from '../../../testing/equivalence/random.ts'

const NUMBERS = [
  '0',
  '-0',
  '7',
  '-1',
  '10',
  '0.5',
  '1.0',
  '-0.0',
  '1e5',
  '1E+5',
  '1e-5',
  '0e0',
  '-1.5E-3',
  '1e400',
  '-1e400',
  '5e-324',
  '2e-324',
  '9007199254740993',
  '123456789012345678901234567890',
  '0.1000000000000000055511151231257827',
  '1.7976931348623159e308',
]
const NO_NUMBERS = [
  '+1',
  '01',
  '-01',
  '1.',
  '.5',
  '-.5',
  '1e',
  '1e+',
  '1.e1',
  '0x10',
  '1_000',
  'NaN',
  'Infinity',
  '-Infinity',
  '--1',
  '-',
  '1 2',
  '１',
  '0b1',
  '1e5.5',
  '- 1',
  '2.e3',
  '1,',
  '-x',
]
const TEXTS = [
  '""',
  '"a"',
  '"\\u0041"',
  '"\\ud83d\\ude00"',
  '"\\uD800"',
  '"\\udc00\\ud800"',
  '"\\u0000"',
  '"\\/\\\\\\"\\b\\f\\n\\r\\t"',
  '"é"',
  '"😀"',
  '"\u2028\u2029"',
  '"\u007f"',
  '"\ufeff"',
  '"exactly 16 bytes"',
  '"null"',
  '"[1,{]}"',
  '"\\uFFFF\\ufdd0"',
]
const NO_TEXTS = [
  '"',
  '"a',
  "'a'",
  '"\\x41"',
  '"\\u00g0"',
  '"\\u12"',
  '"\\u"',
  '"\\"',
  '"\\a"',
  '"\\U0041"',
  '"\t"',
  '"\n"',
  '"\u0000"',
  '"\u001f"',
  'a',
  '"a"b',
  '\\"a"',
  '"\\ "',
  '`a`',
  '"\\0"',
]
const WORDS = ['true', 'false', 'null']
const NO_WORDS = ['True', 'nul', 'nulll', 'undefined', 'tru', 'FALSE', 'none', 't', 'falsey', 'truefalse']
const BLANKS = ['', '', '', ' ', '\n', '\r\n', '\t', '  \t \r\n']
const NO_BLANKS = ['\f', '\v', '\u00a0', '\ufeff', '\u2060', '/**/', '//\n', '#', '\u0000', '\u0085']
const NESTED = [1, 2, 59, 60, 61, 62, 139, 140, 141, 199, 200, 201, 202, 300, 1000]

/** One text; about half of them are no JSON. */
export function jsonText(random: Random): string {
  const text = value(random, 0)
  if (random.chance(0.6)) return `${random.pick(BLANKS)}${text}${random.pick(BLANKS)}`
  if (random.chance(0.3)) return `${random.pick(NO_BLANKS)}${text}`
  if (random.chance(0.3)) return `${text}${random.pick([...NO_BLANKS, ',', ']', '}', '1', '""', 'null'])}`
  const at = random.below(text.length + 1)
  const put = random.pick(['', ',', ':', '"', '[', ']', '{', '}', '\\', '0', 'e', '.', '-', ...NO_BLANKS])
  return text.slice(0, at) + put + text.slice(at + random.below(2))
}

function value(random: Random, depth: number): string {
  const kind = random.below(depth > 3 ? 6 : 10)
  const wrong = random.chance(0.04)
  if (kind < 2) return random.pick(wrong ? NO_NUMBERS : NUMBERS)
  if (kind < 4) return random.pick(wrong ? NO_TEXTS : TEXTS)
  if (kind < 6) return random.pick(wrong ? NO_WORDS : WORDS)
  if (kind === 6) return nested(random)
  const parts = Array.from({ length: random.below(4) }, () =>
    kind === 7
      ? value(random, depth + 1)
      : `${name(random)}${blank(random)}:${blank(random)}${value(random, depth + 1)}`,
  )
  const [open, close] = kind === 7 ? ['[', ']'] : ['{', '}']
  const inside = parts
    .map(part => `${blank(random)}${part}${blank(random)}`)
    .join(wrong ? random.pick([',,', ';', ' ']) : ',')
  const tail = random.chance(0.02) ? ',' : ''
  return `${open}${inside === '' ? blank(random) : inside}${tail}${random.chance(0.01) ? '' : close}`
}

const blank = (random: Random): string => random.pick(random.chance(0.01) ? NO_BLANKS : BLANKS)
const name = (random: Random): string =>
  random.pick(
    random.chance(0.02)
      ? ['a', "'a'", '1', 'null', '', '"a']
      : ['"a"', '"b"', '"n"', '""', '"__proto__"', '"\\u006e"', '"é"'],
  )

function nested(random: Random): string {
  const depth = random.pick(NESTED)
  const closed = random.chance(0.95) ? depth : depth - 1
  return random.chance(0.5) ? '['.repeat(depth) + ']'.repeat(closed) : `${'{"a":'.repeat(depth)}1${'}'.repeat(closed)}`
}
