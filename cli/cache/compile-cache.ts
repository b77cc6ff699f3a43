// The compile cache: a job that has not changed is not compiled again.
//
// Promises: an artefact is found by the content of every file that went into it, the version of lyrebird, its ABI
// number and the version of Node; it appears whole or not at all, so that commands may run concurrently; only artefacts
// without errors are kept; one that was damaged since is compiled again, with a word. The compiler is loaded only where
// something has to be compiled.

import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ABI } from '../../core/emitted/abi.ts'
import type { FunctionsModule } from '../../core/emitted/emitted-module.ts'
import { isLyrebirdError } from '../../core/errors.ts'
import { checkArtefact, sha256 } from '../../host/artefact.ts'
import { CheckFailed } from '../output/failure.ts'
import type { Terminal } from '../output/terminal.ts'
import { version } from '../package.ts'
import { cacheDirectory, configurationFiles } from './cache-place.ts'
import { keptVerdicts } from './kept-verdicts.ts'
import { readSealed, writeSealed } from './sealed-text.ts'

interface ReadyJob {
  readonly functions: FunctionsModule
  readonly functionsUrl: string
}

const KEPT = 40
/** Goes up with every change of what lies in the cache. */
const CACHE_FORMAT = 2

/** The functions of a job, compiled now or earlier. Throws `CheckFailed` with the rendered diagnostics. */
export async function readyJob(job: string, terminal: Terminal): Promise<ReadyJob> {
  const path = resolve(job)
  const cache = cacheDirectory(path)
  const index = join(cache, `${digest(path)}.json`)
  const known = readInputs(index)
  const found = known === null ? null : join(cache, keyOf(path, known))
  const artefact = found !== null && isReady(found, job, terminal) ? found : await compiled(job, cache, index, terminal)
  tellWarnings(artefact, terminal)
  const functionsUrl = pathToFileURL(join(artefact, 'functions.mjs')).href
  return { functions: (await import(functionsUrl)) as FunctionsModule, functionsUrl }
}

/** False where there is no artefact, or a damaged one, which is told. */
function isReady(artefact: string, job: string, terminal: Terminal): boolean {
  if (!existsSync(artefact)) return false
  if (isWhole(artefact)) return true
  terminal.talk(`what was compiled of ${job} before is damaged; it is compiled again`)
  return false
}

function isWhole(artefact: string): boolean {
  try {
    if (!existsSync(join(artefact, 'manifest.json'))) return false
    checkArtefact(artefact)
    return readSealed(join(artefact, WARNINGS)) !== null
  } catch (error) {
    if (!isLyrebirdError(error)) throw error
    return false
  }
}

async function compiled(job: string, cache: string, index: string, terminal: Terminal): Promise<string> {
  terminal.progress(`compiling ${job}`)
  const { compileJob } = await import('../../compiler/index.ts')
  const { renderFor } = await import('../output/render.ts')
  const fresh = mkdtempSync(join(cache, 'new-'))
  try {
    const result = await compileJob(job, { outDir: fresh, verdicts: keptVerdicts(job) })
    terminal.progress(null)
    if (result.outDir === null)
      throw new CheckFailed(job, result.diagnostics, renderFor(result, terminal.colours.isColorSupported))
    writeSealed(join(fresh, WARNINGS), renderFor(result, false))
    const inputs = [...new Set([...result.texts.keys(), ...bundledFiles(fresh)])].map(file =>
      resolve(result.folder, file),
    )
    const path = resolve(job)
    const all = [...new Set([...inputs, ...result.configuration, ...configurationFiles(path)])].sort()
    const target = join(cache, keyOf(path, all))
    moveInto(fresh, target)
    writeSealed(index, JSON.stringify(all))
    forgetOld(cache)
    return target
  } finally {
    rmSync(fresh, { recursive: true, force: true })
  }
}

const WARNINGS = 'warnings.txt'

function tellWarnings(artefact: string, terminal: Terminal): void {
  const now = new Date()
  utimesSync(artefact, now, now)
  const text = readSealed(join(artefact, WARNINGS)) ?? ''
  if (text !== '') terminal.talk(text)
}

/** Where another command was faster, its artefact is kept: the content is the same. A damaged one makes room. */
function moveInto(fresh: string, target: string): void {
  for (let tries = 0; !isWhole(target); tries++) {
    rmSync(target, { recursive: true, force: true })
    try {
      renameSync(fresh, target)
    } catch (error) {
      if (!existsSync(target) || tries > 2) throw error
    }
  }
}

function readInputs(index: string): readonly string[] | null {
  const text = readSealed(index)
  return text === null ? null : (JSON.parse(text) as string[])
}

/** Libraries are bundled too: the source map names every file. */
function bundledFiles(artefact: string): readonly string[] {
  return (JSON.parse(readFileSync(join(artefact, 'functions.mjs.map'), 'utf8')) as { sources: string[] }).sources
}

function keyOf(job: string, inputs: readonly string[]): string {
  const { node, v8, icu, tz } = process.versions
  const parts = inputs.map(file => [file, contentOf(file)])
  return digest(JSON.stringify([CACHE_FORMAT, job, version(), ABI, node, v8, icu, tz, parts]))
}

function contentOf(file: string): string | null {
  try {
    return sha256(readFileSync(file))
  } catch {
    return null
  }
}

const digest = (text: string): string => sha256(text).slice(0, 32)

/** Keeps the artefacts that were used last. */
function forgetOld(cache: string): void {
  const folders = readdirSync(cache).filter(name => /^[0-9a-f]{32}$/.test(name))
  if (folders.length <= KEPT) return
  const used = folders.map(name => ({ name, at: statSync(join(cache, name), { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
  for (const { name } of used.sort((a, b) => b.at - a.at).slice(KEPT))
    rmSync(join(cache, name), { recursive: true, force: true })
}
