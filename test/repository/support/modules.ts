// The repository's modules as data: what each imports, loads by a computed name, and exports; read from the syntax
// tree.
//
// Promises: each file is read once in a process. Every way to load code is seen: `import` and `export from`, types
// written as `import('...')`, `import()`, `require()`, `new URL('...', import.meta.url)`, `new Worker()`.

import { dirname, join, normalize } from 'node:path'
import ts from 'typescript'
import { codeFiles, read } from '../../support/repository.ts'

export interface Import {
  readonly from: string
  /** A file of the repository, a package name, or `node:NAME`. */
  readonly to: string
}

export interface NamedImport extends Import {
  /** The imported names, as the imported module calls them; `*` where it may be any of them. */
  readonly names: readonly string[] | '*'
}

/** An import whose name is computed at run time. */
export interface ComputedImport {
  readonly from: string
  /** The expression of the name, on one line. */
  readonly name: string
}

export interface Module {
  readonly imports: readonly NamedImport[]
  readonly computed: readonly ComputedImport[]
  readonly exports: readonly string[]
}

/** Every import of a file, type-only ones too. */
export const importsOf = (file: string): readonly Import[] =>
  moduleOf(file).imports.map(({ from, to }) => ({ from, to }))

const modules = new Map<string, Module>()

export function moduleOf(file: string): Module {
  const module = modules.get(file) ?? new ModuleReader(file).read()
  modules.set(file, module)
  return module
}

let code: ReadonlySet<string> | undefined

function isCode(path: string): boolean {
  code ??= new Set(codeFiles())
  return code.has(path)
}

/** What a specifier in a file names. A module of the build is resolved to its sources. */
function resolve(file: string, specifier: string): string {
  if (!specifier.startsWith('.')) return specifier
  const path = normalize(join(dirname(file), specifier))
  const source = path.replace(/^build\//, '').replace(/\.js$/, '.ts')
  return isCode(path) || !isCode(source) ? path : source
}

class ModuleReader {
  readonly #file: string
  readonly #tree: ts.SourceFile
  readonly #imports: NamedImport[] = []
  readonly #computed: ComputedImport[] = []
  readonly #exports: string[] = []

  constructor(file: string) {
    this.#file = file
    const options = { languageVersion: ts.ScriptTarget.Latest, jsDocParsingMode: ts.JSDocParsingMode.ParseNone }
    this.#tree = ts.createSourceFile(file, read(file), options, true)
  }

  read(): Module {
    for (const statement of this.#tree.statements) this.#statement(statement)
    // Most files load by import statements alone.
    if (/\bimport\s*\(|\bimport\.meta\b|\brequire\s*\(|\bWorker\s*\(/.test(this.#tree.text)) this.#visit(this.#tree)
    return { imports: this.#imports, computed: this.#computed, exports: this.#exports }
  }

  #statement(node: ts.Statement): void {
    if (ts.isImportDeclaration(node)) this.#add(node.moduleSpecifier, importedNames(node.importClause))
    else if (ts.isExportDeclaration(node)) {
      const named = node.exportClause !== undefined && ts.isNamedExports(node.exportClause) ? node.exportClause : null
      const taken = named === null ? '*' : named.elements.map(e => (e.propertyName ?? e.name).text)
      if (node.moduleSpecifier !== undefined) this.#add(node.moduleSpecifier, taken)
      for (const element of named?.elements ?? []) this.#exports.push(element.name.text)
    } else if (ts.isExportAssignment(node)) this.#exports.push('default')
    else if (ts.canHaveModifiers(node)) this.#exported(node, ts.getModifiers(node) ?? [])
  }

  #exported(node: ts.Node, modifiers: readonly ts.Modifier[]): void {
    if (!modifiers.some(m => m.kind === ts.SyntaxKind.ExportKeyword)) return
    if (modifiers.some(m => m.kind === ts.SyntaxKind.DefaultKeyword)) this.#exports.push('default')
    else if (ts.isVariableStatement(node)) {
      for (const { name } of node.declarationList.declarations) this.#exports.push(name.getText())
    } else this.#exports.push((node as ts.DeclarationStatement).name?.getText() ?? 'default')
  }

  #visit(node: ts.Node): void {
    if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      this.#add(node.argument.literal, node.qualifier === undefined ? '*' : [firstName(node.qualifier)])
    } else if (ts.isCallExpression(node)) this.#call(node)
    else if (ts.isNewExpression(node)) this.#new(node)
    ts.forEachChild(node, child => this.#visit(child))
  }

  #call(node: ts.CallExpression): void {
    const [argument] = node.arguments
    if (argument === undefined) return
    const callee = node.expression
    if (callee.kind === ts.SyntaxKind.ImportKeyword) this.#load(argument, takenNames(node))
    else if (ts.isIdentifier(callee) && callee.text === 'require') this.#load(argument, '*')
    else if (callee.getText() === 'import.meta.resolve') this.#load(argument, [])
  }

  #new(node: ts.NewExpression): void {
    const [argument, base] = node.arguments ?? []
    if (argument === undefined) return
    const what = node.expression.getText()
    if (what === 'URL' && base?.getText() === 'import.meta.url') {
      // A literal path that is no code is data.
      if (!ts.isStringLiteralLike(argument)) this.#load(argument, [])
      else if (isCode(resolve(this.#file, argument.text))) this.#add(argument, [])
    } else if (what === 'Worker' && !isUrl(argument)) this.#load(argument, [])
  }

  #load(name: ts.Expression, names: NamedImport['names']): void {
    if (ts.isStringLiteralLike(name)) this.#add(name, names)
    else if (!isUrl(name)) this.#computed.push({ from: this.#file, name: name.getText().replace(/\s+/g, ' ') })
  }

  #add(specifier: ts.Node, names: NamedImport['names']): void {
    if (!ts.isStringLiteralLike(specifier)) throw new Error(`${this.#file}: a module specifier is no literal`)
    this.#imports.push({ from: this.#file, to: resolve(this.#file, specifier.text), names })
  }
}

/** Whether an expression is `new URL(...)` or its `href`, which count where the URL is made. */
function isUrl(node: ts.Expression): boolean {
  const made = ts.isPropertyAccessExpression(node) && node.name.text === 'href' ? node.expression : node
  return ts.isNewExpression(made) && made.expression.getText() === 'URL'
}

function importedNames(clause: ts.ImportClause | undefined): NamedImport['names'] {
  if (clause === undefined) return []
  const { name, namedBindings } = clause
  if (namedBindings !== undefined && ts.isNamespaceImport(namedBindings)) return '*'
  const named = namedBindings?.elements.map(e => (e.propertyName ?? e.name).text) ?? []
  return name === undefined ? named : ['default', ...named]
}

/** The names in `const { a, b } = await import(...)` and `(await import(...)).a`. */
function takenNames(call: ts.CallExpression): NamedImport['names'] {
  let at: ts.Node = call
  while (ts.isAwaitExpression(at.parent) || ts.isParenthesizedExpression(at.parent)) at = at.parent
  const { parent } = at
  if (ts.isPropertyAccessExpression(parent)) return [parent.name.text]
  if (!ts.isVariableDeclaration(parent) || !ts.isObjectBindingPattern(parent.name)) return '*'
  return parent.name.elements.map(e => (e.propertyName ?? e.name).getText())
}

const firstName = (name: ts.EntityName): string => (ts.isIdentifier(name) ? name.text : firstName(name.left))
