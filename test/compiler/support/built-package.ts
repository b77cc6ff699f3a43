// The package as users get it, for tests that start emitted modules as processes: types stripped, not checked.
//
// Promises: made from the current sources, in a folder of its own, once for each test process.

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..')
/** Everything that emitted modules load. */
const PARTS = ['core', 'dsl', 'formats', 'logs', 'store', 'host', 'run', 'sinks', 'runtime-batch', 'runtime-stream']

let made: string | undefined

/** The folder of the package, with `package.json`, `build` and `node_modules`. */
export function builtPackage(): string {
  if (made !== undefined) return made
  const folder = mkdtempSync(join(tmpdir(), 'lyrebird-package-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  // Single modules; the bundles that a build makes of them are tested by test/package.
  const manifest = readFileSync(join(ROOT, 'package.json'), 'utf8').replaceAll('/bundle.js', '/index.js')
  writeFileSync(join(folder, 'package.json'), manifest)
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'junction')
  for (const part of PARTS) strip(part, join(folder, 'build'))
  made = folder
  return folder
}

function strip(part: string, out: string): void {
  for (const entry of readdirSync(join(ROOT, part), { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith('.ts')) continue
    const path = join(entry.parentPath, entry.name)
    const { outputText } = ts.transpileModule(readFileSync(path, 'utf8'), { compilerOptions: OPTIONS })
    const target = join(out, path.slice(ROOT.length).replace(/\.ts$/, '.js'))
    mkdirSync(dirname(target), { recursive: true })
    writeFileSync(target, outputText)
  }
}

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.ESNext,
  verbatimModuleSyntax: true,
  rewriteRelativeImportExtensions: true,
}

/** Makes `lyrebird` in an artefact's folder resolve to the package. */
export function linkBuilt(outDir: string): void {
  const link = join(outDir, 'node_modules', 'lyrebird')
  mkdirSync(dirname(link), { recursive: true })
  rmSync(link, { force: true })
  symlinkSync(builtPackage(), link, 'junction')
}
