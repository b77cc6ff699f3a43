// Implements `Reading` over a TypeScript program.

import { relative } from 'node:path'
import type { Span } from '../diagnostic.ts'
import { languageFolders } from '../package-root.ts'
import { HOST_FILE } from './host-globals.ts'
import { ignoredOptions } from './ignored-options.ts'
import { languageCalls } from './language-calls.ts'
import { type LoadedSource, loadJob } from './load.ts'
import type { Owner, Reading } from './reading.ts'
import { shapeOf } from './shape.ts'
import { isErased, ts } from './syntax.ts'
import { typeErrors } from './type-errors.ts'

/** Null where the job file does not exist. */
export function readJob(jobPath: string): Reading | null {
  const loaded = loadJob(jobPath)
  return loaded === null ? null : makeReading(loaded)
}

function makeReading(loaded: LoadedSource): Reading {
  const { program, folder } = loaded
  const checker = program.getTypeChecker()
  const ownerOfFile = fileOwners(loaded)
  const files = program
    .getSourceFiles()
    .filter(f => ownerOfFile(f) === 'author')
    .sort(
      (a, b) =>
        Number(b.fileName === loaded.job) - Number(a.fileName === loaded.job) || (a.fileName < b.fileName ? -1 : 1),
    )
  const isStandard = (file: ts.SourceFile): boolean => ['standard', 'host'].includes(ownerOfFile(file))
  const symbolAt = (node: ts.Node): ts.Symbol | null => findSymbol(checker, node)
  const ownerOf = (symbol: ts.Symbol): Owner => {
    const first = symbol.declarations?.[0]
    return first === undefined ? 'author' : ownerOfFile(first.getSourceFile())
  }
  let uses: Map<ts.Symbol, ts.Identifier[]> | null = null
  const reading: Reading = {
    files,
    folder,
    author: loaded.author,
    ignoredOptions: codes => ignoredOptions(loaded.author, files, codes),
    typeErrors: () => typeErrors(program, files, node => spanIn(folder, node)),
    languageCalls: () =>
      languageCalls(files, call => {
        const declaration = checker.getResolvedSignature(call)?.declaration
        return declaration !== undefined && ownerOfFile(declaration.getSourceFile()) === 'language' ? declaration : null
      }),
    importAliases: () => importAliases(checker, files),
    spanOf: node => spanIn(folder, { file: node.getSourceFile(), start: node.getStart(), end: node.end }),
    symbolAt,
    meaningOf: node => followAliases(checker, symbolAt(node)),
    declarationsOf: symbol => symbol.declarations ?? [],
    ownerOf,
    qualifiedName,
    calledDeclaration: call => {
      const declaration = checker.getResolvedSignature(call)?.declaration
      return declaration === undefined || ts.isJSDocSignature(declaration) ? null : declaration
    },
    typeOf: node => checker.getTypeAtLocation(node),
    shapeOf: type => shapeOf(checker, isStandard, type),
    literalsOf: node => literalsOf(checker.getTypeAtLocation(node)),
    usesOf: symbol => {
      uses ??= indexUses(files, symbolAt)
      return uses.get(symbol) ?? []
    },
    isVisible: (symbol, at) => checker.resolveName(symbol.name, at, ts.SymbolFlags.Value, false) === symbol,
    resultOf: type => type.getCallSignatures()[0]?.getReturnType() ?? null,
    nonNull: type => checker.getNonNullableType(type),
    withoutUndefined,
    typeArgumentsOf: type => checker.getTypeArguments(type as ts.TypeReference),
    propertyType: (type, name) => {
      const property = checker.getPropertyOfType(type, name)
      return property === undefined ? null : checker.getTypeOfSymbol(property)
    },
    propertySymbol: (type, name) => checker.getPropertyOfType(type, name) ?? null,
    printType: type => checker.typeToString(type),
  }
  return reading
}

function fileOwners({ program, root }: LoadedSource): (file: ts.SourceFile) => Owner {
  const ours = languageFolders(root)
  const known = new Map<ts.SourceFile, Owner>()
  const find = (file: ts.SourceFile): Owner => {
    const path = file.fileName.replaceAll('\\', '/')
    if (program.isSourceFileDefaultLibrary(file)) return 'standard'
    if (path.endsWith(`/${HOST_FILE}`) || path.includes('/node_modules/@types/node/')) return 'host'
    if (ours.some(folder => path.startsWith(folder))) return 'language'
    return path.includes('/node_modules/') ? 'library' : 'author'
  }
  return file => {
    const owner = known.get(file) ?? find(file)
    known.set(file, owner)
    return owner
  }
}

function spanIn(folder: string, at: { file: ts.SourceFile; start: number; end: number }): Span {
  const { line, character } = at.file.getLineAndCharacterOfPosition(at.start)
  const file = relative(folder, at.file.fileName).replaceAll('\\', '/')
  return Object.freeze({ file, start: at.start, end: at.end, line: line + 1, column: character + 1 })
}

