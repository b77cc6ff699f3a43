// Declared defaults of proto2, exactly as the text of the schema has them.
//
// The parser reads them as doubles, and texts without their bytes: it cannot hold all 64-bit integers. So the literals
// are taken out before, each replaced by its number, and are read here by the type of their field.
// Promises: as protobuf.dev's language specification has it: decimal, hexadecimal and octal integers of any size, inf
// and nan, escapes that are bytes, texts in several parts. A literal that is no value of the type throws.

const TOKEN =
  /\/\/[^\n]*|\/\*[\s\S]*?\*\/|"(?:[^"\\\n]|\\[\s\S])*"|'(?:[^'\\\n]|\\[\s\S])*'|[A-Za-z_][\w.]*|\.?\d(?:[eE][-+]?\d|[\w.])*|[\s\S]/g

/** The text of a file with the number of each literal in its place; the literals are added to those that are there. */
export function withoutDefaults(proto: string, literals: string[]): string {
  const tokens = proto.match(TOKEN) ?? []
  const brackets: string[] = []
  let text = ''
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i] as string
    text += token
    if (token === '[' || token === '{') brackets.push(token)
    else if (token === ']' || token === '}') brackets.pop()
    else if (token === 'default' && brackets.at(-1) === '[') {
      const equals = nextMeant(tokens, i + 1)
      if (tokens[equals] !== '=') continue
      const { literal, end } = literalAt(tokens, nextMeant(tokens, equals + 1))
      // Blanks and comments behind the equals sign go, line ends stay: errors of the parser name lines.
      const between = tokens.slice(i + 1, end).join('')
      text += `=${literals.length}${between.replace(/[^\n]/g, '')}`
      literals.push(literal)
      i = end - 1
    }
  }
  return text
}

const isBlank = (token: string): boolean => /^(?:\s|\/\/|\/\*)/.test(token)

function nextMeant(tokens: readonly string[], from: number): number {
  let at = from
  while (at < tokens.length && isBlank(tokens[at] as string)) at++
  return at
}

/** A literal: one token, a sign and a token, or texts behind each other. */
function literalAt(tokens: readonly string[], from: number): { readonly literal: string; readonly end: number } {
  let literal = tokens[from] ?? ''
  let end = from + 1
  if (literal === '-' || literal === '+') {
    const at = nextMeant(tokens, end)
    literal += tokens[at] ?? ''
    end = at + 1
  }
  if (!isText(literal)) return { literal, end }
  for (let at = nextMeant(tokens, end); isText(tokens[at] ?? ''); at = nextMeant(tokens, end)) {
    literal += tokens[at] as string
    end = at + 1
  }
  return { literal, end }
}

const isText = (token: string): boolean => token.startsWith('"') || token.startsWith("'")

/** The value of a literal in a scalar type of protobuf; of an enum, its name. Throws where it is none. */
export function defaultValue(literal: string, type: string): unknown {
  switch (type) {
    case 'bool':
      if (literal !== 'true' && literal !== 'false') throw notOfType(literal, type)
      return literal === 'true'
    case 'string':
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytesOf(literal, type))
    case 'bytes':
      return bytesOf(literal, type)
    case 'double':
      return numberOf(literal, type)
    case 'float':
      return Math.fround(numberOf(literal, type))
    default:
      return /int|fixed/.test(type) ? integerOf(literal, type) : literal
  }
}

/** Whether version 1 of this format, which read literals as the parser gives them, had the same value. */
export function wasExact(literal: string, type: string): boolean {
  if (type === 'bytes') return false
  if (type === 'string') return /^(?:"[^"\\]*"|'[^'\\]*')$/.test(literal)
  if (type === 'float') return Object.is(Math.fround(numberOf(literal, type)), numberOf(literal, type))
  return !/int|fixed/.test(type) || Number.isSafeInteger(Number(integerOf(literal, type)))
}

const notOfType = (literal: string, type: string): Error => new Error(`${literal} is no default of the type ${type}`)

function integerOf(literal: string, type: string): bigint {
  const [, sign = '', digits = ''] = /^([-+]?)\s*(\w+)$/.exec(literal) ?? []
  const octal = /^0[0-7]+$/.test(digits)
  if (!octal && !/^(?:0|[1-9]\d*|0[xX][\da-fA-F]+)$/.test(digits)) throw notOfType(literal, type)
  const value = BigInt(octal ? `0o${digits.slice(1)}` : digits)
  return sign === '-' ? -value : value
}

function numberOf(literal: string, type: string): number {
  const [, sign = '', text = ''] = /^([-+]?)(.*)$/.exec(literal) ?? []
  const value =
    text === 'inf'
      ? Number.POSITIVE_INFINITY
      : text === 'nan'
        ? Number.NaN
        : /^(?:0[xX][\da-fA-F]+|0[0-7]+)$/.test(text)
          ? Number(integerOf(text, type))
          : /^(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/.test(text)
            ? Number(text)
            : null
  if (value === null) throw notOfType(literal, type)
  return sign === '-' ? -value : value
}

const ESCAPE =
  /\\(?:([0-7]{1,3})|[xX]([\da-fA-F]{1,2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([abfnrtv\\'"?]))|([^\\]+)|\\/gu
const LETTERS: Readonly<Record<string, number>> = { a: 7, b: 8, f: 12, n: 10, r: 13, t: 9, v: 11 }

/** The bytes of a text: what is not escaped is UTF-8. */
function bytesOf(literal: string, type: string): Uint8Array {
  if (!isText(literal)) throw notOfType(literal, type)
  const parts = literal.match(/"(?:[^"\\\n]|\\[\s\S])*"|'(?:[^'\\\n]|\\[\s\S])*'/g) ?? []
  const utf8 = new TextEncoder()
  const out: number[] = []
  for (const part of parts) {
    for (const [, octal, hex, short, long, letter, plain] of part.slice(1, -1).matchAll(ESCAPE)) {
      const point = short ?? long
      if (plain !== undefined) out.push(...utf8.encode(plain))
      else if (octal !== undefined) out.push(Number.parseInt(octal, 8) & 255)
      else if (hex !== undefined) out.push(Number.parseInt(hex, 16))
      else if (point !== undefined) out.push(...utf8.encode(String.fromCodePoint(Number.parseInt(point, 16))))
      else if (letter !== undefined) out.push(LETTERS[letter] ?? letter.charCodeAt(0))
      else throw notOfType(literal, type)
    }
  }
  return Uint8Array.from(out)
}
