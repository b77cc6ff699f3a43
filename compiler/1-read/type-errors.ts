// TypeScript's own diagnostics of the author's files.
//
// Promises: one for each complaint, with its innermost sentence: that of the language ("window() needs a keyed stream
// ...") where a type carries one. Not here: what has a diagnostic of lyrebird, such as an import of a Node module.

import { isBuiltin } from 'node:module'
import type { Span } from '../diagnostic.ts'
import { ts } from './syntax.ts'

export interface TypeComplaint {
  readonly code: number
  readonly text: string
  readonly span: Span | null
}

type SpanOf = (at: { file: ts.SourceFile; start: number; end: number }) => Span

export function typeErrors(
  program: ts.Program,
  files: readonly ts.SourceFile[],
  spanOf: SpanOf,
): readonly TypeComplaint[] {
  const found = files.flatMap(file => [
    ...program.getSyntacticDiagnostics(file),
    ...program.getSemanticDiagnostics(file),
  ])
  return found
    .filter(d => d.category === ts.DiagnosticCategory.Error && !isNodeModule(d))
    .map(d => ({ code: d.code, text: textOf(d.messageText), span: place(d, spanOf) }))
}

function place(d: ts.Diagnostic, spanOf: SpanOf): Span | null {
  if (d.file === undefined || d.start === undefined) return null
  return spanOf({ file: d.file, start: d.start, end: d.start + (d.length ?? 0) })
}

/**
 * The sentence of a `Mistake<...>` type if there is one, else TypeScript's first line and the line that gives the
 * reason.
 */
function textOf(message: string | ts.DiagnosticMessageChain): string {
  const all = ts.flattenDiagnosticMessageText(message, '\n')
  const sentence = /Mistake<"((?:[^"\\]|\\.)*)">/.exec(all)?.[1]
  if (sentence !== undefined) return sentence.replace(/\\(.)/g, '$1')
  const lines = all.split('\n').map(line => line.trim())
  const last = lines.at(-1) as string
  return lines.length === 1 ? last : `${lines[0]} ${last}`
}

/** "Cannot find module 'fs'": the import has a diagnostic of lyrebird that says why. */
function isNodeModule(d: ts.Diagnostic): boolean {
  if (d.code !== 2307 && d.code !== 2591 && d.code !== 2580) return false
  const name = /'([^']+)'/.exec(ts.flattenDiagnosticMessageText(d.messageText, '\n'))?.[1]
  return name !== undefined && isBuiltin(name)
}
