// The real data in a folder beside the repository, and jobs over it: compiled as users do, over an embedded log in a
// folder of its own.
//
// Promises: a suite whose data is absent skips with one line that names the folder; the results that a suite sees were
// read back from the state on disk. Not here: the expected results, which each suite computes from the raw files.

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { describe, expect } from 'vitest'
import { compileJob, loadFunctions, renderDiagnostics } from '../../../compiler/index.ts'
import type { FunctionsModule } from '../../../core/emitted/emitted-module.ts'
import type { Plan } from '../../../core/plan/plan.ts'
import type { JobResult } from '../../../core/result/result.ts'
import { type RowJson, rowJson, watermarkOf, windowOf } from '../../../core/result/result-json.ts'
import { appendFiles } from '../../../logs/append/append.ts'
import type { AppendOptions, AppendSummary } from '../../../logs/append/options.ts'
import { runBatch } from '../../../runtime-batch/index.ts'
import { readWholeResult, verdictLines, verifyJob } from '../../../testing/equivalence/index.ts'
import { cleanUpAfterEach } from '../../support/suites/clean-up.ts'

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..')
const DATA = join(ROOT, '..', 'shared', 'data')

const folders: string[] = []
cleanUpAfterEach('file', () => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

/** A suite over one folder of the data. */
export function describeData(folder: string, suite: () => void): void {
  const path = join(DATA, folder)
  const absent = !existsSync(path)
  if (absent) console.warn(`SKIPPED: real data of ${relative(ROOT, path)} is absent, ${folder} is not tested`)
  describe.skipIf(absent)(`real data: ${folder}`, suite)
}

/** The bytes of a file of the data, unpacked. */
export function dataBytes(path: string): Buffer {
  const bytes = readFileSync(join(DATA, path))
  return path.endsWith('.gz') ? gunzipSync(bytes) : bytes
}

/** Names of the files of a folder, sorted. */
export const dataFiles = (folder: string): string[] => readdirSync(join(DATA, folder)).sort()

/** A job of `test/real/jobs` with a log of its own. */
export class RealJob {
  readonly functions: FunctionsModule
  readonly functionsUrl: string
  readonly folder: string
  readonly log: string

  private constructor(folder: string, functions: FunctionsModule, functionsUrl: string) {
    this.folder = folder
    this.log = join(folder, 'log')
    this.functions = functions
    this.functionsUrl = functionsUrl
  }

  static async compile(name: string): Promise<RealJob> {
    const folder = mkdtempSync(join(tmpdir(), 'lyrebird-real-'))
    folders.push(folder)
    const path = fileURLToPath(new URL(`../jobs/${name}.ts`, import.meta.url))
    const { diagnostics, texts, outDir } = await compileJob(path, { outDir: join(folder, 'dist') })
    if (outDir === null) throw new Error(renderDiagnostics(diagnostics, { textOf: file => texts.get(file) }))
    return new RealJob(folder, await loadFunctions(outDir), pathToFileURL(join(outDir, 'functions.mjs')).href)
  }

  get plan(): Plan {
    return this.functions.plan
  }

  /** Puts bytes into a topic as `lyrebird append` does, in pieces of an odd size. */
  append(topic: string, bytes: Buffer, options: Partial<AppendOptions> = {}): Promise<AppendSummary> {
    async function* pieces() {
      for (let at = 0; at < bytes.length; at += 65_521) yield bytes.subarray(at, at + 65_521)
    }
    const inputs = [{ name: topic, bytes: pieces() }]
    return appendFiles({ directory: this.log, topic, inputs, now: () => 0, ...options })
  }

  /** The options of every run of this job. */
  run(state: string) {
    return { ...this.#program, state: join(this.folder, state) }
  }

  /** Expects batch with one and two workers, `interleavings` schedules of the stream, and the reference to agree. */
  async toAgree(expected: { records: number; final: boolean; interleavings: number; seed: number }): Promise<void> {
    const { final, interleavings, seed } = expected
    const verdict = await verifyJob({
      ...this.#program,
      final,
      interleavings,
      seed,
      budgetMs: Number.POSITIVE_INFINITY,
    })
    expect(verdict.difference, verdictLines(verdict).join('\n')).toBeNull()
    expect([verdict.records, verdict.interleavings]).toEqual([expected.records, interleavings])
    expect(verdict.sides.map(s => s.name)).toEqual(['reference', 'batch, 1 worker', 'batch, 2 workers', 'stream'])
  }

  get #program() {
    const { functions, functionsUrl, log } = this
    return { functions, functionsUrl, log }
  }

  /** The result of a state, read from the disk. */
  result(state: string): Promise<JobResult> {
    const directory = join(this.folder, state)
    return readWholeResult(directory, join(directory, 'out'), this.plan)
  }

  /** The result of one batch run over the whole log. */
  async batch(state: string, final: boolean): Promise<JobResult> {
    await runBatch({ ...this.run(state), final })
    return await this.result(state)
  }

  /** The rows of a view as `lyrebird query` prints them. */
  rows(result: JobResult, view: string): readonly RowJson[] {
    const node = this.plan.results.find(r => r.name === view)?.node
    if (node === undefined) throw new Error(`no view ${view}`)
    const [window, watermark] = [windowOf(this.plan, node), watermarkOf(this.plan, node, result.watermarks)]
    return (result.views.get(view) ?? []).map(row => rowJson(row, window, watermark))
  }
}
