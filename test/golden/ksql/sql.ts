// A parser of the SQL that the cases use: statements and expressions as plain trees.
//
// Promises: covers the forms in the cases and throws on any other; names are upper case unless quoted by backticks.

export type Expression =
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null }
  | { readonly kind: 'column'; readonly name: string }
  | { readonly kind: 'field'; readonly of: Expression; readonly name: string }
  | { readonly kind: 'dot'; readonly of: Expression; readonly name: string }
  | { readonly kind: 'item'; readonly of: Expression; readonly index: Expression }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] }
  | { readonly kind: 'binary'; readonly op: string; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'not'; readonly of: Expression }
  | { readonly kind: 'star'; readonly of: string | null }

export interface SelectItem {
  readonly expression: Expression
  readonly alias: string | null
}

export interface TypeName {
  readonly name: string
  /** Of a STRUCT. */
  readonly fields: readonly Column[]
  /** Of an ARRAY or a MAP. */
  readonly items: TypeName | null
}

export interface Column {
  readonly name: string
  readonly type: TypeName
}

export type Properties = Readonly<Record<string, string>>

export interface Relation {
  readonly name: string
  readonly alias: string
}

export interface Join {
  readonly type: 'inner' | 'left' | 'full'
  readonly right: Relation
  /** Before and after, in ms; null where a table is joined. */
  readonly within: readonly [number, number] | null
  readonly on: readonly [Expression, Expression]
}

export interface WindowClause {
  readonly kind: 'TUMBLING' | 'HOPPING' | 'SESSION'
  readonly sizeMs: number
  readonly everyMs: number
}

export interface Query {
  readonly items: readonly SelectItem[]
  readonly from: Relation
  readonly join: Join | null
  readonly window: WindowClause | null
  readonly where: Expression | null
  readonly groupBy: readonly Expression[]
  readonly having: Expression | null
  readonly partitionBy: Expression | null
}

export interface Statement {
  readonly kind: 'STREAM' | 'TABLE'
  readonly name: string
  readonly properties: Properties
  /** Of a declaration. */
  readonly columns: readonly Column[] | null
  /** Of a derived stream or table. */
  readonly query: Query | null
}

type Token = { readonly kind: 'word' | 'quoted' | 'text' | 'number' | 'symbol'; readonly text: string }

