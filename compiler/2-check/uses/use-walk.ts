// One function: which parts of one parameter it uses.
//
// Method: a name refers to a set of paths into the parameter, whatever the order of statements; the walk is repeated
// until no name gains a path. An expression either still refers to paths (a field, an element, an alias) or is
// consumed: tested for presence, or used whole.
// Not here: callbacks of array methods (`use-array-methods.ts`), patterns (`use-bindings.ts`).

import type { Uses } from '../../../core/plan/schema.ts'
import type { Reading } from '../../1-read/reading.ts'
import { type FunctionNode, isErased, isFunctionNode, isInside, ts, unwrap } from '../../1-read/syntax.ts'
import { findFunctions } from '../lambda/find-functions.ts'
import { arrayMethod } from './use-array-methods.ts'
import { bindName, bindPattern } from './use-bindings.ts'
import { type UsePath, UseTree } from './use-tree.ts'
import { elementPaths, propertyPaths, typeClass } from './use-types.ts'
import type { Paths, Walker } from './walker.ts'

/** Where the uses of helpers come from. */
interface HelperUses {
  ofParameter(node: FunctionNode, index: number): Uses
}

export class UseWalk implements Walker {
  readonly reading: Reading
  readonly tree = new UseTree()
  readonly #helpers: HelperUses
  readonly #function: FunctionNode
  readonly #aliases = new Map<ts.Symbol, Map<string, UsePath>>()
  #grew = true

  constructor(reading: Reading, helpers: HelperUses, node: FunctionNode) {
    this.reading = reading
    this.#helpers = helpers
    this.#function = node
  }

  of(parameter: ts.ParameterDeclaration): Uses {
    if (parameter.initializer !== undefined) this.tree.presence([])
    bindName(this, parameter.name, [[]], parameter.initializer)
    while (this.#grew) {
      this.#grew = false
      for (const other of this.#function.parameters)
        if (other.initializer !== undefined) this.consume(other.initializer)
      if (ts.isBlock(this.#function.body)) this.visit(this.#function.body)
      else this.consume(this.#function.body as ts.Expression)
    }
    return this.tree.toUses()
  }

  /** The symbol refers to these paths too. A name from outside the function keeps them, so they escape. */
  alias(name: ts.Identifier, paths: Paths): void {
    const symbol = this.reading.symbolAt(name)
    const outside = !(symbol?.declarations ?? []).some(d => isInside(d, this.#function))
    if (symbol === null || outside) return this.whole(paths)
    const known = this.#aliases.get(symbol) ?? new Map<string, UsePath>()
    this.#aliases.set(symbol, known)
    for (const path of paths) {
      const key = JSON.stringify(path)
      if (known.has(key)) continue
      // A path that grows in a loop (`node = node.next`) has no end.
      if (path.length > 24) this.whole([path])
      else {
        known.set(key, path)
        this.#grew = true
      }
    }
  }

  whole(paths: Paths): void {
    for (const path of paths) this.tree.whole(path)
  }

  /** Used as a whole. */
  consume(node: ts.Expression): void {
    this.whole(this.read(node))
  }

  /** Only tested for presence: an object or an array needs no content for that. */
  test(node: ts.Expression): void {
    this.touch(this.read(node), node)
  }

  /** As `test`, for paths that have the type of a node. */
  touch(paths: Paths, node: ts.Node): void {
    if (paths.length === 0) return
    if (typeClass(this.reading, node) === 'other') this.whole(paths)
    else for (const path of paths) this.tree.presence(path)
  }

  /** Statements, and everything else that is no expression. */
  visit(node: ts.Node): void {
    if (isErased(node)) return
    if (ts.isExpression(node)) return this.consume(node)
    if (ts.isExpressionStatement(node)) return void this.read(node.expression)
    if (ts.isVariableDeclaration(node)) return this.#variable(node)
    if (ts.isForOfStatement(node)) return this.#forOf(node)
    if (ts.isIfStatement(node) || ts.isWhileStatement(node) || ts.isDoStatement(node)) this.test(node.expression)
    ts.forEachChild(node, child => {
      const tested =
        (ts.isIfStatement(node) || ts.isWhileStatement(node) || ts.isDoStatement(node)) && child === node.expression
      if (!tested) this.visit(child)
    })
  }

  #variable(node: ts.VariableDeclaration): void {
    if (node.initializer === undefined) return
    bindName(this, node.name, this.read(node.initializer), undefined)
  }

  #forOf(node: ts.ForOfStatement): void {
    const paths = elementPaths(this, node.expression, this.read(node.expression))
    if (ts.isVariableDeclarationList(node.initializer)) {
      for (const declaration of node.initializer.declarations) bindName(this, declaration.name, paths, undefined)
    } else bindPattern(this, node.initializer, paths)
    this.visit(node.statement)
  }

  /** The paths that an expression refers to; uses of its parts are noted. */
  read(expression: ts.Expression): Paths {
    const node = unwrap(expression)
    if (ts.isIdentifier(node)) return this.#name(node)
    if (ts.isPropertyAccessExpression(node)) {
      return propertyPaths(this, node.expression, this.read(node.expression), [node.name.text])
    }
    if (ts.isElementAccessExpression(node)) return this.#element(node)
    if (ts.isConditionalExpression(node)) {
      this.test(node.condition)
      return [...this.read(node.whenTrue), ...this.read(node.whenFalse)]
    }
    if (ts.isBinaryExpression(node)) return this.#binary(node)
    if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.ExclamationToken) {
      this.test(node.operand)
      return []
    }
    if (ts.isTypeOfExpression(node)) {
      this.test(node.expression)
      return []
    }
    if (ts.isVoidExpression(node)) return this.#discard(node.expression)
    if (ts.isCallExpression(node)) return this.#call(node)
    if (isFunctionNode(node)) return this.#closure(node)
    ts.forEachChild(node, child => this.visit(child))
    return []
  }

  #discard(node: ts.Expression): Paths {
    this.read(node)
    return []
  }

  /** A function inside: its own parameters are unknown here, and what it returns escapes. */
  #closure(node: FunctionNode): Paths {
    for (const parameter of node.parameters)
      if (parameter.initializer !== undefined) this.consume(parameter.initializer)
    this.visit(node.body)
    return []
  }

  #name(node: ts.Identifier): Paths {
    const symbol = this.reading.symbolAt(node)
    return symbol === null ? [] : [...(this.#aliases.get(symbol)?.values() ?? [])]
  }

  #element(node: ts.ElementAccessExpression): Paths {
    const base = this.read(node.expression)
    this.consume(node.argumentExpression)
    if (base.length === 0) return []
    if (typeClass(this.reading, node.expression) === 'array') return elementPaths(this, node.expression, base)
    const names = this.reading.literalsOf(node.argumentExpression)
    return propertyPaths(this, node.expression, base, names)
  }

  #binary(node: ts.BinaryExpression): Paths {
    const operator = node.operatorToken.kind
    switch (operator) {
      case ts.SyntaxKind.CommaToken:
        this.read(node.left)
        return this.read(node.right)
      case ts.SyntaxKind.QuestionQuestionToken:
      case ts.SyntaxKind.BarBarToken:
      case ts.SyntaxKind.AmpersandAmpersandToken:
        this.test(node.left)
        return [...this.read(node.left), ...this.read(node.right)]
      case ts.SyntaxKind.EqualsToken:
      case ts.SyntaxKind.QuestionQuestionEqualsToken:
      case ts.SyntaxKind.BarBarEqualsToken:
      case ts.SyntaxKind.AmpersandAmpersandEqualsToken: {
        const paths = this.read(node.right)
        if (operator !== ts.SyntaxKind.EqualsToken) this.test(node.left)
        bindPattern(this, node.left, paths)
        return paths
      }
      case ts.SyntaxKind.InKeyword:
        return this.#has(node)
      default:
        return this.#compare(node)
    }
  }

