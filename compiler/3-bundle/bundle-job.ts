// The third phase: bundles a job with everything that it imports into one script, with the compiler's marks inserted
// and a map back to the sources.
//
// Promises: marks are inserted into the author's text, which is never printed again; the same input gives the same
// bytes in any folder, since every path in code and map is relative to the job's folder. `lyrebird` and its entries for
// formats stay outside; the module around the bundle is written by `7-emit`.

import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { build, type Message as EsbuildMessage, type Loader, type Plugin } from 'esbuild'
import MagicString from 'magic-string'
import type { Insertion } from '../1-read/insertion.ts'
import type { JobAnalysis } from '../2-check/job-analysis.ts'
import { type Diagnostic, diagnose } from '../diagnostic.ts'
import { bundleFailed } from '../messages/job.ts'
import { FORMAT_ENTRIES } from '../package-root.ts'
import type { Bundle, SourceMap } from './bundle.ts'
import { placeIn } from './places.ts'

interface Bundled {
  /** Null where there are diagnostics. */
  readonly bundle: Bundle | null
  readonly diagnostics: readonly Diagnostic[]
}

/** Name that the output would have; maps are relative to its folder. */
const OUTPUT = 'functions.mjs'

export async function bundleJob(analysis: JobAnalysis): Promise<Bundled> {
  const [entry] = analysis.files
  try {
    const result = await build({
      entryPoints: [entry as string],
      absWorkingDir: analysis.folder,
      outfile: join(analysis.folder, OUTPUT),
      write: false,
      bundle: true,
      format: 'cjs',
      platform: 'neutral',
      mainFields: ['module', 'main'],
      conditions: ['import', 'default'],
      target: 'es2022',
      charset: 'utf8',
      legalComments: 'none',
      sourcemap: 'external',
      sourcesContent: true,
      external: ['lyrebird', ...Object.keys(FORMAT_ENTRIES)],
      metafile: true,
      define: { 'process.env.NODE_ENV': '"production"' },
      // Only `paths` of a tsconfig near the job counts, as for the type check; no other option may change the meaning.
      tsconfigRaw: { compilerOptions: { target: 'es2022', verbatimModuleSyntax: false } },
      logLevel: 'silent',
      plugins: [aliasing(analysis.aliases), marking(analysis.insertions)],
    })
    const textOf = (end: string): string => result.outputFiles.find(f => f.path.endsWith(end))?.text ?? ''
    const imports = Object.values(result.metafile.outputs).flatMap(output => output.imports)
    const requires = [...new Set(imports.filter(i => i.external === true).map(i => i.path))].sort()
    return { bundle: { code: textOf('.mjs'), map: readMap(textOf('.map')), requires }, diagnostics: [] }
  } catch (error) {
    const messages = (error as { errors?: readonly EsbuildMessage[] }).errors
    if (messages === undefined) throw error
    return { bundle: null, diagnostics: messages.map(m => diagnosticOf(m, analysis)) }
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
