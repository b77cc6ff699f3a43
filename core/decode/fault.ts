// Where and why a value is not of its declared type, in words that never depend on the JavaScript engine.

/** `path` such as `$.user.tags[2]`; `reason` such as `expected string, got number`. */
export interface Fault {
  readonly ok: false
  readonly path: string
  readonly reason: string
  /** What a custom format's lambda threw, for display only. */
  readonly thrown?: { readonly error: unknown }
  /** What the reason leaves out, for display only. */
  readonly detail?: string
}

export interface Decoded {
  readonly ok: true
  readonly value: unknown
}

export type Decoding = Decoded | Fault

export const fault = (path: string, reason: string): Fault => ({ ok: false, path, reason })
export const decoded = (value: unknown): Decoded => ({ ok: true, value })

/** Names from the data may be megabytes long; a path shows this many UTF-16 units of them. */
const SHOWN_NAME_UNITS = 60

/** The path of a field: `$.user`, or `$["odd name"]` in JSON's escapes where the name is no ASCII identifier. */
export function fieldPath(parent: string, name: string): string {
  if (/^[A-Za-z_$][A-Za-z0-9_$]{0,59}$/.test(name)) return `${parent}.${name}`
  const shown = name.length > SHOWN_NAME_UNITS ? `${name.slice(0, SHOWN_NAME_UNITS)}…` : name
  return `${parent}[${JSON.stringify(shown)}]`
}

/** Of a long text in a detail, the first and the last UTF-16 units are shown. */
const [SHOWN_FIRST, SHOWN_LAST] = [40, 20]

/** A text in quotes and JSON's escapes, cut where it is long; a byte order mark is escaped, since nobody can see it. */
export function shownText(text: string): string {
  const long = text.length > SHOWN_FIRST + SHOWN_LAST
  const shown = long ? `${text.slice(0, SHOWN_FIRST)}…${text.slice(-SHOWN_LAST)}` : text
  return JSON.stringify(shown).replaceAll('\ufeff', '\\ufeff')
}

export const itemPath = (parent: string, index: number): string => `${parent}[${index}]`
