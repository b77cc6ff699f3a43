// The compiler: a job file to an artefact that runs on its own, or to the list of what is wrong with it.
//
// Promises: diagnostics are returned and never thrown; with an error among them nothing is written. Two compiles of the
// same sources under the same versions write the same bytes. The seven phases are run in `phases` and nowhere else.

import { existsSync, realpathSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Plan } from '../core/plan/plan.ts'
import { readJob } from './1-read/read-job.ts'
import { checkReading } from './2-check/check-job.ts'
import { bundleJob } from './3-bundle/bundle-job.ts'
import { evaluateJob } from './4-evaluate/evaluate-job.ts'
import { jobModules } from './4-evaluate/job-modules.ts'
import { planJob } from './5-plan/plan-job.ts'
import { lawDiagnostics } from './6-laws/law-diagnostics.ts'
import { memoryVerdicts, type VerdictStore } from './6-laws/verdicts.ts'
import { emitArtefact } from './7-emit/emit-artefact.ts'
import { collect, type Diagnostic, diagnose, hasErrors } from './diagnostic.ts'
import { unreadableJob } from './messages/job.ts'
import { packageVersion } from './package-root.ts'

export type { LawVerdict } from './6-laws/verdict.ts'
export type { VerdictStore } from './6-laws/verdicts.ts'
export { hasErrors } from './diagnostic.ts'
export { loadFunctions } from './load-functions.ts'
export { diagnosticJson, renderDiagnostics } from './render-diagnostic.ts'

/** What the compiler found out about a job without writing anything. */
export interface CheckedJob {
  readonly diagnostics: readonly Diagnostic[]
  /** Null where there are errors. */
  readonly plan: Plan | null
  /** Text of every author's file by its path relative to the job's folder: for the frames of diagnostics. */
  readonly texts: ReadonlyMap<string, string>
  /** The job's folder, absolute. */
  readonly folder: string
  /** Absolute paths of the configuration files of TypeScript that were looked at. */
  readonly configuration: readonly string[]
}

interface CheckOptions {
  /** Where verdicts on the laws of aggregations are kept. Default: in this process. */
  readonly verdicts?: VerdictStore | undefined
}

interface CompileOptions extends CheckOptions {
  /** Where the artefact goes. Default: `dist/NAME` in the working directory. */
  readonly outDir?: string | undefined
  /** A module with the sinks of a configuration, which goes into the artefact. */
  readonly sinks?: string | null | undefined
}

interface CompiledJob extends CheckedJob {
  /** The artefact's folder, absolute; null where nothing was written. */
  readonly outDir: string | null
}

/** All diagnostics of a job, and its plan where there are no errors. */
export async function checkJob(path: string, options: CheckOptions = {}): Promise<CheckedJob> {
  const { outDir: _, ...checked } = await phases(path, options, null)
  return checked
}

/** Compiles a job. Throws only what the file system throws while the artefact is written. */
export function compileJob(path: string, options: CompileOptions = {}): Promise<CompiledJob> {
  return phases(path, options, plan => resolve(options.outDir ?? join('dist', plan.job)))
}

const VERDICTS = memoryVerdicts()

/** `outDirOf` says where the artefact goes; without it nothing is emitted. */
async function phases(
  path: string,
  { verdicts = VERDICTS, sinks }: CompileOptions,
  outDirOf: ((plan: Plan) => string) | null,
): Promise<CompiledJob> {
  // Where a folder on the way is a link, checker and bundler must still mean the same file.
  const reading = readJob(existsSync(path) ? realpathSync(path) : path)
  if (reading === null) return unread(path)

  const analysis = checkReading(reading)
  const { texts, folder, configuration } = analysis
  const stop = (found: readonly Diagnostic[]): CompiledJob => {
    return {
      diagnostics: collect([...analysis.diagnostics, ...found]),
      plan: null,
      texts,
      folder,
      configuration,
      outDir: null,
    }
  }
  if (hasErrors(analysis.diagnostics)) return stop([])

  const { bundle, diagnostics } = await bundleJob(analysis)
  if (bundle === null) return stop(diagnostics)

  const evaluated = evaluateJob(bundle, analysis, await jobModules(bundle))
  if (evaluated.graphs === null) return stop(evaluated.diagnostics)

  const planned = planJob(evaluated.graphs, bundle, analysis)
  if (planned.plan === null) return stop(planned.diagnostics)

  const version = `${packageVersion()} ${process.version}`
  const laws = await lawDiagnostics(evaluated.graphs.graph, analysis, verdicts, version)
  const late = [...planned.diagnostics, ...laws]
  if (hasErrors(late)) return stop(late)

  const outDir = outDirOf === null ? null : outDirOf(planned.plan)
  if (outDir !== null) emitArtefact(outDir, planned.plan, bundle, analysis, sinks)
  return { ...stop(late), plan: planned.plan, outDir }
}

function unread(path: string): CompiledJob {
  const diagnostics = collect([diagnose(unreadableJob({ path }), null)])
  return { diagnostics, plan: null, texts: new Map(), folder: resolve(path, '..'), configuration: [], outDir: null }
}
