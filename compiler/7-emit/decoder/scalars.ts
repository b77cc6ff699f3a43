// Scalars of the emitted decoder: null, booleans, numbers, integers, strings, literals.

import { byteLength, bytesAt, type Emitter, quotedPlainly, type Target } from './emitter.ts'

const assign = (target: Target, value: string): string => (target.into === null ? '' : `${target.into} = ${value}`)

export function readNull(target: Target): string {
  return `if (!(${bytesAt('null')})) ${target.bail}
    p += 4
    ${assign(target, 'null')}`
}

export function readBoolean(target: Target): string {
  return `if (${bytesAt('true')}) {
      p += 4
      ${assign(target, 'true')}
    } else if (${bytesAt('false')}) {
      p += 5
      ${assign(target, 'false')}
    } else ${target.bail}`
}

export function readNumber(target: Target): string {
  if (target.into === null) return `p = skipNumber(b, p, end)\nif (p < 0) ${target.bail}`
  return `p = readNumber(b, p, end)
    if (p < 0) ${target.bail}
    ${assign(target, 'numberRead[0]')}`
}

export function readBigint(emitter: Emitter, target: Target): string {
  const stop = emitter.fresh('q')
  const value = emitter.fresh('n')
  return `const ${stop} = skipNumber(b, p, end)
    if (${stop} < 0) ${target.bail}
    const ${value} = bigintText(b, p, ${stop})
    if (${value} === undefined) ${target.bail}
    ${assign(target, value)}
    p = ${stop}`
}

export function readString(emitter: Emitter, target: Target): string {
  if (target.into === null) {
    return `if (b[p] !== 34) ${target.bail}
      p = skipText(b, v, p + 1, end)
      if (p < 0) ${target.bail}`
  }
  const quote = emitter.fresh('q')
  const interner = emitter.fresh('texts')
  emitter.setup(`const ${interner} = new Interner()`)
  return `if (b[p] !== 34) ${target.bail}
    const ${quote} = plainText(v, p + 1, end)
    if (${quote} >= 0) {
      ${assign(target, `${interner}.text(b, v, p + 1, ${quote})`)}
      p = ${quote} + 1
    } else {
      ${assign(target, `oddText(b, v, p, ~${quote}, end)`)}
      if (${target.into} === undefined) ${target.bail}
      p = stopped[0]
    }`
}

/** Any JSON value. What is used is parsed by JSON.parse once its end is known. */
export function readUnknown(emitter: Emitter, target: Target): string {
  const stop = emitter.fresh('q')
  return `const ${stop} = skipAny(b, v, p, end, 0)
    if (${stop} < 0) ${target.bail}
    ${assign(target, `JSON.parse(utf8Text(b, p, ${stop}))`)}
    p = ${stop}`
}

export type Literal = string | number | boolean

/** One of some literals of one JSON type. */
export function readLiterals(emitter: Emitter, literals: readonly Literal[], target: Target): string {
  if (typeof literals[0] === 'number') return readNumbers(emitter, literals as readonly number[], target)
  const spelt = literals.map(value => ({
    value,
    token: typeof value === 'string' ? quotedPlainly(value) : String(value),
  }))
  const tests = spelt.flatMap(({ value, token }) =>
    token === null
      ? []
      : [
          `if (${bytesAt(token)}) {
            p += ${byteLength(token)}
            ${assign(target, JSON.stringify(value))}
          }`,
        ],
  )
  // Another spelling (an escape) or no such literal: the obvious decoder decides.
  return tests.length === 0 ? target.bail : `${tests.join(' else ')} else ${target.bail}`
}

function readNumbers(emitter: Emitter, literals: readonly number[], target: Target): string {
  const value = emitter.fresh('n')
  const tests = literals.map(literal => `${value} !== ${literal}`).join(' && ')
  return `let ${value}
    ${readNumber({ ...target, into: value, uses: true })}
    if (${tests}) ${target.bail}
    ${assign(target, literals.length === 1 ? String(literals[0]) : `${value} + 0`)}`
}
