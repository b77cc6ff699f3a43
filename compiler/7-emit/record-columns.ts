// The columns of a source's records in emitted code: one variable for each used value of a record.
//
// Promises: a record that is not odd is read from the columns; an odd one is decoded as it always was, and its values
// go into the same variables, so that the steps behind are emitted once. The record itself is made only where a lambda
// or an operator needs it as a whole, and is then what the emitted decoder gives.

import { type ColumnSpec, type FieldShape, type ObjectShape, programOf } from '../../core/kernel/decode/program.ts'
import { isWhole } from '../../core/kernel/decode/record-packer.ts'
import type { SourceNode } from '../../core/plan/plan.ts'
import { property, text } from './code.ts'
import type { ElementNames, Flow, PlacedText } from './flow.ts'

interface RecordColumns {
  readonly names: Pick<ElementNames, 'value' | 'parts' | 'texts' | 'sure' | 'packed'>
  /** Statements before the loop over the records. */
  readonly enter: string
  /** Statements that begin each turn of it. */
  readonly next: string
  /** Statements that read record i; the given ones decode it into `value`. */
  readonly readOr: (decode: string) => string
}

interface Variable extends ColumnSpec {
  readonly name: string
  /** The column. */
  readonly cells: string
  /** Expression of its value in the columns. */
  readonly read: string
  /** Whether it is read only where it is used. */
  readonly lazy: boolean
}

/** Null where the kernel does not read the source's type. */
export function recordColumns(flow: Flow, node: SourceNode): RecordColumns | null {
  if (node.params.format.kind !== 'json') return null
  const program = programOf(node.schema, node.uses)
  if (program === null) return null
  const columns = flow.fresh('columns')
  flow.setup(`const ${columns} = api.recordColumns(${JSON.stringify(program)})
    const ${columns}Odd = ${columns}.odd`)
  const variables = program.columns.map((column, i) => variable(flow, columns, column, i))
  const make = flow.fresh('record')
  flow.setup(`function ${make}(${variables.map(v => v.name).join(', ')}) {
      ${objectText(program.root, variables, 'o')}
      return o
    }`)
  const use = (v: Variable): string => (v.lazy ? `(${v.name} ??= ${v.read})` : v.name)
  const byPath = new Map(variables.map(v => [JSON.stringify(v.path), use(v)]))
  const texts = new Map(variables.flatMap(v => (v.lazy ? [[JSON.stringify(v.path), placed(v)] as const] : [])))
  const surePaths = new Set(variables.filter(v => !v.optional).map(v => JSON.stringify(v.path)))
  const eager = variables.filter(v => !v.lazy)
  return {
    names: {
      value: `(value ??= ${make}(${variables.map(use).join(', ')}))`,
      parts: path => byPath.get(JSON.stringify(path)),
      texts: path => texts.get(JSON.stringify(path)),
      sure: path => surePaths.has(JSON.stringify(path)),
      // Once it has been made, a lambda may have changed it.
      ...(isWhole(program.root) ? { packed: { test: 'value === undefined', bytes: `${columns}.packed(j)` } } : {}),
    },
    enter: 'let batch = first, behind = first',
    next: `if (i === behind) {
        batch = i
        behind = ${columns}.read(chunk, i, last)
      }`,
    readOr: decode => `const j = i - batch
      ${variables.length === 0 ? '' : `let ${variables.map(v => v.name).join(', ')}`}
      if (${columns}Odd[j] === 0) {
        ${eager.map(v => `${v.name} = ${v.read}`).join('\n')}
      } else {
        ${decode}
        ${variables.map(v => `${v.name} = value${v.path.map(name => `[${text(name)}]`).join('')}`).join('\n')}
      }`,
  }
}

function variable(flow: Flow, columns: string, spec: ColumnSpec, index: number): Variable {
  const name = flow.fresh('f')
  const sure = !spec.optional && !spec.nullable
  const cells = flow.fresh('cells')
  const presence = flow.fresh('presence')
  const access = { number: 'numbers', text: 'texts', boolean: 'booleans' }[spec.kind]
  flow.setup(`const ${cells} = ${columns}.${access}(${index})`)
  if (!sure) flow.setup(`const ${presence} = ${columns}.presence(${index})`)
  const read = { number: `${cells}[j]`, text: `${cells}.text(j)`, boolean: `${cells}[j] === 1` }[spec.kind]
  const some = `${presence}[j] === 1 ? ${read} : ${presence}[j] === 2 ? null : undefined`
  return { ...spec, name, cells, read: sure ? read : some, lazy: sure && spec.kind === 'text' }
}

/** It is in the columns as long as nobody has asked for the string, and the record is not odd. */
function placed({ name, cells }: Variable): PlacedText {
  return {
    test: `${name} === undefined`,
    cells,
  }
}

/** Statements that declare an object of the used fields, in the order of the schema, without the absent ones. */
function objectText(shape: ObjectShape, variables: readonly Variable[], into: string): string {
  const within: string[] = []
  const fields = shape.fields.flatMap((field, i) => {
    if (!field.used) return []
    const variable = field.column === undefined ? undefined : variables[field.column]
    if (variable === undefined) within.push(objectText(field.object as ObjectShape, variables, `${into}_${i}`))
    return [{ ...field, value: variable?.name ?? `${into}_${i}` }]
  })
  const literal = (some: typeof fields): string => `{ ${some.map(f => `${property(f.name)}: ${f.value}`).join(', ')} }`
  const from = fields.findIndex(f => f.optional)
  const made =
    from < 0
      ? `const ${into} = ${literal(fields)}`
      : `let ${into}
        if (${fields.flatMap(f => (f.optional ? [`${f.value} !== undefined`] : [])).join(' && ')}) ${into} = ${literal(fields)}
        else {
          ${into} = ${literal(fields.slice(0, from))}
          ${fields
            .slice(from)
            .map(f => setText(into, f))
            .join('\n')}
        }`
  return `${within.join('\n')}\n${made}`
}

function setText(into: string, { name, value, optional }: FieldShape & { readonly value: string }): string {
  return `${optional ? `if (${value} !== undefined) ` : ''}${into}[${text(name)}] = ${value}`
}
