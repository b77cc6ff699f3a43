// The shape of a type: what the reifier needs to know of it.
//
// Promises: TypeScript's type flags are read in this file only. Which shapes can be decoded or stored is in
// `2-check/reify`.

import { ts } from './syntax.ts'

export type TypeShape =
  | { readonly kind: 'any' | 'unknown' | 'never' | 'undefined' | 'null' | 'void' }
  | { readonly kind: 'string' | 'number' | 'boolean' | 'bigint' | 'symbol' }
  | { readonly kind: 'literal'; readonly value: string | number | boolean }
  | { readonly kind: 'union'; readonly members: readonly ts.Type[] }
  | { readonly kind: 'array'; readonly items: ts.Type }
  | {
      readonly kind: 'tuple'
      readonly items: readonly ts.Type[]
      readonly required: number
      readonly rest: ts.Type | null
    }
  | { readonly kind: 'object'; readonly properties: readonly ShapeProperty[]; readonly values: ts.Type | null }
  | { readonly kind: 'function' | 'generic' | 'template' }
  /** A class of the author, or a type of the standard library such as `Date`. */
  | { readonly kind: 'class'; readonly name: string; readonly standard: boolean }
  | { readonly kind: 'other'; readonly name: string }

interface ShapeProperty {
  readonly name: string
  readonly type: ts.Type
  readonly optional: boolean
}

export function shapeOf(
  checker: ts.TypeChecker,
  isStandard: (file: ts.SourceFile) => boolean,
  type: ts.Type,
): TypeShape {
  return primitiveShape(checker, type) ?? structuredShape(checker, isStandard, type)
}

const PLAIN: readonly (readonly [ts.TypeFlags, Extract<TypeShape['kind'], 'any' | 'string' | 'undefined'> | string])[] =
  [
    [ts.TypeFlags.Any, 'any'],
    [ts.TypeFlags.Unknown, 'unknown'],
    [ts.TypeFlags.Never, 'never'],
    [ts.TypeFlags.Undefined, 'undefined'],
    [ts.TypeFlags.Void, 'void'],
    [ts.TypeFlags.Null, 'null'],
    [ts.TypeFlags.String, 'string'],
    [ts.TypeFlags.Number, 'number'],
    [ts.TypeFlags.BigInt, 'bigint'],
    [ts.TypeFlags.Boolean, 'boolean'],
    [ts.TypeFlags.ESSymbolLike, 'symbol'],
  ]

function primitiveShape(checker: ts.TypeChecker, type: ts.Type): TypeShape | null {
  for (const [flag, kind] of PLAIN) if ((type.flags & flag) !== 0) return { kind } as TypeShape
  if ((type.flags & ts.TypeFlags.BooleanLiteral) !== 0) {
    return { kind: 'literal', value: checker.typeToString(type) === 'true' }
  }
  if (type.isStringLiteral() || type.isNumberLiteral()) return { kind: 'literal', value: type.value }
  if ((type.flags & ts.TypeFlags.BigIntLiteral) !== 0) return { kind: 'other', name: 'a bigint literal' }
  if ((type.flags & (ts.TypeFlags.TemplateLiteral | ts.TypeFlags.StringMapping)) !== 0) return { kind: 'template' }
  if ((type.flags & ts.TypeFlags.Instantiable) !== 0) return { kind: 'generic' }
  if ((type.flags & ts.TypeFlags.NonPrimitive) !== 0) return { kind: 'other', name: 'object' }
  return null
}

function structuredShape(
  checker: ts.TypeChecker,
  isStandard: (file: ts.SourceFile) => boolean,
  type: ts.Type,
): TypeShape {
  if (type.isUnion()) return { kind: 'union', members: type.types }
  if (type.isIntersection()) {
    // A brand: `number & { readonly __unit: 'ms' }` has the bytes of a number.
    const plain = type.types.map(t => primitiveShape(checker, t)).find(s => s !== null)
    if (plain !== undefined) return plain ?? { kind: 'other', name: checker.typeToString(type) }
  }
  if (checker.isTupleType(type)) return tupleShape(checker, type as ts.TupleTypeReference)
  if (checker.isArrayType(type)) return { kind: 'array', items: itemsOf(checker, type) }
  if (type.getCallSignatures().length > 0 || type.getConstructSignatures().length > 0) return { kind: 'function' }
  const owner = classOf(type, isStandard)
  if (owner !== null) return owner
  return objectShape(checker, type)
}

function itemsOf(checker: ts.TypeChecker, type: ts.Type): ts.Type {
  return checker.getTypeArguments(type as ts.TypeReference)[0] as ts.Type
}

function tupleShape(checker: ts.TypeChecker, type: ts.TupleTypeReference): TypeShape {
  const { elementFlags, fixedLength, minLength } = type.target
  const parts = checker.getTypeArguments(type)
  if (elementFlags.some(f => (f & ts.ElementFlags.Variadic) !== 0)) return { kind: 'other', name: 'a variadic tuple' }
  const rest = elementFlags.findIndex(f => (f & ts.ElementFlags.Rest) !== 0)
  if (rest >= 0 && rest !== parts.length - 1) return { kind: 'other', name: 'a tuple with a rest in its middle' }
  return {
    kind: 'tuple',
    items: parts.slice(0, fixedLength),
    required: minLength,
    rest: rest < 0 ? null : (parts[rest] as ts.Type),
  }
}

function classOf(type: ts.Type, isStandard: (file: ts.SourceFile) => boolean): TypeShape | null {
  const symbol = type.getSymbol()
  if (symbol === undefined) return null
  const standard = (symbol.declarations ?? []).some(
    d => isStandard(d.getSourceFile()) && (ts.isInterfaceDeclaration(d) || ts.isClassDeclaration(d)),
  )
  const isClass = (symbol.flags & ts.SymbolFlags.Class) !== 0
  return isClass || standard ? { kind: 'class', name: symbol.name, standard } : null
}

function objectShape(checker: ts.TypeChecker, type: ts.Type): TypeShape {
  if (checker.getIndexInfosOfType(type).some(i => (i.keyType.flags & ts.TypeFlags.String) === 0)) {
    const onlyNumbers = checker.getIndexInfosOfType(type).every(i => (i.keyType.flags & ts.TypeFlags.Number) !== 0)
    if (!onlyNumbers) return { kind: 'other', name: 'an index signature over patterns' }
  }
  const properties = checker.getPropertiesOfType(type).map(property => ({
    name: property.name,
    type: checker.getTypeOfSymbol(property),
    optional: (property.flags & ts.SymbolFlags.Optional) !== 0,
  }))
  const symbolKey = properties.find(p => p.name.startsWith('__@'))
  if (symbolKey !== undefined) return { kind: 'other', name: 'a property named by a symbol' }
  const values = checker.getIndexInfosOfType(type)[0]?.type ?? null
  return { kind: 'object', properties, values }
}
