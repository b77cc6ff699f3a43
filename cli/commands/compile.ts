// `lyrebird compile`: writes the artefact of a job.

import { relative } from 'node:path'
import { keptVerdicts } from '../cache/kept-verdicts.ts'
import { readConfig, sinksModule } from '../config.ts'
import { checkJobPath } from '../options.ts'
import { CheckFailed } from '../output/failure.ts'
import type { Terminal } from '../output/terminal.ts'

export async function compile(
  job: string,
  options: { readonly out?: string; readonly json?: boolean },
  terminal: Terminal,
): Promise<void> {
  checkJobPath(job)
  terminal.progress(`compiling ${job}`)
  const { compileJob, diagnosticJson } = await import('../../compiler/index.ts')
  const { renderFor } = await import('../output/render.ts')
  const sinks = await sinksModule(await readConfig())
  const result = await compileJob(job, { outDir: options.out, verdicts: keptVerdicts(job), sinks })
  terminal.progress(null)
  const rendered = renderFor(result, terminal.colours.isColorSupported)
  if (result.outDir === null || result.plan === null) throw new CheckFailed(job, result.diagnostics, rendered)
  const out = relative(process.cwd(), result.outDir) || '.'
  if (options.json === true) {
    const results = result.plan.results.map(({ name, kind, hash }) => ({ name, kind, hash }))
    const diagnostics = result.diagnostics.map(diagnosticJson)
    await terminal.data(JSON.stringify({ job: result.plan.job, out: result.outDir, results, diagnostics }))
    return
  }
  if (rendered !== '') terminal.talk(rendered)
  terminal.talk(`${terminal.colours.green('ok')}  job ${result.plan.job} is in ${out}`)
  terminal.talk(`  node ${out}/batch.mjs --log LOG --state STATE`)
}
