// Loads a job under test from what the author gave: a value, or the path of its file.
//
// Promises: a file is compiled once for each process, and again when one of its sources has changed; errors of the
// compiler are thrown as it renders them.
// Not here: running what was compiled (`agree.ts`).

import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { planGraph } from '../compiler/plan-graph.ts'
import type { FunctionsModule } from '../core/emitted/emitted-module.ts'
import { LyrebirdError } from '../core/errors.ts'
import { graphOf, lambdasOf } from '../core/plan/graph.ts'
import type { Program } from '../core/reference/reference.ts'

/** A compiled job. */
export interface CompiledTest {
  readonly functions: FunctionsModule
  readonly functionsUrl: string
  /** Path of the job's file, absolute. */
  readonly path: string
}

interface LoadedTest {
  readonly program: Program
  /** Null where the job was given as a value. */
  readonly compiled: CompiledTest | null
}

export async function loadJob(job: unknown): Promise<LoadedTest> {
  if (typeof job === 'string' || job instanceof URL) {
    const compiled = await compiledOnce(typeof job === 'string' ? resolve(job) : fileURLToPath(job))
    return { program: compiled.functions, compiled }
  }
  const graph = graphOf(job)
  if (graph === null) {
    throw new LyrebirdError('usage', 'this is no job', { hint: 'give what job(...) made, or the path of its file' })
  }
  const plan = planGraph(graph)
  return { program: { plan, lambdas: lambdasOf(plan, graph) }, compiled: null }
}

interface Known {
  readonly compiled: CompiledTest
  /** Text of each source by its absolute path. */
  readonly texts: ReadonlyMap<string, string>
}

const known = new Map<string, Promise<Known>>()

async function compiledOnce(path: string): Promise<CompiledTest> {
  const before = await known.get(path)?.catch(() => undefined)
  if (before !== undefined && isCurrent(before)) return before.compiled
  const made = compile(path)
  known.set(path, made)
  return (await made).compiled
}

function isCurrent({ texts }: Known): boolean {
  return [...texts].every(([path, text]) => {
    try {
      return readFileSync(path, 'utf8') === text
    } catch {
      return false
    }
  })
}

async function compile(path: string): Promise<Known> {
  // Loaded only for files: a job given as a value needs no compiler, which takes time to load.
  const { compileJob, hasErrors, loadFunctions, renderDiagnostics } = await import('../compiler/index.ts')
  const outDir = mkdtempSync(join(tmpdir(), 'lyrebird-test-job-'))
  // Source maps are read at the first error, so the folder stays until the process ends.
  process.once('exit', () => rmSync(outDir, { recursive: true, force: true }))
  const { diagnostics, texts, folder, outDir: written } = await compileJob(path, { outDir })
  if (written === null || hasErrors(diagnostics)) {
    const rendered = renderDiagnostics(diagnostics, { textOf: file => texts.get(file) })
    throw new LyrebirdError('check-failed', `${path} does not compile\n\n${rendered}`, { where: { path } })
  }
  const functions = await loadFunctions(written)
  const functionsUrl = pathToFileURL(join(written, 'functions.mjs')).href
  const absolute = new Map([...texts].map(([file, text]) => [resolve(folder, file), text]))
  return { compiled: { functions, functionsUrl, path }, texts: absolute }
}
