// Fields, topics and views with names that JavaScript gives a meaning of its own.

import { collectSet, count, job, source, sum } from 'lyrebird'

interface Odd {
  __proto__: string
  constructor: string
  toString: number
  hasOwnProperty?: number
  '': number
  'a"b\\c': number
  '\u0000': number
  é: number
}

/** As a computed name it makes a field; as a literal name in an object it would set the prototype. */
const PROTO = '__proto__'

const odd = source<Odd>('__proto__')

const sums = odd
  // biome-ignore lint/suspicious/noProto: an own field of the record.
  .keyBy(e => e.__proto__)
  .aggregate({
    constructor: count(),
    hasOwnProperty: sum((e: Odd) => e.toString),
    valueOf: collectSet((e: Odd) => ({
      [PROTO]: e.constructor,
      sum: e[''] + e['a"b\\c'] + e['\u0000'] + e.é,
    })),
  })

const headers = odd.keyBy((_, r) => r.headers.map(h => h.key)).count()
const owned = odd.filter(e => Object.hasOwn(e, 'hasOwnProperty')).to('constructor', { key: e => e[PROTO] })

export default job('constructor', { toString: sums, constructor: headers, valueOf: owned })
