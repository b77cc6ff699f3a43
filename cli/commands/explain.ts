// `lyrebird explain`: the page of a word, or what a compiled plan will do.

import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { diagnosticWords, explain as pageOf } from '../../compiler/explain.ts'
import { didYouMean } from '../../core/did-you-mean.ts'
import { FAILURES, LyrebirdError } from '../../core/errors.ts'
import type { Plan } from '../../core/plan/plan.ts'
import { FAILURE_PAGES, failurePage } from '../output/failure-pages.ts'
import { planLines } from '../output/plan-text.ts'
import type { Terminal } from '../output/terminal.ts'

export async function explain(word: string, options: { readonly json?: boolean }, terminal: Terminal): Promise<void> {
  const plan = readPlan(word)
  if (plan !== null) {
    if (options.json === true) await terminal.data(JSON.stringify(plan))
    else for (const line of planLines(plan)) await terminal.data(line)
    return
  }
  const page = pageOfWord(word)
  await terminal.data(options.json === true ? JSON.stringify({ word, page }) : page)
}

/** A word may be both a diagnostic's and a failure's: then both pages, one after the other. */
function pageOfWord(word: string): string {
  const pages = [pageOf(word), failurePage(word)].filter(page => page !== null)
  if (pages.length > 0) return pages.map(page => page.trimEnd()).join('\n\n')
  const known = [...new Set([...diagnosticWords(), ...Object.keys(FAILURE_PAGES)])]
  const near = didYouMean(word, known)
  throw new LyrebirdError('usage', `there is no page for ${JSON.stringify(word.slice(0, 80))}, and no plan there`, {
    hint: near === null ? `words: ${[...known].sort().join(' ')}` : `did you mean ${near}?`,
  })
}

/** The plan in a file, or in the folder of an artefact; null where the word names neither. */
function readPlan(path: string): Plan | null {
  if (path in FAILURES) return null
  const stat = statSync(path, { throwIfNoEntry: false })
  if (stat === undefined) return null
  const file = stat.isDirectory() ? join(path, 'plan.json') : path
  if (/\.[cm]?[jt]sx?$/.test(file)) {
    throw new LyrebirdError('usage', `${file} is a job, not a compiled plan`, {
      hint: `lyrebird compile ${file} --out dist/job && lyrebird explain dist/job`,
    })
  }
  try {
    const plan = JSON.parse(readFileSync(file, 'utf8')) as Plan
    if (Array.isArray(plan.nodes) && Array.isArray(plan.results) && typeof plan.job === 'string') return plan
  } catch (cause) {
    throw new LyrebirdError('usage', `${file} cannot be read as a plan: ${(cause as Error).message}`, {
      where: { file },
      cause,
    })
  }
  throw new LyrebirdError('usage', `${file} holds no plan`, {
    where: { file },
    hint: 'give the plan.json that lyrebird compile wrote',
  })
}
