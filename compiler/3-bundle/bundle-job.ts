// The third phase: bundles a job with everything that it imports into one script, with the compiler's marks inserted
// and a map back to the sources.
//
// Promises: marks are inserted into the author's text, which is never printed again; the same input gives the same
// bytes in any folder, since every path in code and map is relative to the job's folder. `lyrebird` and its entries for
// formats stay outside; the module around the bundle is written by `7-emit`.

import { readFile } from 'node:fs/promises'
import { isBuiltin } from 'node:module'
import { basename, join } from 'node:path'
import { build, type Message as EsbuildMessage, type Loader, type Metafile, type Plugin } from 'esbuild'
import MagicString from 'magic-string'
import type { Insertion } from '../1-read/insertion.ts'
import type { JobAnalysis } from '../2-check/job-analysis.ts'
import { type Diagnostic, diagnose } from '../diagnostic.ts'
import { bundleFailed } from '../messages/job.ts'
import { FORMAT_ENTRIES } from '../package-root.ts'
import type { AuthorImport, Bundle, SourceMap } from './bundle.ts'
import { HOST_MODULE } from './closed-code.ts'
import { placeIn } from './places.ts'

interface Bundled {
  /** Null where there are diagnostics. */
  readonly bundle: Bundle | null
  readonly diagnostics: readonly Diagnostic[]
}

/** Name that the output would have; maps are relative to its folder. */
const OUTPUT = 'functions.mjs'

/** Where packages have several builds: as they are, or those for hosts without Node's modules. */
type Builds = 'plain' | 'browser'

export async function bundleJob(analysis: JobAnalysis): Promise<Bundled> {
  const plain = await bundled(analysis, 'plain')
  if (!('errors' in plain)) return plain
  // Without Node's modules there is no bundle: then the packages' builds for browsers are taken, and the realm stands
  // in for the modules that are left.
  const result = plain.errors.some(importsHost) ? await bundled(analysis, 'browser') : plain
  if (!('errors' in result)) return result
  return { bundle: null, diagnostics: result.errors.map(m => diagnosticOf(m, analysis)) }
}

async function bundled(
  analysis: JobAnalysis,
  builds: Builds,
): Promise<Bundled | { errors: readonly EsbuildMessage[] }> {
  const [entry] = analysis.files
  const browser = builds === 'browser'
  try {
    const result = await build({
      entryPoints: [entry as string],
      absWorkingDir: analysis.folder,
      outfile: join(analysis.folder, OUTPUT),
      write: false,
      bundle: true,
      format: 'cjs',
      platform: 'neutral',
      mainFields: [...(browser ? ['browser'] : []), 'module', 'main'],
      conditions: [...analysis.conditions, ...(browser ? ['browser'] : []), 'import', 'default'],
      target: 'es2022',
      charset: 'utf8',
      legalComments: 'none',
      sourcemap: 'external',
      sourcesContent: true,
      external: ['lyrebird', ...Object.keys(FORMAT_ENTRIES)],
      metafile: true,
      // `eval` cannot be shadowed in strict code; the realm's own is a member of its global object.
      define: { 'process.env.NODE_ENV': '"production"', eval: 'globalThis.eval' },
      // What the type check took over of a tsconfig near the job; no other option may change the meaning.
      tsconfigRaw: { compilerOptions: { target: 'es2022', verbatimModuleSyntax: false, ...analysis.emitted } },
      logLevel: 'silent',
      plugins: [aliasing(analysis.aliases), marking(analysis.insertions), ...(browser ? [standingIn()] : [])],
    })
    const textOf = (end: string): string => result.outputFiles.find(f => f.path.endsWith(end))?.text ?? ''
    const imports = Object.values(result.metafile.outputs).flatMap(output => output.imports)
    const importedBy = authorImports(result.metafile, analysis.texts.keys())
    const requires = [...new Set(imports.filter(i => i.external === true).map(i => i.path))].sort()
    return { bundle: { code: textOf('.mjs'), map: readMap(textOf('.map')), requires, importedBy }, diagnostics: [] }
  } catch (error) {
    const messages = (error as { errors?: readonly EsbuildMessage[] }).errors
    if (messages === undefined) throw error
    return { errors: messages }
  }
}

