// The values of SQL expressions over a row, as an author would compute them in TypeScript lambdas.
//
// Promises: null in, null out; whole numbers divide to whole numbers, as in SQL.

import type { Expression } from './sql.ts'

export type Row = Readonly<Record<string, unknown>>

/** Rows by alias. */
export type Scope = Readonly<Record<string, Row | null>>

/** Results of aggregate calls, by the text of the call. */
export type Aggregates = ReadonlyMap<string, unknown>

export interface Context {
  readonly scope: Scope
  readonly aggregates?: Aggregates
  /** `SUBSTRING(text, start, end)` counted from 0, as ksqlDB's legacy mode does. */
  readonly legacySubstring?: boolean
}

export function evaluate(e: Expression, context: Context): unknown {
  const known = context.aggregates?.get(JSON.stringify(e))
  if (known !== undefined) return known
  switch (e.kind) {
    case 'literal':
      return e.value
    case 'column':
      return column(e.name, context.scope)
    case 'dot': {
      const { of } = e
      if (of.kind === 'column' && of.name in context.scope) return context.scope[of.name]?.[e.name] ?? null
      return part(evaluate(of, context), e.name)
    }
    case 'field':
      return part(evaluate(e.of, context), e.name)
    case 'item':
      return part(evaluate(e.of, context), evaluate(e.index, context) as string | number)
    case 'not':
      return !evaluate(e.of, context)
    case 'binary':
      return binary(e.op, evaluate(e.left, context), evaluate(e.right, context))
    case 'call':
      return call(
        e.name,
        e.args.map(a => evaluate(a, context)),
        context,
      )
    case 'star':
      throw new Error('a star is no value')
  }
}

function column(name: string, scope: Scope): unknown {
  for (const row of Object.values(scope)) if (row !== null && name in row) return row[name] ?? null
  return null
}

function part(of: unknown, name: string | number): unknown {
  if (typeof of !== 'object' || of === null) return null
  return (of as Record<string, unknown>)[name] ?? null
}

function binary(op: string, a: unknown, b: unknown): unknown {
  if (op === 'AND') return Boolean(a) && Boolean(b)
  if (op === 'OR') return Boolean(a) || Boolean(b)
  if (a === null || b === null) return '=<>!=LIKE'.includes(op) ? false : null
  const [x, y] = [a as number, b as number]
  switch (op) {
    case '=':
      return a === b
    case '<>':
    case '!=':
      return a !== b
    case '<':
      return x < y
    case '>':
      return x > y
    case '<=':
      return x <= y
    case '>=':
      return x >= y
    case 'LIKE':
      return like(String(a), String(b))
    case '+':
      return typeof a === 'string' || typeof b === 'string' ? `${a}${b}` : x + y
    case '-':
      return x - y
    case '*':
      return x * y
    case '/':
      return Number.isInteger(x) && Number.isInteger(y) ? Math.trunc(x / y) : x / y
    default:
      return x % y
  }
}

/** `%` matches any text; `_` is an ordinary letter in the version of the cases. */
function like(text: string, pattern: string): boolean {
  const parts = pattern.split('%').map(p => p.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}$`, 's').test(text)
}

function call(name: string, args: readonly unknown[], context: Context): unknown {
  const [a, b, c] = args
  switch (name) {
    case 'CONCAT':
      return `${a ?? ''}${b ?? ''}`
    case 'SUBSTRING':
      return args.includes(null) ? null : substring(String(a), b as number, c as number | undefined, context)
    case 'LEN':
      return a === null ? null : String(a).length
    case 'ABS':
      return a === null ? null : Math.abs(a as number)
    case 'CAST':
      return a
    case 'EXTRACTJSONFIELD':
      return jsonField(a, String(b))
    case 'DATETOSTRING':
      return dateText((a as number) * 86_400_000, String(b))
    case 'STRINGTODATE':
      return Math.floor(dateOf(String(a), String(b)) / 86_400_000)
    case 'STRINGTOTIMESTAMP':
      return dateOf(String(a), String(b))
    default:
      throw new Error(`no function ${name}`)
  }
}

function substring(text: string, start: number, more: number | undefined, { legacySubstring }: Context): string | null {
  if (legacySubstring === true) {
    if (start > text.length || (more ?? 0) > text.length) return null
    return text.slice(start, more)
  }
  const from = Math.max(0, start < 0 ? text.length + start : start - 1)
  return text.slice(from, more === undefined ? undefined : from + more)
}

function jsonField(text: unknown, path: string): unknown {
  if (text === null) return null
  let at: unknown = JSON.parse(String(text))
  for (const name of path.split('.').slice(1)) at = part(at, name)
  return at === null ? null : typeof at === 'object' ? JSON.stringify(at) : String(at)
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** The pieces of a date pattern: letters for a part of the date, and texts in quotes. */
const PIECES = /'([^']*)'|yyyy|MMM|MM|dd|HH|mm|ss|X|[^A-Za-z']+/g

function dateText(ms: number, pattern: string): string {
  const date = new Date(ms)
  const two = (n: number): string => String(n).padStart(2, '0')
  const parts: Readonly<Record<string, string>> = {
    yyyy: String(date.getUTCFullYear()).padStart(4, '0'),
    MMM: MONTHS[date.getUTCMonth()] as string,
    MM: two(date.getUTCMonth() + 1),
    dd: two(date.getUTCDate()),
  }
  return pattern.replaceAll(PIECES, (piece, quoted?: string) => quoted ?? parts[piece] ?? piece)
}

function dateOf(text: string, pattern: string): number {
  const names: string[] = []
  const source = pattern.replaceAll(PIECES, (piece, quoted?: string) => {
    if (quoted !== undefined) return quoted
    if (!/^[A-Za-z]+$/.test(piece)) return piece.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
    names.push(piece)
    return piece === 'X' ? '(Z)' : piece === 'MMM' ? '([A-Z][a-z]{2})' : `(\\d{${piece.length}})`
  })
  const values = new RegExp(`^${source}$`).exec(text)?.slice(1) ?? []
  const get = (name: string): number => Number(values[names.indexOf(name)] ?? 0)
  const named = MONTHS.indexOf(values[names.indexOf('MMM')] ?? '')
  return Date.UTC(get('yyyy'), named >= 0 ? named : get('MM') - 1, get('dd'), get('HH'), get('mm'), get('ss'))
}