function findSymbol(checker: ts.TypeChecker, node: ts.Node): ts.Symbol | null {
  let symbol: ts.Symbol | undefined
  if (ts.isElementAccessExpression(node)) symbol = elementSymbol(checker, node)
  else if (ts.isPropertyAccessExpression(node)) symbol = checker.getSymbolAtLocation(node.name)
  else if (ts.isIdentifier(node) && ts.isShorthandPropertyAssignment(node.parent) && node.parent.name === node) {
    symbol = checker.getShorthandAssignmentValueSymbol(node.parent)
  } else if (ts.isIdentifier(node) && ts.isExportSpecifier(node.parent)) {
    symbol = checker.getExportSpecifierLocalTargetSymbol(node.parent)
  } else symbol = checker.getSymbolAtLocation(node)
  if (symbol !== undefined && (symbol.flags & ts.SymbolFlags.Alias) !== 0) symbol = checker.getAliasedSymbol(symbol)
  return symbol ?? null
}

function elementSymbol(checker: ts.TypeChecker, node: ts.ElementAccessExpression): ts.Symbol | undefined {
  const names = literalsOf(checker.getTypeAtLocation(node.argumentExpression))
  if (names?.length !== 1) return undefined
  return checker.getPropertyOfType(checker.getTypeAtLocation(node.expression), names[0] as string)
}

/** Through `const a = b`, `const { a } = b` and `const a = b.c`, as far as they go. */
function followAliases(checker: ts.TypeChecker, symbol: ts.Symbol | null): ts.Symbol | null {
  let at = symbol
  for (let steps = 0; at !== null && steps < 20; steps++) {
    const next = aliased(checker, at)
    if (next === null) return at
    at = next
  }
  return at
}

function aliased(checker: ts.TypeChecker, symbol: ts.Symbol): ts.Symbol | null {
  const declaration = symbol.valueDeclaration
  if (declaration === undefined) return null
  if (ts.isVariableDeclaration(declaration) && declaration.initializer !== undefined) {
    if (!ts.isIdentifier(declaration.name) || (declaration.parent.flags & ts.NodeFlags.Const) === 0) return null
    const value = declaration.initializer
    const isName = ts.isIdentifier(value) || ts.isPropertyAccessExpression(value) || ts.isElementAccessExpression(value)
    return isName ? findSymbol(checker, value) : null
  }
  if (ts.isBindingElement(declaration) && ts.isObjectBindingPattern(declaration.parent)) {
    const name = declaration.propertyName ?? declaration.name
    if (!ts.isIdentifier(name) && !ts.isStringLiteral(name)) return null
    return checker.getPropertyOfType(checker.getTypeAtLocation(declaration.parent), name.text) ?? null
  }
  return null
}

function qualifiedName(symbol: ts.Symbol): string {
  const declaration = symbol.declarations?.[0]
  const holder = declaration?.parent
  if (holder === undefined) return symbol.name
  if (ts.isInterfaceDeclaration(holder) || ts.isClassDeclaration(holder)) {
    return `${holder.name?.text ?? ''}.${symbol.name}`
  }
  if (ts.isModuleBlock(holder) && ts.isIdentifier(holder.parent.name) && holder.parent.name.text !== 'global') {
    return `${holder.parent.name.text}.${symbol.name}`
  }
  if (ts.isTypeLiteralNode(holder)) {
    const named = holder.parent
    if (ts.isVariableDeclaration(named) || ts.isPropertySignature(named))
      return `${named.name.getText()}.${symbol.name}`
  }
  return symbol.name
}

function literalsOf(type: ts.Type): readonly string[] | null {
  const parts = type.isUnion() ? type.types : [type]
  const names = parts.map(t => (t.isStringLiteral() || t.isNumberLiteral() ? String(t.value) : null))
  return names.every(n => n !== null) ? names : null
}

function indexUses(
  files: readonly ts.SourceFile[],
  symbolAt: (node: ts.Node) => ts.Symbol | null,
): Map<ts.Symbol, ts.Identifier[]> {
  const index = new Map<ts.Symbol, ts.Identifier[]>()
  const visit = (node: ts.Node): void => {
    if (isErased(node)) return
    if (ts.isIdentifier(node)) {
      const symbol = symbolAt(node)
      const isOwnName = symbol?.declarations?.some(d => (d as ts.NamedDeclaration).name === node) ?? true
      if (symbol !== null && (!isOwnName || ts.isShorthandPropertyAssignment(node.parent))) {
        const known = index.get(symbol)
        if (known === undefined) index.set(symbol, [node])
        else known.push(node)
      }
    }
    ts.forEachChild(node, visit)
  }
  for (const file of files) visit(file)
  return index
}

function withoutUndefined(type: ts.Type): readonly ts.Type[] | null {
  const parts = type.isUnion() ? type.types : [type]
  const rest = parts.filter(t => (t.flags & (ts.TypeFlags.Undefined | ts.TypeFlags.Void)) === 0)
  return rest.length === parts.length ? null : rest
}

function importAliases(checker: ts.TypeChecker, files: readonly ts.SourceFile[]): ReadonlyMap<string, string> {
  const known = new Set<ts.Node>(files)
  const found = new Map<string, string>()
  for (const statement of files.flatMap(f => [...f.statements])) {
    if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) continue
    const from = statement.moduleSpecifier
    if (from === undefined || !ts.isStringLiteral(from) || from.text.startsWith('.')) continue
    const file = checker.getSymbolAtLocation(from)?.declarations?.[0]
    if (file !== undefined && ts.isSourceFile(file) && known.has(file)) found.set(from.text, file.fileName)
  }
  return found
}
