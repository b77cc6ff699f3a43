// Each deliberate defect turns its suite red: a suite that misses a mutant proves nothing about what it guards.
//
// A mutant counts as caught only where an assertion failed; a suite that could not be loaded is an error of the mutant.

import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { ROOT } from '../support/repository.ts'
import type { Mutant } from './mutant.ts'
import { MUTANTS } from './mutants.ts'

/** A suite with brokers that die takes a minute beside other suites. */
const LIMIT_MS = 240_000

interface Report {
  readonly numFailedTests: number
  readonly numPassedTests: number
  readonly testResults: readonly { readonly message: string; readonly assertionResults: readonly unknown[] }[]
}

it('has at least eight, each with a name of its own', () => {
  expect(MUTANTS.length).toBeGreaterThanOrEqual(8)
  expect(new Set(MUTANTS.map(m => m.name)).size).toBe(MUTANTS.length)
})

it('each changes a text that occurs once: a module that cannot be loaded fails its suite too', () => {
  const occurrences = ({ file, find }: Mutant): number => readFileSync(join(ROOT, file), 'utf8').split(find).length - 1
  expect(MUTANTS.filter(mutant => occurrences(mutant) !== 1).map(({ name }) => name)).toEqual([])
})

it.each(MUTANTS)('$name is caught by $suite', { timeout: LIMIT_MS }, async mutant => {
  const report = await run(mutant)
  const unloaded = report.testResults.filter(r => r.assertionResults.length === 0).map(r => r.message)
  expect(unloaded).toEqual([])
  expect(report.numFailedTests, `${mutant.suite} lets live: ${mutant.defect}`).toBeGreaterThan(0)
})

async function run({ name, suite }: Mutant): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), 'lyrebird-mutant-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const report = join(folder, 'report.json')
  const vitest = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs')
  const config = join('test', 'mutants', 'vitest.mutants.config.ts')
  const args = [vitest, 'run', suite, '--config', config, '--root', ROOT, '--reporter=json', `--outputFile=${report}`]
  const env: NodeJS.ProcessEnv = { ...process.env, LYREBIRD_MUTANT: name, TZ: 'UTC' }
  for (const variable of Object.keys(env)) if (variable.startsWith('VITEST')) delete env[variable]
  let text = ''
  await new Promise<void>((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] })
    child.stdout.on('data', part => (text += part))
    child.stderr.on('data', part => (text += part))
    child.on('error', reject)
    child.on('close', () => resolve())
  })
  try {
    return JSON.parse(readFileSync(report, 'utf8')) as Report
  } catch {
    throw new Error(`the suite of ${name} left no report:\n${text.slice(-2000)}`)
  }
}