/** For each file of a package, the first of the author's imports that leads to it. */
function authorImports({ inputs }: Metafile, authors: Iterable<string>): ReadonlyMap<string, AuthorImport> {
  const found = new Map<string, AuthorImport>()
  const own = new Set(authors)
  const importsOf = (path: string) => (inputs[path]?.imports ?? []).filter(i => i.external !== true && !own.has(i.path))
  const queue = [...own].flatMap(file =>
    importsOf(file).map(({ path, original = path }) => ({ path, by: { file, specifier: original } })),
  )
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const { path, by } = next
    if (found.has(path)) continue
    found.set(path, by)
    queue.push(...importsOf(path).map(i => ({ path: i.path, by })))
  }
  return found
}

/** Whether an error is a module of Node that was not found. */
function importsHost({ text }: EsbuildMessage): boolean {
  const [, name] = /^Could not resolve "([^"]+)"/.exec(text) ?? []
  return name !== undefined && isBuiltin(name)
}

/** Modules of Node, where no installed package has the name. */
function standingIn(): Plugin {
  return {
    name: 'lyrebird-host-modules',
    setup(bundler) {
      bundler.onResolve({ filter: /^[^./]/ }, async ({ path, kind, resolveDir, pluginData }) => {
        if (!isBuiltin(path) || pluginData === standingIn) return undefined
        const found = await bundler.resolve(path, { kind, resolveDir, pluginData: standingIn })
        return found.errors.length === 0 ? found : { path, namespace: 'host' }
      })
      bundler.onLoad({ filter: /.*/, namespace: 'host' }, ({ path }) => ({
        contents: `module.exports = ${HOST_MODULE}(${JSON.stringify(`node:${path.replace(/^node:/, '')}`)})`,
        loader: 'js',
      }))
    },
  }
}

function readMap(text: string): SourceMap {
  const { sources, sourcesContent, names, mappings } = JSON.parse(text) as SourceMap
  return { version: 3, sources, sourcesContent, names, mappings }
}

function diagnosticOf(message: EsbuildMessage, analysis: JobAnalysis): Diagnostic {
  const { location, text } = message
  const span =
    location === null
      ? null
      : placeIn(analysis.texts, location.file, location.line, location.column + 1, location.length)
  return diagnose(bundleFailed({ text }), span)
}

const LOADERS: Readonly<Record<string, Loader>> = {
  ts: 'ts',
  mts: 'ts',
  cts: 'ts',
  tsx: 'tsx',
  js: 'js',
  mjs: 'js',
  jsx: 'jsx',
}

/** Imports by names of the author's tsconfig go where the type check found them. */
function aliasing(aliases: ReadonlyMap<string, string>): Plugin {
  return {
    name: 'lyrebird-aliases',
    setup(bundler) {
      bundler.onResolve({ filter: /^[^.]/ }, ({ path }) => {
        const file = aliases.get(path)
        return file === undefined ? undefined : { path: file }
      })
    },
  }
}

/** Inserts the marks into the author's files; the inline map of each is chained into the bundle's own. */
function marking(insertions: ReadonlyMap<string, readonly Insertion[]>): Plugin {
  return {
    name: 'lyrebird-marks',
    setup(bundler) {
      bundler.onLoad({ filter: /\.[cm]?[jt]sx?$/ }, async ({ path }) => {
        const marks = insertions.get(path.replaceAll('\\', '/'))
        if (marks === undefined) return undefined
        // Offsets do not count a byte order mark.
        const source = (await readFile(path, 'utf8')).replace(/^\uFEFF/, '')
        return {
          contents: marked(source, basename(path), marks),
          loader: LOADERS[path.split('.').at(-1) as string] ?? 'ts',
        }
      })
    },
  }
}

function marked(source: string, name: string, marks: readonly Insertion[]): string {
  const text = new MagicString(source)
  for (const { position, text: mark } of marks) text.appendLeft(position, mark)
  const map = text.generateMap({ source: name, includeContent: true, hires: 'boundary' })
  return `${text.toString()}\n//# sourceMappingURL=${map.toUrl()}`
}