function tokens(sql: string): Token[] {
  const found: Token[] = []
  const pattern =
    /\s+|(?<word>[A-Za-z_][A-Za-z_0-9]*)|`(?<quoted>[^`]*)`|'(?<text>(?:[^']|'')*)'|(?<number>\d+(?:\.\d+)?)|(?<symbol>->|<=|>=|<>|!=|[-+*/%(){}[\],.;=<>])/gy
  while (pattern.lastIndex < sql.length) {
    const at = pattern.lastIndex
    const groups = pattern.exec(sql)?.groups
    if (groups === undefined) throw new Error(`no token at ${sql.slice(at, at + 20)}`)
    for (const kind of ['word', 'quoted', 'text', 'number', 'symbol'] as const) {
      const text = groups[kind]
      if (text !== undefined) found.push({ kind, text: kind === 'text' ? text.replaceAll("''", "'") : text })
    }
  }
  return found
}

const UNITS: Readonly<Record<string, number>> = { SECOND: 1000, SECONDS: 1000, MINUTE: 60_000, MINUTES: 60_000 }

export function parseStatement(sql: string): Statement {
  return new Parser(tokens(sql)).statement()
}

class Parser {
  readonly #tokens: readonly Token[]
  #at = 0

  constructor(list: readonly Token[]) {
    this.#tokens = list
  }

  statement(): Statement {
    this.#expect('CREATE')
    const kind = this.#take('STREAM') ? 'STREAM' : this.#take('TABLE') ? 'TABLE' : null
    if (kind === null) throw new Error('neither a stream nor a table')
    const name = this.#name()
    const columns = this.#take('(') ? this.#columns(')') : null
    const properties = this.#take('WITH') ? this.#properties() : {}
    const query = this.#take('AS') ? this.#query() : null
    return { kind, name, properties, columns, query }
  }

  #columns(end: string): Column[] {
    const columns: Column[] = []
    do columns.push({ name: this.#name(), type: this.#type() })
    while (this.#take(','))
    this.#expect(end)
    return columns
  }

  #type(): TypeName {
    const name = this.#name()
    if (name === 'STRUCT') {
      this.#expect('<')
      return { name, fields: this.#columns('>'), items: null }
    }
    if (name !== 'ARRAY' && name !== 'MAP') return { name, fields: [], items: null }
    this.#expect('<')
    if (name === 'MAP') {
      this.#type()
      this.#expect(',')
    }
    const items = this.#type()
    this.#expect('>')
    return { name, fields: [], items }
  }

  #properties(): Properties {
    const properties: Record<string, string> = {}
    this.#expect('(')
    do {
      const name = this.#name()
      this.#expect('=')
      properties[name] = this.#next().text
    } while (this.#take(','))
    this.#expect(')')
    return properties
  }

  #query(): Query {
    this.#expect('SELECT')
    const items: SelectItem[] = []
    do items.push(this.#item())
    while (this.#take(','))
    this.#expect('FROM')
    const from = this.#relation()
    const join = this.#join()
    const window = this.#take('WINDOW') ? this.#window() : null
    const where = this.#take('WHERE') ? this.expression() : null
    const groupBy: Expression[] = []
    if (this.#take('GROUP')) {
      this.#expect('BY')
      do groupBy.push(this.expression())
      while (this.#take(','))
    }
    const having = this.#take('HAVING') ? this.expression() : null
    const partitionBy = this.#take('PARTITION') && this.#take('BY') ? this.expression() : null
    this.#take(';')
    if (this.#peek() !== undefined) throw new Error(`more than a statement: ${this.#peek()?.text}`)
    return { items, from, join, window, where, groupBy, having, partitionBy }
  }

  #item(): SelectItem {
    if (this.#take('*')) return { expression: { kind: 'star', of: null }, alias: null }
    const [name, dot, star] = this.#tokens.slice(this.#at, this.#at + 3)
    if (name?.kind === 'word' && dot?.text === '.' && star?.text === '*') {
      this.#at += 3
      return { expression: { kind: 'star', of: name.text.toUpperCase() }, alias: null }
    }
    const expression = this.expression()
    return { expression, alias: this.#take('AS') ? this.#name() : null }
  }

  #relation(): Relation {
    const name = this.#name()
    const next = this.#peek()
    const isAlias = next?.kind === 'word' && !KEYWORDS.has(next.text.toUpperCase())
    return { name, alias: isAlias ? this.#name() : name }
  }

  #join(): Join | null {
    const type = this.#take('LEFT') ? 'left' : this.#take('FULL') ? 'full' : 'inner'
    this.#take('OUTER')
    this.#take('INNER')
    if (!this.#take('JOIN')) return null
    const right = this.#relation()
    const within = this.#take('WITHIN') ? this.#within() : null
    this.#expect('ON')
    const condition = this.expression()
    if (condition.kind !== 'binary' || condition.op !== '=') throw new Error('a join is on equal columns')
    return { type, right, within, on: [condition.left, condition.right] }
  }

  #within(): readonly [number, number] {
    if (!this.#take('(')) {
      const both = this.#duration()
      return [both, both]
    }
    const before = this.#duration()
    this.#expect(',')
    const after = this.#duration()
    this.#expect(')')
    return [before, after]
  }

  #window(): WindowClause {
    const kind = this.#name() as WindowClause['kind']
    this.#expect('(')
    this.#take('SIZE')
    const sizeMs = this.#duration()
    let everyMs = sizeMs
    if (this.#take(',')) {
      this.#expect('ADVANCE')
      this.#expect('BY')
      everyMs = this.#duration()
    }
    this.#expect(')')
    return { kind, sizeMs, everyMs }
  }

  #duration(): number {
    const count = Number(this.#next().text)
    return count * (UNITS[this.#name()] as number)
  }

  expression(): Expression {
    return this.#binary(0)
  }

  #binary(level: number): Expression {
    if (level === LEVELS.length) return this.#unary()
    let left = this.#binary(level + 1)
    for (;;) {
      const op = this.#operator(level)
      if (op === null) return left
      const right = this.#binary(level + 1)
      left =
        op === 'NOT LIKE'
          ? { kind: 'not', of: { kind: 'binary', op: 'LIKE', left, right } }
          : { kind: 'binary', op, left, right }
    }
  }

  #operator(level: number): string | null {
    if (level === 2 && this.#upper() === 'NOT' && this.#tokens[this.#at + 1]?.text.toUpperCase() === 'LIKE') {
      this.#at += 2
      return 'NOT LIKE'
    }
    const op = (LEVELS[level] as readonly string[]).find(o => o === this.#upper())
    if (op === undefined) return null
    this.#at++
    return op
  }

  #unary(): Expression {
    if (this.#take('NOT')) return { kind: 'not', of: this.#unary() }
    if (this.#take('-')) {
      return { kind: 'binary', op: '-', left: { kind: 'literal', value: 0 }, right: this.#unary() }
    }
    let of = this.#primary()
    for (;;) {
      if (this.#take('->')) of = { kind: 'field', of, name: this.#name() }
      else if (this.#take('.')) of = { kind: 'dot', of, name: this.#name() }
      else if (this.#take('[')) {
        of = { kind: 'item', of, index: this.expression() }
        this.#expect(']')
      } else return of
    }
  }

  #primary(): Expression {
    if (this.#take('(')) {
      const inner = this.expression()
      this.#expect(')')
      return inner
    }
    const token = this.#next()
    if (token.kind === 'number') return { kind: 'literal', value: Number(token.text) }
    if (token.kind === 'text') return { kind: 'literal', value: token.text }
    if (token.kind === 'quoted') return { kind: 'column', name: token.text }
    const name = token.text.toUpperCase()
    if (name === 'NULL') return { kind: 'literal', value: null }
    if (name === 'TRUE' || name === 'FALSE') return { kind: 'literal', value: name === 'TRUE' }
    return this.#take('(') ? this.#call(name) : { kind: 'column', name }
  }

  #call(name: string): Expression {
    const args: Expression[] = []
    if (this.#take(')')) return { kind: 'call', name, args }
    do args.push(this.#take('*') ? { kind: 'star', of: null } : this.expression())
    while (this.#take(','))
    if (this.#take('AS')) this.#type() // CAST(x AS TYPE): the type is ignored
    this.#expect(')')
    return { kind: 'call', name, args }
  }

  #peek(): Token | undefined {
    return this.#tokens[this.#at]
  }

  #upper(): string | undefined {
    const token = this.#peek()
    return token === undefined || token.kind === 'text' || token.kind === 'quoted'
      ? undefined
      : token.text.toUpperCase()
  }

  #next(): Token {
    const token = this.#tokens[this.#at++]
    if (token === undefined) throw new Error('the statement ends too early')
    return token
  }

  #name(): string {
    const { kind, text } = this.#next()
    return kind === 'quoted' ? text : text.toUpperCase()
  }

  #take(text: string): boolean {
    if (this.#upper() !== text) return false
    this.#at++
    return true
  }

  #expect(text: string): void {
    if (!this.#take(text)) throw new Error(`expected ${text}, got ${this.#peek()?.text}`)
  }
}

/** Operators by precedence, the loosest first. */
const LEVELS = [['OR'], ['AND'], ['=', '<>', '!=', '<', '>', '<=', '>=', 'LIKE'], ['+', '-'], ['*', '/', '%']] as const

const KEYWORDS = new Set([
  'LEFT',
  'FULL',
  'INNER',
  'JOIN',
  'WITHIN',
  'ON',
  'WINDOW',
  'WHERE',
  'GROUP',
  'HAVING',
  'PARTITION',
])
