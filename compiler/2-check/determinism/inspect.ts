// Inspects a piece of code: what it does that could give two answers, and which other code it reaches.
//
// Promises: facts are kept for each piece and mode. In a recursion, code that is in progress counts as doing nothing,
// and what is found on the way is not kept, so that each function of the cycle is reported in full when it is asked
// for. The way from a lambda to a finding is in `check-determinism.ts`.

import type { Reading } from '../../1-read/reading.ts'
import { type FunctionNode, isErased, isFunctionNode, isInside, shortText, ts, unwrap } from '../../1-read/syntax.ts'
import type { Message } from '../../diagnostic.ts'
import {
  capturedMutation,
  capturedState,
  keptIterator,
  prototypePatch,
  statefulRegexp,
} from '../../messages/determinism.ts'
import { findFunctions, isWritten, returnsOf } from '../lambda/find-functions.ts'
import { mutationAt } from './mutations.ts'
import { isInConstructor, type Origin, OriginFinder, type Origins } from './origins.ts'
import { reachedFrom } from './reach.ts'
import { rememberedRegexp } from './regexps.ts'
import { asyncRule, ruleAt } from './rules.ts'
import { type Edge, type Finding, type Mode, NO_FACTS, type UnitFacts } from './unit.ts'

/** Code reached through more nested helpers than this counts as code in progress. */
const DEPTH_MAX = 50

export class Inspector {
  readonly reading: Reading
  readonly #known = new Map<Mode, Map<ts.Node, UnitFacts>>()
  readonly #open = new Map<Mode, Set<ts.Node>>()
  /** Code in progress that something found on the way depends on. */
  readonly #awaited = new Set<ts.Node>()

  constructor(reading: Reading) {
    this.reading = reading
  }

  factsOf(unit: ts.Node, mode: Mode): UnitFacts {
    const known = this.#known.get(mode) ?? new Map<ts.Node, UnitFacts>()
    this.#known.set(mode, known)
    const before = known.get(unit)
    if (before !== undefined) return before
    const open = this.#open.get(mode) ?? new Set<ts.Node>()
    this.#open.set(mode, open)
    if (open.has(unit) || open.size > DEPTH_MAX) {
      this.#awaited.add(unit)
      return NO_FACTS
    }
    open.add(unit)
    const facts = new UnitInspection(this, unit, mode).run()
    open.delete(unit)
    this.#awaited.delete(unit)
    if (this.#awaited.size === 0) known.set(unit, facts)
    return facts
  }

  /** The functions that a call may run, as far as the author wrote them. */
  calledBy(call: ts.CallExpression): readonly FunctionNode[] {
    return findFunctions(this.reading, call.expression).functions
  }
}

class UnitInspection {
  readonly #inspector: Inspector
  readonly #reading: Reading
  readonly #unit: ts.Node
  readonly #mode: Mode
  readonly #origins: OriginFinder
  readonly #findings: Finding[] = []
  readonly #edges: Edge[] = []
  readonly #changes = new Map<number | 'this', ts.Node>()

  constructor(inspector: Inspector, unit: ts.Node, mode: Mode) {
    this.#inspector = inspector
    this.#reading = inspector.reading
    this.#unit = unit
    this.#mode = mode
    this.#origins = new OriginFinder(this.#reading, unit, call => this.#returned(call))
  }

