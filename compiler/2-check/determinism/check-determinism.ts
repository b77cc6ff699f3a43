// Determinism: nothing that a lambda reaches may give two answers for one record (semantics.md 9.1).
//
// Promises: through helpers in other files, aliases, methods and functions passed as values; each place is reported
// once, with the chain of calls from the first lambda that leads to it. What static reading cannot see is closed at run
// time (semantics.md 9.2). What is denied is in `denied.ts`; `inspect.ts` looks at one piece of code.

import type { Reading } from '../../1-read/reading.ts'
import { shortText, ts } from '../../1-read/syntax.ts'
import { type Diagnostic, diagnose, type Related } from '../../diagnostic.ts'
import { mutatesInput } from '../../messages/determinism.ts'
import type { LambdaArgument } from '../lambda/lambda-arguments.ts'
import { Inspector } from './inspect.ts'
import { builtinImports } from './rules.ts'
import type { Edge, Finding, Mode } from './unit.ts'

export function checkDeterminism(reading: Reading, lambdas: readonly LambdaArgument[]): readonly Diagnostic[] {
  const check = new Check(reading)
  for (const { found, expression } of lambdas) {
    for (const root of found.functions) check.lambda(root)
    // The argument itself may be a call of a factory, or name a table of functions.
    if (!found.functions.some(f => f === expression)) check.from(expression, 'value')
  }
  for (const file of reading.files) check.module(file)
  return check.diagnostics()
}

class Check {
  readonly #diagnostics: Diagnostic[] = []
  /** Installed packages that lambdas use, each at its first place. */
  readonly #libraries = new Map<string, Diagnostic>()
  readonly #reading: Reading
  readonly #inspector: Inspector
  readonly #seen = new Map<Mode, Set<ts.Node>>()

  constructor(reading: Reading) {
    this.#reading = reading
    this.#inspector = new Inspector(reading)
  }

  diagnostics(): readonly Diagnostic[] {
    return [...this.#diagnostics, ...this.#libraries.values()]
  }

  lambda(root: ts.Node): void {
    this.from(root, 'record')
    for (const [which, node] of this.#inspector.factsOf(root, 'record').changes) {
      if (which !== 'this')
        this.#report({ message: mutatesInput({ name: inputName(root, which) }), node, deeper: null }, [])
    }
  }

  module(file: ts.SourceFile): void {
    for (const { node, message } of builtinImports(file)) this.#report({ message, node, deeper: null }, [])
    this.from(file, 'load')
  }

  /** Breadth first, so that the chain that is shown is a shortest one. */
  from(root: ts.Node, mode: Mode): void {
    const queue: { unit: ts.Node; mode: Mode; chain: readonly Edge[] }[] = [{ unit: root, mode, chain: [] }]
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      if (!this.#enter(next.unit, next.mode)) continue
      const facts = this.#inspector.factsOf(next.unit, next.mode)
      for (const finding of facts.findings) this.#report(finding, next.chain)
      for (const edge of facts.edges) queue.push({ unit: edge.to, mode: edge.mode, chain: [...next.chain, edge] })
    }
  }

  #enter(unit: ts.Node, mode: Mode): boolean {
    const seen = this.#seen.get(mode) ?? new Set<ts.Node>()
    this.#seen.set(mode, seen)
    if (seen.has(unit)) return false
    seen.add(unit)
    return true
  }

  #report({ message, node, deeper }: Finding, chain: readonly Edge[]): void {
    const place = (at: ts.Node, label: string): Related => ({ span: this.#reading.spanOf(at), label })
    const below = deeper === null ? [] : [place(deeper, 'changed at')]
    const above = chain
      .toReversed()
      .filter(e => e.at !== e.to)
      .map(e => place(e.at, 'reached from'))
    const found = diagnose(message, this.#reading.spanOf(node), [...below, ...above])
    if (message.word === 'unread-library') this.#library(found)
    else this.#diagnostics.push(found)
  }

  /** A package is named once for a job, however many of its functions are called. */
  #library(found: Diagnostic): void {
    const first = this.#libraries.get(found.label)
    if (first === undefined || isBefore(found, first)) this.#libraries.set(found.label, found)
  }
}

/** By file and place. */
function isBefore({ span: a }: Diagnostic, { span: b }: Diagnostic): boolean {
  if (a === null || b === null) return b === null && a !== null
  return a.file === b.file ? a.start < b.start : a.file < b.file
}

function inputName(root: ts.Node, index: number): string {
  const parameter = ts.isFunctionLike(root) ? root.parameters[index] : undefined
  return parameter === undefined ? 'its input' : shortText(parameter.name)
}
