// `lyrebird compile`: writes the artefact of a job.

import { relative } from 'node:path'
import { keptVerdicts } from '../cache/kept-verdicts.ts'
import { readConfig, sinksModule } from '../config.ts'
import type { DeploymentFiles } from '../deploy/deployment-files.ts'
import { checkJobPath } from '../options.ts'
import { CheckFailed } from '../output/failure.ts'
import type { Terminal } from '../output/terminal.ts'

interface Options {
  readonly out?: string
  readonly json?: boolean
  readonly docker?: boolean
  readonly k8s?: boolean
}

export async function compile(job: string, options: Options, terminal: Terminal): Promise<void> {
  checkJobPath(job)
  terminal.progress(`compiling ${job}`)
  const { compileJob, diagnosticJson } = await import('../../compiler/index.ts')
  const { renderFor } = await import('../output/render.ts')
  const sinks = await sinksModule(await readConfig())
  const result = await compileJob(job, { outDir: options.out, verdicts: keptVerdicts(job), sinks })
  terminal.progress(null)
  const rendered = renderFor(result, terminal.colours.isColorSupported)
  if (result.outDir === null || result.plan === null) throw new CheckFailed(job, result.diagnostics, rendered)
  const deployed = await deploymentFiles(result.plan.job, result.outDir, options)
  const out = relative(process.cwd(), result.outDir) || '.'
  if (options.json === true) {
    const results = result.plan.results.map(({ name, kind, hash }) => ({ name, kind, hash }))
    const diagnostics = result.diagnostics.map(diagnosticJson)
    const beside = deployed.files.length === 0 ? {} : { beside: deployed }
    await terminal.data(JSON.stringify({ job: result.plan.job, out: result.outDir, results, diagnostics, ...beside }))
    return
  }
  if (rendered !== '') terminal.talk(rendered)
  terminal.talk(`${terminal.colours.green('ok')}  job ${result.plan.job} is in ${out}`)
  terminal.talk(`  node ${out}/batch.mjs --log LOG --state STATE`)
  for (const file of deployed.files) {
    const isKept = deployed.kept.includes(file)
    terminal.talk(
      `  ${out}/${file}${isKept ? ' is there with other content and stays: remove it to have it anew' : ''}`,
    )
  }
}

async function deploymentFiles(job: string, outDir: string, { docker, k8s }: Options): Promise<DeploymentFiles> {
  if (docker !== true && k8s !== true) return { files: [], kept: [] }
  const { writeDeploymentFiles } = await import('../deploy/deployment-files.ts')
  return writeDeploymentFiles(job, outDir, { docker: docker === true, k8s: k8s === true })
}
