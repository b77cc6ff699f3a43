// `lyrebird check`: every diagnostic of a job.

import { EXIT } from '../../core/errors.ts'
import { keptVerdicts } from '../cache/kept-verdicts.ts'
import { checkJobPath } from '../options.ts'
import type { Terminal } from '../output/terminal.ts'

export async function check(job: string, options: { readonly json?: boolean }, terminal: Terminal): Promise<number> {
  checkJobPath(job)
  terminal.progress(`checking ${job}`)
  const { checkJob, diagnosticJson, hasErrors } = await import('../../compiler/index.ts')
  const { countText, renderFor } = await import('../output/render.ts')
  const checked = await checkJob(job, { verdicts: keptVerdicts(job) })
  terminal.progress(null)
  const failed = hasErrors(checked.diagnostics) || checked.plan === null
  const results = checked.plan?.results.map(({ name, kind, hash }) => ({ name, kind, hash })) ?? []
  if (options.json === true) {
    const diagnostics = checked.diagnostics.map(diagnosticJson)
    await terminal.data(JSON.stringify({ job: checked.plan?.job ?? null, ok: !failed, results, diagnostics }))
  } else {
    const text = renderFor(checked, terminal.dataColours.isColorSupported)
    if (text !== '') await terminal.data(text.trimEnd())
    await terminal.flush()
    const { colours } = terminal
    if (failed) terminal.talk(`${colours.red(countText(checked))} in ${job}`)
    else {
      const names = results.map(r => `${r.kind} ${r.name}`).join(', ')
      const warnings = countText(checked)
      terminal.talk(
        `${colours.green('ok')}  job ${checked.plan?.job}: ${names}${warnings === '' ? '' : ` (${warnings})`}`,
      )
    }
  }
  return failed ? EXIT.check : EXIT.ok
}
