// The messages of a schema: their fields, under the names that values have, with what stands for an absent one.
//
// Promises: names are those of protobuf's JSON (protobuf.dev, ProtoJSON): `json_name` where it is declared, else
// without underscores, with a capital behind each; or those of the schema. Declared defaults are exact. Two fields of
// one name throw.

import protobuf from 'protobufjs'
import { defaultValue, wasExact, withoutDefaults } from './defaults.ts'

export interface FieldShape {
  readonly field: protobuf.Field
  readonly name: string
  /** The declared default, where there is one. */
  readonly declared: { readonly value: unknown } | null
}

export interface MessageShape {
  readonly type: protobuf.Type
  readonly fields: readonly FieldShape[]
  readonly byName: ReadonlyMap<string, FieldShape>
}

/** The text of a schema, and of the files that it imports by their names. */
export interface ProtoFiles {
  readonly proto: string
  readonly imports: Readonly<Record<string, string>>
}

export interface ProtobufSchema {
  readonly message: MessageShape
  /** Of a message that can be inside. */
  readonly shapeOf: (type: protobuf.Type) => MessageShape
  /** Whether names and defaults are those that version 1 of this format gave. */
  readonly asBefore: boolean
}

/** Throws protobufjs's error where the text is no schema, or has no such message. */
export function protobufSchema(files: ProtoFiles, message: string, keepCase: boolean): ProtobufSchema {
  const root = new protobuf.Root()
  const literals = parseFiles(root, files, keepCase)
  const first = root.resolveAll().lookupType(message)
  const shapes = new Map<protobuf.Type, MessageShape>()
  let asBefore = true
  const open = [first]
  for (let type = open.pop(); type !== undefined; type = open.pop()) {
    if (shapes.has(type)) continue
    const fields = type.fieldsArray.map(field => fieldShape(field.resolve(), literals, keepCase))
    shapes.set(type, messageShape(type, fields))
    for (const { field, name } of fields) {
      if (name !== field.name || !defaultAsBefore(field, literals)) asBefore = false
      if (field.resolvedType instanceof protobuf.Type) open.push(field.resolvedType)
    }
  }
  const shapeOf = (type: protobuf.Type): MessageShape => shapes.get(type) as MessageShape
  return { message: shapeOf(first), shapeOf, asBefore }
}

/** Puts the file and all that it imports into the root. Returns the literals of defaults, by their numbers. */
function parseFiles(root: protobuf.Root, { proto, imports }: ProtoFiles, keepCase: boolean): readonly string[] {
  const literals: string[] = []
  const seen = new Set<string>()
  const open = [proto]
  for (const text of open) {
    const parsed = protobuf.parse(withoutDefaults(text, literals), root, { keepCase })
    for (const file of [...(parsed.imports ?? []), ...(parsed.weakImports ?? [])]) {
      if (seen.has(file)) continue
      seen.add(file)
      if (Object.hasOwn(imports, file)) open.push(imports[file] as string)
      else addKnown(root, file)
    }
  }
  return literals
}

/** Google's well-known types are built in; no other import is looked for, on disk or elsewhere. */
function addKnown(root: protobuf.Root, file: string): void {
  const known = protobuf.common.get(file)
  if (known === null)
    throw new Error(
      `it imports ${file}, which is none of Google's well-known types; put it into the text, or give { proto, imports }`,
    )
  root.addJSON(known.nested ?? {})
}

function messageShape(type: protobuf.Type, fields: readonly FieldShape[]): MessageShape {
  const byName = new Map(fields.map(shape => [shape.name, shape]))
  const twice = fields.find(shape => byName.get(shape.name) !== shape)
  if (twice !== undefined) throw new Error(`two fields of message ${type.name} are called ${twice.name}`)
  return { type, fields, byName }
}

/** What protobufjs finds out about a field's names and its types leave out. */
type Named = protobuf.Field & { readonly protoName?: string; readonly jsonName?: string }

type GroupOrNot = protobuf.Type & { readonly group?: boolean }

function fieldShape(field: protobuf.Field, literals: readonly string[], keepCase: boolean): FieldShape {
  const literal = literalOf(field, literals)
  const declared = literal === null ? null : { value: declaredValue(field, literal) }
  return { field, name: nameOf(field as Named, keepCase), declared }
}

function nameOf(field: Named, keepCase: boolean): string {
  // The field of a group is called like its type, in small letters.
  const isGroup = field.resolvedType instanceof protobuf.Type && (field.resolvedType as GroupOrNot).group === true
  const declared = field.protoName ?? field.name
  const spelt = isGroup ? declared.toLowerCase() : declared
  if (keepCase || spelt.startsWith('.')) return spelt
  return isGroup ? withoutUnderscores(spelt) : (field.jsonName ?? withoutUnderscores(spelt))
}

const withoutUnderscores = (name: string): string => name.replace(/_+([^_]?)/g, (_, next: string) => next.toUpperCase())

function literalOf(field: protobuf.Field, literals: readonly string[]): string | null {
  const at = field.options?.default as number | undefined
  return at === undefined ? null : (literals[at] ?? null)
}

function declaredValue(field: protobuf.Field, literal: string): unknown {
  if (field.resolvedType instanceof protobuf.Enum) {
    if (Object.hasOwn(field.resolvedType.values, literal)) return literal
    throw new Error(`${field.resolvedType.name} has no value ${literal}`)
  }
  const value = defaultValue(literal, field.type)
  return typeof value === 'bigint' && !/64/.test(field.type) ? Number(value) : value
}

function defaultAsBefore(field: protobuf.Field, literals: readonly string[]): boolean {
  const literal = literalOf(field, literals)
  return literal === null || field.resolvedType !== null || wasExact(literal, field.type)
}
