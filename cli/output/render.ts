// Diagnostics as text, with paths relative to the working directory.

import { relative } from 'node:path'
import { type CheckedJob, renderDiagnostics } from '../../compiler/index.ts'

/** Empty where there are none. */
export function renderFor({ diagnostics, texts, folder }: CheckedJob, colour: boolean): string {
  const from = relative(process.cwd(), folder).replaceAll('\\', '/')
  const prefix = from === '' ? '' : `${from}/`
  return renderDiagnostics(diagnostics, { textOf: file => texts.get(file), prefix, colour })
}

/** `2 errors, 1 warning`, or nothing. */
export function countText({ diagnostics }: Pick<CheckedJob, 'diagnostics'>): string {
  const count = (severity: string): number => diagnostics.filter(d => d.severity === severity).length
  const parts = [[count('error'), 'error'] as const, [count('warning'), 'warning'] as const]
  return parts.flatMap(([n, word]) => (n === 0 ? [] : [`${n} ${word}${n === 1 ? '' : 's'}`])).join(', ')
}
