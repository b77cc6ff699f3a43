// The compiler: a job file to an artefact that runs on its own, or to the list of what is wrong with it.
//
// Promises: diagnostics are returned and never thrown; with an error among them nothing is written. Two compiles of the same sources
// under the same versions write the same bytes. Leaves to the phases' folders: each its part.

import { createHash } from 'node:crypto'
import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { FunctionsModule } from '../core/emitted/emitted-module.ts'
import type { Plan } from '../core/plan/plan.ts'
import { analyseJob } from './2-check/analyse-job.ts'
import type { JobAnalysis } from './2-check/job-analysis.ts'
import { type Bundle, bundleJob } from './3-bundle/bundle.ts'
import { evaluateJob, type Modules } from './4-evaluate/evaluate.ts'
import { lawDiagnostics } from './6-laws/law-diagnostics.ts'
import { memoryVerdicts, type VerdictStore } from './6-laws/verdicts.ts'
import { type Artefact, emitArtefact, type Versions } from './7-emit/module.ts'
import { linkPackage, writeArtefact } from './7-emit/write.ts'
import { collect, type Diagnostic, hasErrors } from './diagnostic.ts'
import { FORMAT_ENTRIES, packageRoot } from './package-root.ts'

export type { LawVerdict } from './6-laws/verdict.ts'
export type { VerdictStore } from './6-laws/verdicts.ts'
export { type Diagnostic, hasErrors } from './diagnostic.ts'
export { diagnosticJson, type RenderOptions, renderDiagnostic, renderDiagnostics } from './render-diagnostic.ts'

/** What the compiler found out about a job without writing anything. */
export interface CheckedJob {
  readonly diagnostics: readonly Diagnostic[]
  /** Null where there are errors. */
  readonly plan: Plan | null
  /** Text of every author's file by its path relative to the job's folder: for the frames of diagnostics. */
  readonly texts: ReadonlyMap<string, string>
  /** The job's folder, absolute. */
  readonly folder: string
}

export interface CheckOptions {
  /** Where verdicts on the laws of aggregations are kept. Default: in this process. */
  readonly verdicts?: VerdictStore | undefined
}

export interface CompileOptions extends CheckOptions {
  /** Where the artefact goes. Default: `dist/NAME` in the working directory. */
  readonly outDir?: string | undefined
}

export interface CompiledJob extends CheckedJob {
  /** The artefact's folder, absolute; null where nothing was written. */
  readonly outDir: string | null
}

/** All diagnostics of a job, and its plan where there are no errors. */
export async function checkJob(path: string, options: CheckOptions = {}): Promise<CheckedJob> {
  const { checked } = await through(path, options)
  return checked
}

/** Compiles a job. Throws only what the file system throws while the artefact is written. */
export async function compileJob(path: string, options: CompileOptions = {}): Promise<CompiledJob> {
  const { checked, bundle, files } = await through(path, options)
  if (checked.plan === null || bundle === null) return { ...checked, outDir: null }
  const outDir = resolve(options.outDir ?? join('dist', checked.plan.job))
  writeArtefact(outDir, emit(checked.plan, bundle, files))
  linkPackage(outDir, packageRoot())
  return { ...checked, outDir }
}

/** The functions module of an artefact. Each content is loaded once for each process. */
export async function loadFunctions(dir: string): Promise<FunctionsModule> {
  const path = join(resolve(dir), 'functions.mjs')
  const content = createHash('sha256').update(readFileSync(path)).digest('hex').slice(0, 16)
  return (await import(`${pathToFileURL(path).href}?content=${content}`)) as FunctionsModule
}

const VERDICTS = memoryVerdicts()

interface Passed {
  readonly checked: CheckedJob
  readonly bundle: Bundle | null
  readonly files: readonly string[]
}

async function through(path: string, { verdicts = VERDICTS }: CheckOptions): Promise<Passed> {
  // Where a folder on the way is a link, checker and bundler must still mean the same file.
  const analysis = analyseJob(existsSync(path) ? realpathSync(path) : path)
  const { texts, folder } = analysis
  const stop = (diagnostics: readonly Diagnostic[]): Passed => ({
    checked: { diagnostics: collect([...analysis.diagnostics, ...diagnostics]), plan: null, texts, folder },
    bundle: null,
    files: [],
  })
  if (hasErrors(analysis.diagnostics)) return stop([])
  const { bundle, diagnostics } = await bundleJob(analysis)
  if (bundle === null) return stop(diagnostics)
  const evaluated = evaluateJob(bundle, analysis, await modulesFor(bundle))
  if (evaluated.plan === null) return stop(evaluated.diagnostics)
  const laws = await lawDiagnostics(evaluated.graph, analysis, verdicts, `${packageVersion()} ${process.version}`)
  if (hasErrors(laws)) return stop(laws)
  const checked = { diagnostics: collect([...analysis.diagnostics, ...laws]), plan: evaluated.plan, texts, folder }
  return { checked, bundle, files: relativeFiles(analysis) }
}

function relativeFiles({ files, folder }: JobAnalysis): string[] {
  return files.map(file => relative(folder, file).replaceAll('\\', '/'))
}

function emit(plan: Plan, bundle: Bundle, files: readonly string[]): Artefact {
  const version = packageVersion()
  const { node, v8, icu = 'none', tz = 'none' } = process.versions
  const versions: Versions = { lyrebird: version, node, v8, icu, tz }
  return emitArtefact(plan, bundle, files, versions)
}

function packageVersion(): string {
  return (JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as { version: string }).version
}

/** The language and its formats as the job gets them: parts of this package, loaded at run time as any job's imports are. */
async function modulesFor({ requires }: Bundle): Promise<Modules> {
  const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js'
  const folders: Readonly<Record<string, string>> = { lyrebird: 'dsl', ...FORMAT_ENTRIES }
  const load = async (name: string): Promise<readonly [string, unknown][]> => {
    const folder = folders[name]
    if (folder === undefined) return []
    return [[name, await import(new URL(`../${folder}/index${extension}`, import.meta.url).href)]]
  }
  return new Map((await Promise.all(requires.map(load))).flat())
}
