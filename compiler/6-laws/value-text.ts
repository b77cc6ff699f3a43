// Values as an author writes them: `{ at: 1, name: 'a' }`, `-0`, `3n`.
//
// Promises: one line, cut where it is too long; also for values that are not plain data.

const LONGEST = 160
const DEEPEST = 8

/** A value in one line. */
export function valueText(value: unknown): string {
  const text = textOf(value, 0)
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 3)}...` : text
}

function textOf(value: unknown, depth: number): string {
  switch (typeof value) {
    case 'string':
      return quoted(value)
    case 'number':
      return Object.is(value, -0) ? '-0' : String(value)
    case 'bigint':
      return `${value}n`
    case 'function':
      return 'a function'
    case 'object':
      return value === null ? 'null' : objectText(value, depth)
    default:
      return String(value)
  }
}

function objectText(value: object, depth: number): string {
  if (depth > DEEPEST) return '...'
  if (Array.isArray(value)) return `[${value.map(item => textOf(item, depth + 1)).join(', ')}]`
  if (value instanceof Uint8Array) return `Uint8Array.of(${[...value].join(', ')})`
  if (value instanceof Map) return `new Map(${textOf([...value], depth + 1)})`
  if (value instanceof Set) return `new Set(${textOf([...value], depth + 1)})`
  if (value instanceof Date) return `a Date of ${value.getTime()} ms`
  const fields = Object.entries(value).map(([name, part]) => `${nameText(name)}: ${textOf(part, depth + 1)}`)
  return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`
}

const nameText = (name: string): string => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : quoted(name))

function quoted(text: string): string {
  const escaped = JSON.stringify(text).slice(1, -1)
  return `'${escaped.replaceAll('\\"', '"').replaceAll("'", "\\'")}'`
}
