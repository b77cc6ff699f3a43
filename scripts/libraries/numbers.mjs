// Libraries of decimals, large numbers and statistics; ids.

export const NUMBERS = [
  [
    'decimal.js',
    `import { Decimal } from 'decimal.js'
export const use = (n: number, s: string) => new Decimal(n).div(7).plus('0.1').toFixed(12) + s`,
  ],
  [
    'decimal.js-light',
    `import { Decimal } from 'decimal.js-light'
export const use = (n: number, s: string) => new Decimal(n).div(7).toFixed(12) + s`,
  ],
  [
    'big.js',
    `import { Big } from 'big.js'
export const use = (n: number, s: string) => new Big(n).div(7).toFixed(12) + s`,
  ],
  [
    'bignumber.js',
    `import { BigNumber } from 'bignumber.js'
export const use = (n: number, s: string) => new BigNumber(n).plus('0.1').sqrt().toFixed(12) + s`,
  ],
  [
    'bn.js',
    `import BN from 'bn.js'
export const use = (n: number, s: string) => new BN('123456789012345678901234567890').muln(n).toString(16) + s`,
  ],
  [
    'fraction.js',
    `import Fraction from 'fraction.js'
export const use = (n: number, s: string) => new Fraction(n, 6).add('1/3').toFraction() + s`,
  ],
  [
    'currency.js',
    `import currency from 'currency.js'
export const use = (n: number, s: string) => currency(n).multiply(1.19).format() + s`,
  ],
  [
    'mathjs',
    `import { evaluate, matrix, multiply } from 'mathjs'
export const use = (n: number, s: string) => String(evaluate('(2 + ' + n + ') * 3')) + String(multiply(matrix([[1, 2]]), n)) + s`,
  ],
  [
    'big-integer',
    `import bigInt from 'big-integer'
export const use = (n: number, s: string) => bigInt('98765432109876543210').times(n).toString() + s`,
  ],
  [
    'jsbi',
    `import JSBI from 'jsbi'
export const use = (n: number, s: string) => JSBI.multiply(JSBI.BigInt('98765432109876543210'), JSBI.BigInt(n)).toString() + s`,
  ],
  [
    'long',
    `import Long from 'long'
export const use = (n: number, s: string) => Long.fromString('9223372036854775807').sub(n).toString() + s`,
  ],
  [
    'simple-statistics',
    `import { mean, standardDeviation } from 'simple-statistics'
export const use = (n: number, s: string) => [mean([1, n, 4]), standardDeviation([1, n, 4])].join() + s`,
  ],
  [
    'uuid',
    `import { v5, validate } from 'uuid'
export const use = (n: number, s: string) => v5(s + n, '6ba7b810-9dad-11d1-80b4-00c04fd430c8') + validate(s)`,
  ],
  [
    'uuid v4',
    `import { v4 } from 'uuid'
export const use = (n: number, s: string) => v4() + n + s`,
    'refused',
  ],
  [
    'nanoid',
    `import { nanoid } from 'nanoid'
export const use = (n: number, s: string) => nanoid() + n + s`,
    'refused',
  ],
  [
    'ulid',
    `import { decodeTime } from 'ulid'
export const use = (n: number, s: string) => String(decodeTime('01ARZ3NDEKTSV4RRFFQ69G5FAV')) + n + s`,
  ],
  [
    'ulid()',
    `import { ulid } from 'ulid'
export const use = (n: number, s: string) => ulid(n) + s`,
    'refused',
  ],
  [
    '@paralleldrive/cuid2',
    `import { createId } from '@paralleldrive/cuid2'
export const use = (n: number, s: string) => createId() + n + s`,
    'refused',
  ],
  [
    'short-uuid',
    `import { createTranslator } from 'short-uuid'
const translate = createTranslator('0123456789abcdef')
export const use = (n: number, s: string) => translate.fromUUID('6ba7b810-9dad-11d1-80b4-00c04fd430c' + n) + s`,
  ],
  [
    'hashids',
    `import Hashids from 'hashids'
const ids = new Hashids('salt')
export const use = (n: number, s: string) => ids.encode(n) + s`,
  ],
  [
    'sqids',
    `import Sqids from 'sqids'
const ids = new Sqids()
export const use = (n: number, s: string) => ids.encode([n, 7]) + s`,
  ],
]
