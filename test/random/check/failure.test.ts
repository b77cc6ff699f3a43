// A campaign with a defect put into its modules: the failure is shrunk, printed, and written down so that it can be run
// again.

import { existsSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { compileJob, loadFunctions } from '../../../compiler/index.ts'
import type { FunctionsModule, Linked } from '../../../core/emitted/emitted-module.ts'
import { verifyJob } from '../../../testing/equivalence/index.ts'
import { emittedModule } from '../../compiler/7-emit/recording-target.ts'
import type { JobSpec } from '../job-spec.ts'
import { runCampaign, summaryLines } from './campaign.ts'

/** Loses the last record of each chunk that has more than one. */
function losing(module: FunctionsModule): FunctionsModule {
  const sources = (linked: Linked): Linked['sources'] =>
    Object.fromEntries(
      Object.entries(linked.sources).map(([id, read]) => [
        id,
        (chunk, first, last, state) => read(chunk, first, last - first > 1 ? last - 1 : last, state),
      ]),
    )
  return {
    ...module,
    link: target => {
      const linked = module.link(target)
      return { ...linked, sources: sources(linked) }
    },
  }
}

it('shrinks a failure, prints the job, and writes what replays it', { timeout: 120_000 }, async () => {
  const moduleOf = (program: Parameters<typeof emittedModule>[0]): FunctionsModule => losing(emittedModule(program))
  // Under `final` nothing is held back, so `verify` compares everything.
  const campaign = await runCampaign({ jobs: 20, seed: 5, moduleOf, jobMs: 4000, trials: { final: true } })
  const { text = '', folder = null } = campaign.failure ?? {}
  expect(folder).not.toBeNull()
  const at = (name: string): string => join(folder as string, name)
  try {
    expect(text).toContain('differ')
    expect(text).toContain(`lyrebird verify ${at('job.ts')} --log ${at('log')} --final`)
    expect(text).toContain(readFileSync(at('job.ts'), 'utf8'))
    expect(summaryLines(campaign).join('\n')).toContain(text)
    const spec = JSON.parse(readFileSync(at('spec.json'), 'utf8')) as JobSpec
    expect(spec.steps.length).toBeLessThan(8)
    expect(existsSync(at('log'))).toBe(true)
    const { outDir } = await compileJob(at('job.ts'), { outDir: at('out') })
    const module = await loadFunctions(outDir as string)
    const final = true
    const sound = await verifyJob({ functions: module, log: at('log'), final, interleavings: 2, seed: 1 })
    expect(sound.difference).toBeNull()
    const broken = await verifyJob({
      functions: losing(module),
      log: at('log'),
      final,
      interleavings: 2,
      seed: 1,
      workers: [1],
    })
    expect(broken.difference).not.toBeNull()
  } finally {
    if (folder?.startsWith(tmpdir())) rmSync(folder, { recursive: true, force: true })
  }
})
