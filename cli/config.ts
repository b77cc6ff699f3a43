// lyrebird.config.ts of the working directory: where the log and the state are, so that they need not be typed.
//
// Promises: options of the command line take precedence; an unknown field is a usage error with the nearest name. Paths
// are relative to the working directory, as on the command line. The types are in `dsl/config.ts`.

import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { packageRoot } from '../compiler/package-root.ts'
import { didYouMean } from '../core/did-you-mean.ts'
import { LyrebirdError } from '../core/errors.ts'
import type { LyrebirdConfig } from '../dsl/config.ts'

const FILES = ['lyrebird.config.ts', 'lyrebird.config.mts', 'lyrebird.config.js', 'lyrebird.config.mjs']

/** The type of each field. */
const FIELDS: Readonly<Record<keyof LyrebirdConfig, 'string' | 'number'>> = {
  log: 'string',
  archive: 'string',
  state: 'string',
  out: 'string',
  registry: 'string',
  workers: 'number',
  commitInterval: 'string',
}

/** An empty configuration where there is no file. Throws `usage`. */
export async function readConfig(cwd = process.cwd()): Promise<LyrebirdConfig> {
  const name = FILES.find(file => existsSync(join(cwd, file)))
  if (name === undefined) return {}
  const loaded: unknown = await load(join(cwd, name), name)
  return checked(loaded, name)
}

async function load(path: string, name: string): Promise<unknown> {
  const { build } = await import('esbuild')
  const fresh = join(tmpdir(), `lyrebird-config-${process.pid}-${Date.now()}.mjs`)
  try {
    const alias = { lyrebird: join(packageRoot(), 'build/dsl/index.js') }
    const bundle = { bundle: true, format: 'esm', platform: 'node', write: false, logLevel: 'silent' } as const
    const { outputFiles } = await build({ entryPoints: [path], alias, ...bundle })
    writeFileSync(fresh, outputFiles[0]?.contents ?? '', { mode: 0o600 })
    return ((await import(pathToFileURL(resolve(fresh)).href)) as { default?: unknown }).default
  } catch (cause) {
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
  return config as LyrebirdConfig
}
