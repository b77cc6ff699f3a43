// Loads a job and all that it imports into TypeScript's program, under fixed options.
//
// Promises: the same options everywhere, but for those that the author's tsconfig decides (`author-options.ts`).
// `lyrebird` resolves to this very package (semantics.md 11.1), also for job files in folders where it is not
// installed.

import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { ts } from 'ts-morph'
import { languagePaths, packageRoot } from '../package-root.ts'
import { type AuthorOptions, authorOptions } from './author-options.ts'
import { HOST_FILE } from './host-globals.ts'
import { programHost } from './program-host.ts'

export interface LoadedSource {
  readonly program: ts.Program
  /** The package's own folder. */
  readonly root: string
  /** Absolute path of the job file, and of its folder. */
  readonly job: string
  readonly folder: string
  readonly author: AuthorOptions
}

/** Null where there is no such file. */
export function loadJob(jobPath: string): LoadedSource | null {
  const job = resolve(jobPath).replaceAll('\\', '/')
  if (!existsSync(job)) return null
  const root = packageRoot()
  const folder = dirname(job)
  const author = authorOptions(job)
  const { paths, ...checked } = author.checked
  const options = { ...OPTIONS, ...checked, paths: { ...paths, ...languagePaths(root) } }
  const program = ts.createProgram({
    rootNames: [join(root, HOST_FILE), job],
    options,
    host: programHost(root, OPTIONS),
  })
  return { program, root, job, folder, author }
}

const OPTIONS: ts.CompilerOptions = {
  // What is newer than the code that is written, the bundler translates.
  target: ts.ScriptTarget.ESNext,
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
