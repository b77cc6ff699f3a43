// Runs the suite of a mutant, which ends with its first failure.
//
// Promises: a mutant counts as caught only where an assertion failed; a suite that could not be loaded is an error of
// the mutant.

import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished } from 'vitest'
import { ROOT } from '../support/repository.ts'
import type { Mutant } from './mutant.ts'

/** A suite with brokers that die takes a minute beside other suites. */
export const LIMIT_MS = 240_000

interface Report {
  readonly numFailedTests: number
  readonly numPassedTests: number
  readonly testResults: readonly { readonly message: string; readonly assertionResults: readonly unknown[] }[]
}

export async function expectCaught(mutant: Mutant): Promise<void> {
  const report = await run(mutant)
  const unloaded = report.testResults.filter(r => r.assertionResults.length === 0).map(r => r.message)
  expect(unloaded).toEqual([])
  expect(report.numFailedTests, `${mutant.suite} lets live: ${mutant.defect}`).toBeGreaterThan(0)
}

async function run({ name, suite, test }: Mutant): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), 'lyrebird-mutant-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const report = join(folder, 'report.json')
  const vitest = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs')
  const config = join('test', 'mutants', 'vitest.mutants.config.ts')
  const args = [vitest, 'run', suite, '--config', config, '--root', ROOT, '--reporter=json', `--outputFile=${report}`]
  if (test !== undefined) args.push('-t', test)
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
