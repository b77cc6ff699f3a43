// Loads a job and all that it imports into TypeScript's program, under fixed options.
//
// Promises: the same options everywhere, whatever files are near the job; of a tsconfig only `paths` counts. `lyrebird`
// resolves to this very package (semantics.md 11.1), also for job files in folders where it is not installed.

import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { ts } from 'ts-morph'
import { languagePaths, packageRoot } from '../package-root.ts'
import { HOST_FILE } from './host-globals.ts'
import { programHost } from './program-host.ts'

export interface LoadedSource {
  readonly program: ts.Program
  /** The package's own folder. */
  readonly root: string
  /** Absolute path of the job file, and of its folder. */
  readonly job: string
  readonly folder: string
}

/** Null where there is no such file. */
export function loadJob(jobPath: string): LoadedSource | null {
  const job = resolve(jobPath).replaceAll('\\', '/')
  if (!existsSync(job)) return null
  const root = packageRoot()
  const folder = dirname(job)
  const options = { ...OPTIONS, paths: { ...authorPaths(folder), ...languagePaths(root) } }
  const program = ts.createProgram({
    rootNames: [join(root, HOST_FILE), job],
    options,
    host: programHost(root, OPTIONS),
  })
  return { program, root, job, folder }
}

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2023,
  lib: ['lib.es2023.d.ts'],
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  allowImportingTsExtensions: true,
  resolveJsonModule: true,
  isolatedModules: true,
  allowJs: true,
  checkJs: false,
  noEmit: true,
  strict: true,
  skipLibCheck: true,
  types: [],
}

/** `paths` of the nearest tsconfig, made absolute; what it extends counts too. */
function authorPaths(folder: string): Record<string, string[]> {
  const file = ts.findConfigFile(folder, ts.sys.fileExists)
  if (file === undefined) return {}
  const { config } = ts.readConfigFile(file, ts.sys.readFile)
  if (config === undefined) return {}
  const host: ts.ParseConfigHost = { ...ts.sys, useCaseSensitiveFileNames: true, readDirectory: () => [] }
  const { options } = ts.parseJsonConfigFileContent(config, host, dirname(file))
  const base = options.baseUrl ?? (options.pathsBasePath as string | undefined) ?? dirname(file)
  return Object.fromEntries(
    Object.entries(options.paths ?? {}).map(([name, targets]) => [name, targets.map(t => resolve(base, t))]),
  )
}
