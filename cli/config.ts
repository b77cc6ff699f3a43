// lyrebird.config.ts of the working directory: where the log and the state are, so that they need not be typed.
//
// Promises: options of the command line take precedence; an unknown field is a usage error with the nearest name. Paths
// are relative to the working directory, as on the command line. The types are in `dsl/config.ts`.

import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Plugin } from 'esbuild'
import { packageRoot } from '../compiler/package-root.ts'
import { didYouMean } from '../core/did-you-mean.ts'
import { isLyrebirdError, LyrebirdError } from '../core/errors.ts'
import type { RowSinkDefinition } from '../core/sink/row-sink.ts'
import type { LyrebirdConfig } from '../dsl/config.ts'

const FILES = ['lyrebird.config.ts', 'lyrebird.config.mts', 'lyrebird.config.js', 'lyrebird.config.mjs']

/** The type of each field. */
const FIELDS: Readonly<Record<keyof LyrebirdConfig, 'string' | 'number' | 'object'>> = {
  log: 'string',
  archive: 'string',
  state: 'string',
  out: 'string',
  registry: 'string',
  workers: 'number',
  commitInterval: 'string',
  sinks: 'object',
}

const nameIn = (cwd: string): string | undefined => FILES.find(file => existsSync(join(cwd, file)))

/** An empty configuration where there is no file. Throws `usage`. */
export async function readConfig(cwd = process.cwd()): Promise<LyrebirdConfig> {
  const name = nameIn(cwd)
  if (name === undefined) return {}
  const loaded: unknown = await load(join(cwd, name), name)
  return checked(loaded, name)
}

/**
 * A module with the sinks of a configuration, for an artefact, which has no configuration; null where it has none.
 * Throws `usage`.
 */
export async function sinksModule(config: LyrebirdConfig, cwd = process.cwd()): Promise<string | null> {
  const name = nameIn(cwd)
  if (name === undefined || Object.keys(config.sinks ?? {}).length === 0) return null
  const contents = `import config from './${name}'\nexport const { sinks } = config\n`
  const { build } = await import('esbuild')
  const stdin = { contents, resolveDir: cwd, sourcefile: 'sinks.mjs' }
  const { outputFiles } = await build({ ...BUNDLE, stdin, external: ['lyrebird', 'lyrebird/*'] })
  return outputFiles[0]?.text ?? null
}

const BUNDLE = { bundle: true, format: 'esm', platform: 'node', write: false, logLevel: 'silent' } as const

/** Modules of the package that a configuration may import. */
const OURS: Readonly<Record<string, string>> = {
  lyrebird: 'build/dsl/bundle.js',
  'lyrebird/sinks': 'build/sinks/rows/index.js',
}

const ours: Plugin = {
  name: 'lyrebird-modules',
  setup(bundler) {
    bundler.onResolve({ filter: /^lyrebird(\/|$)/ }, ({ path }) => {
      const file = OURS[path]
      return file === undefined ? undefined : { path: pathToFileURL(join(packageRoot(), file)).href, external: true }
    })
  },
}

async function load(path: string, name: string): Promise<unknown> {
  const { build } = await import('esbuild')
  const fresh = join(tmpdir(), `lyrebird-config-${process.pid}-${Date.now()}.mjs`)
  try {
    const { outputFiles } = await build({ ...BUNDLE, entryPoints: [path], plugins: [ours] })
    writeFileSync(fresh, outputFiles[0]?.contents ?? '', { mode: 0o600 })
    return ((await import(pathToFileURL(resolve(fresh)).href)) as { default?: unknown }).default
  } catch (cause) {
    if (isLyrebirdError(cause))
      throw new LyrebirdError('usage', `${name}: ${cause.message}`, { hint: cause.hint ?? '' })
    throw new LyrebirdError('usage', `${name} cannot be read: ${(cause as Error).message}`, { where: { path }, cause })
  } finally {
    rmSync(fresh, { force: true })
  }
}

function checked(config: unknown, name: string): LyrebirdConfig {
  if (typeof config !== 'object' || config === null) {
    throw new LyrebirdError('usage', `${name} exports no configuration`, {
      hint: "write: export default defineConfig({ log: 'log', state: 'state' })",
    })
  }
  for (const [field, value] of Object.entries(config)) {
    const type = (FIELDS as Readonly<Record<string, string | undefined>>)[field]
    const near = didYouMean(field, Object.keys(FIELDS))
    if (type === undefined) {
      throw new LyrebirdError('usage', `${name} has an unknown field ${field}`, {
        hint: near === null ? `fields: ${Object.keys(FIELDS).join(' ')}` : `did you mean ${near}?`,
      })
    }
    if (value !== undefined && typeof value !== type) {
      throw new LyrebirdError('usage', `${field} in ${name} is no ${type}`)
    }
  }
  checkSinks((config as LyrebirdConfig).sinks, name)
  return config as LyrebirdConfig
}

function checkSinks(sinks: LyrebirdConfig['sinks'], name: string): void {
  for (const [view, sink] of Object.entries(sinks ?? {})) {
    const { kind, place, open } = (sink ?? {}) as Partial<RowSinkDefinition>
    if (typeof kind === 'string' && typeof place === 'string' && typeof open === 'function') continue
    throw new LyrebirdError('usage', `sinks.${view} in ${name} is no sink`, {
      hint: `write sinks: { ${view}: postgres({ url: env('DATABASE_URL'), table: '${view}' }) }, with postgres and env of 'lyrebird/sinks'`,
    })
  }
}