  /** `x === undefined` uses only the presence of x. */
  #compare(node: ts.BinaryExpression): Paths {
    const { left, right, operatorToken } = node
    if (EQUALITY.has(operatorToken.kind) && (isNullish(left) || isNullish(right))) {
      this.test(isNullish(left) ? right : left)
      return []
    }
    this.consume(left)
    this.consume(right)
    return []
  }

  #has(node: ts.BinaryExpression): Paths {
    const base = this.read(node.right)
    this.consume(node.left)
    if (base.length === 0) return []
    const names = this.reading.literalsOf(node.left)
    for (const path of propertyPaths(this, node.right, base, names)) this.tree.whole(path)
    return []
  }

  #call(node: ts.CallExpression): Paths {
    const callee = unwrap(node.expression)
    if (ts.isPropertyAccessExpression(callee)) {
      const base = this.read(callee.expression)
      if (base.length > 0 && typeClass(this.reading, callee.expression) === 'array') {
        return arrayMethod(this, node, callee, base)
      }
      this.whole(base)
    } else if (!ts.isIdentifier(callee) && !isFunctionNode(callee)) this.consume(callee)
    this.#arguments(node, callee)
    return []
  }

  /**
   * Arguments of a function whose code is read are used as it uses them; those of any other function are used whole.
   */
  #arguments(node: ts.CallExpression, callee: ts.Expression): void {
    const given = node.arguments.map(a => (ts.isSpreadElement(a) ? [] : this.read(a)))
    for (const argument of node.arguments) if (ts.isSpreadElement(argument)) this.consume(argument.expression)
    if (isBoolean(this.reading, callee) && node.arguments[0] !== undefined) return this.test(node.arguments[0])
    const spread = node.arguments.some(ts.isSpreadElement)
    const { functions, complete, standard } = findFunctions(this.reading, callee)
    const readable = complete && !standard && !spread && functions.length > 0
    for (const [index, paths] of given.entries()) {
      for (const path of paths) {
        if (!readable) this.tree.whole(path)
        else for (const f of functions) this.tree.graft(path, this.#helpers.ofParameter(f, index))
      }
    }
    if (isFunctionNode(callee)) this.#closure(callee)
  }
}

const EQUALITY: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.EqualsEqualsToken,
  ts.SyntaxKind.EqualsEqualsEqualsToken,
  ts.SyntaxKind.ExclamationEqualsToken,
  ts.SyntaxKind.ExclamationEqualsEqualsToken,
])

function isNullish(node: ts.Expression): boolean {
  const plain = unwrap(node)
  return plain.kind === ts.SyntaxKind.NullKeyword || (ts.isIdentifier(plain) && plain.text === 'undefined')
}

function isBoolean(reading: Reading, callee: ts.Expression): boolean {
  if (!ts.isIdentifier(callee) || callee.text !== 'Boolean') return false
  const symbol = reading.symbolAt(callee)
  return symbol !== null && reading.ownerOf(symbol) === 'standard'
}