  run(): UnitFacts {
    if (ts.isExpression(this.#unit) && !isFunctionNode(this.#unit)) this.#visit(this.#unit)
    else if (ts.isClassLike(this.#unit)) this.#class(this.#unit)
    else ts.forEachChild(this.#unit, child => this.#visit(child))
    if (this.#mode === 'record') this.#async(this.#unit)
    const returns = isFunctionNode(this.#unit) ? returnsOf(this.#unit).flatMap(e => this.#origins.of(e)) : []
    return { findings: this.#findings, edges: this.#edges, changes: this.#changes, returns }
  }

  /**
   * Making an instance runs fields and constructor; methods with well-known names may be called by the language itself.
   */
  #class(node: ts.ClassLikeDeclaration): void {
    for (const clause of node.heritageClauses ?? [])
      if (clause.token === ts.SyntaxKind.ExtendsKeyword) this.#visit(clause)
    for (const member of node.members) {
      const isImplicit = ts.isMethodDeclaration(member) && IMPLICIT.test(member.name.getText())
      const runs = ts.isConstructorDeclaration(member) || ts.isPropertyDeclaration(member) || isImplicit
      if (!runs) continue
      if (this.#mode === 'value' && ts.isMethodDeclaration(member)) this.#edge(member, 'record', member)
      else ts.forEachChild(member, child => this.#visit(child))
    }
  }

  #visit(node: ts.Node): void {
    if (isErased(node)) return
    if (isFunctionNode(node) && this.#elsewhere(node)) return
    if (ts.isClassLike(node) && node !== this.#unit) {
      for (const member of node.members) if (ts.isPropertyDeclaration(member)) this.#visit(member)
      return
    }
    if (this.#mode === 'record') {
      this.#async(node)
      this.#state(node)
    }
    if (this.#mode !== 'value') this.#rule(node)
    this.#patch(node)
    for (const edge of reachedFrom(this.#reading, node, this.#unit, this.#mode)) this.#edges.push(edge)
    ts.forEachChild(node, child => this.#visit(child))
  }

  /** Whether a function inside of this code runs at another time than the code itself. */
  #elsewhere(node: FunctionNode): boolean {
    if (this.#mode === 'record') return false
    if (isCalledAtOnce(this.#reading, node)) return false
    if (this.#mode === 'value') this.#edge(node, 'record', node)
    return true
  }

  #edge(to: ts.Node, mode: Mode, at: ts.Node): void {
    this.#edges.push({ to, mode, at })
  }

  #find(message: Message, node: ts.Node, deeper: ts.Node | null = null): void {
    this.#findings.push({ message, node, deeper })
  }

  #rule(node: ts.Node): void {
    const message = ruleAt(this.#reading, node, this.#mode)
    if (message !== null) this.#find(message, node)
  }

  #async(node: ts.Node): void {
    const message = asyncRule(node, this.#unit)
    if (message !== null) this.#find(message.message, message.node)
  }

  /** Built-in objects may never be changed. */
  #patch(node: ts.Node): void {
    const mutation = mutationAt(this.#reading, node)
    if (mutation === null) return
    const origin = this.#origins.of(mutation.target).find(o => o.kind === 'standard')
    if (origin !== undefined) this.#find(prototypePatch({ name: shortText(mutation.target) }), node)
  }

  #state(node: ts.Node): void {
    if (ts.isIdentifier(node) && isWritten(node)) this.#written(node)
    const mutation = mutationAt(this.#reading, node)
    if (mutation !== null) this.#changed(this.#origins.of(mutation.target), mutation.kind, node, null)
    const regexp = rememberedRegexp(this.#reading, node, this.#unit, e => this.#origins.of(e))
    if (regexp !== null) this.#find(statefulRegexp({ name: shortText(regexp) }), regexp)
    if (ts.isCallExpression(node)) this.#called(node)
  }

  #written(node: ts.Identifier): void {
    const symbol = this.#reading.symbolAt(node)
    const declaration = symbol === null ? undefined : this.#reading.declarationsOf(symbol)[0]
    if (declaration === undefined || isInside(declaration, this.#unit)) return
    this.#find(capturedState({ name: node.text }), node)
  }

  /** A helper that changes its parameters changes its arguments. */
  #called(node: ts.CallExpression): void {
    for (const callee of this.#inspector.calledBy(node)) {
      if (isInside(callee, this.#unit)) continue
      const { changes } = this.#inspector.factsOf(callee, 'record')
      for (const [which, deeper] of changes) {
        const given = which === 'this' ? receiverOf(node) : node.arguments[which]
        if (given === undefined || given === null) continue
        const target = ts.isSpreadElement(given) ? given.expression : given
        this.#changed(this.#origins.of(target), 'change', given, deeper)
      }
    }
  }

  #changed(origins: Origins, kind: 'change' | 'iterate', node: ts.Node, deeper: ts.Node | null): void {
    for (const origin of distinct(origins)) {
      if (origin.kind === 'captured') {
        const message = kind === 'iterate' ? keptIterator : capturedMutation
        this.#find(message({ name: origin.name }), node, deeper)
      } else if (origin.kind === 'parameter') this.#note(origin.index, node)
      else if (origin.kind === 'this' && !isInConstructor(node)) this.#note('this', node)
    }
  }

  #note(which: number | 'this', node: ts.Node): void {
    if (!this.#changes.has(which)) this.#changes.set(which, node)
  }

  /** What a call of the author's function returns, in terms of this code. */
  #returned(call: ts.CallExpression): Origins {
    return this.#inspector.calledBy(call).flatMap(callee => {
      if (isInside(callee, this.#unit) && callee !== this.#unit)
        return returnsOf(callee).flatMap(e => this.#origins.of(e))
      return this.#inspector.factsOf(callee, 'record').returns.flatMap(o => this.#translate(o, call))
    })
  }

  #translate(origin: Origin, call: ts.CallExpression): Origins {
    if (origin.kind === 'content') {
      return this.#translate(origin.of, call).map(o => (o.kind === 'content' ? o : { kind: 'content', of: o }))
    }
    if (origin.kind === 'parameter') {
      const given = call.arguments[origin.index]
      return given === undefined ? [] : this.#origins.of(ts.isSpreadElement(given) ? given.expression : given)
    }
    const receiver = receiverOf(call)
    if (origin.kind === 'this') return receiver === null ? [] : this.#origins.of(receiver)
    if (origin.kind !== 'captured') return [origin]
    // What a helper captured may be this code's own variable.
    const declaration = this.#reading.declarationsOf(origin.symbol)[0]
    return declaration !== undefined && isInside(declaration, this.#unit) ? [] : [origin]
  }
}

/** Methods that JavaScript calls by itself. */
const IMPLICIT = /^(?:toString|valueOf|toJSON|\[Symbol\..*\])$/

function receiverOf(call: ts.CallExpression): ts.Expression | null {
  const callee = unwrap(call.expression)
  return ts.isPropertyAccessExpression(callee) || ts.isElementAccessExpression(callee) ? callee.expression : null
}

/**
 * `(() => ...)()`, and callbacks of the ECMAScript library such as those of `map`, which are called before it returns.
 */
function isCalledAtOnce(reading: Reading, node: FunctionNode): boolean {
  let at: ts.Node = node
  while (ts.isParenthesizedExpression(at.parent)) at = at.parent
  const { parent } = at
  if (!ts.isCallExpression(parent)) return false
  if (parent.expression === at) return true
  const symbol = reading.symbolAt(unwrap(parent.expression))
  return symbol !== null && reading.ownerOf(symbol) === 'standard'
}

function distinct(origins: Origins): Origins {
  const seen = new Map<string, Origin>()
  for (const o of origins) {
    const key = o.kind === 'captured' ? `c${o.name}` : o.kind === 'parameter' ? `p${o.index}` : o.kind
    if (!seen.has(key)) seen.set(key, o)
  }
  return [...seen.values()]
}
