// What a case expects and what the job gives, in one form: one line of text for each row or record.
//
// Promises: for a table the final value of each key and window; for a stream every record with its key and time.

import type { JobResult } from '../../../core/result/result.ts'
import { valuesIn } from '../../support/read-result.ts'
import type { Case, CaseRecord } from './cases.ts'
import type { MadeJob } from './to-job.ts'

/** Rows by key and window, or records in any order. */
export type Lines = readonly string[]

export function expectedLines({ outputs }: Case, made: MadeJob): Lines {
  if (made.kind === 'stream') {
    return outputs.map(o => `${o.timestamp ?? 0} ${keyText(o.key)} ${valueText(made.columns, o.value)}`).sort()
  }
  const final = new Map<string, string>()
  for (const output of outputs) {
    const at = `${output.window?.start ?? ''} ${keyText(output.key)}`
    if (output.value === null) final.delete(at)
    else final.set(at, valueText(made.columns, output.value))
  }
  return [...final].map(([at, value]) => `${at} ${value}`).sort()
}

const utf8 = new TextDecoder()

export function ownLines(result: JobResult, made: MadeJob): Lines {
  if (made.kind === 'stream') {
    return (result.outputs.get('result') ?? [])
      .flat()
      .map(
        r =>
          `${r.timestamp} ${r.key === null ? 'null' : utf8.decode(r.key)} ${valueText(made.columns, JSON.parse(utf8.decode(r.value)))}`,
      )
      .sort()
  }
  return (result.views.get('result') ?? [])
    .map(row => {
      const parts = valuesIn(row.key)
      const start = made.windowed === null ? '' : parts[0]
      return `${start} ${parts.at(-1)} ${valueText(made.columns, valuesIn(row.value as Uint8Array)[0])}`
    })
    .sort()
}

const keyText = (key: CaseRecord['key']): string => (key === undefined || key === null ? 'null' : String(key))

/** Columns in order; an absent one and an empty text are null, and numbers are equal however they are written. */
function valueText(columns: readonly string[], value: unknown): string {
  if (value === null) return 'null'
  const given = typeof value === 'string' ? rowOf(columns, value) : new Map(Object.entries(value as object))
  const byUpper = new Map([...given].map(([name, v]) => [name.toUpperCase(), v]))
  return JSON.stringify(columns.map(c => plain(byUpper.get(c.toUpperCase()))))
}

const rowOf = (columns: readonly string[], text: string): Map<string, unknown> => {
  const parts = text.split(',')
  return new Map(columns.map((c, i) => [c, parts[i]]))
}

function plain(value: unknown): unknown {
  if (value === undefined || value === null || value === '') return null
  if (typeof value === 'string') return /^-?\d+(\.\d+)?(E-?\d+)?$/.test(value) ? Number(value) : value
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value)
      .map(([name, v]) => [name, plain(v)] as const)
      .sort((a, b) => (a[0] < b[0] ? -1 : 1)),
  )
}
