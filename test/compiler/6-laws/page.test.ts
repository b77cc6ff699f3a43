// docs/language/aggregation-laws.md shows the counter-example that `check` prints.

import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { checkJob, renderDiagnostics } from '../../../compiler/index.ts'
import { jobFile } from '../support/job-folder.ts'

const PAGE = new URL('../../../docs/language/aggregation-laws.md', import.meta.url)

it('shows what check prints', async () => {
  const page = readFileSync(PAGE, 'utf8')
  const block = (language: string): string => new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``).exec(page)?.[1] ?? ''
  const { diagnostics, texts } = await checkJob(jobFile(block('typescript')))
  const printed = renderDiagnostics(diagnostics, { textOf: file => texts.get(file) })
  expect(block('text')).toBe(printed)
})
