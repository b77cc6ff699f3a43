// What of the author's own tsconfig counts for a job, and what of it cannot.
//
// Promises: an option that changes what code means, or which names it knows, is taken over as the author's editor takes
// it; those of strictness and output are fixed. A file that cannot be read is said. Without a tsconfig everything is as
// in `load.ts`. Which options are ignored, and when that is said, is in `ignored-options.ts`.

import { dirname, relative, resolve } from 'node:path'
import { ts } from './syntax.ts'

/** What changes the code that runs; a field is left out where it is as without a tsconfig. */
export interface EmitOptions {
  readonly experimentalDecorators?: true
  readonly useDefineForClassFields?: false
  readonly jsx?: 'react' | 'react-jsx'
  readonly jsxFactory?: string
  readonly jsxFragmentFactory?: string
  readonly jsxImportSource?: string
}

export interface AuthorOptions {
  /** Path of the tsconfig relative to the job's folder; null where there is none. */
  readonly name: string | null
  /** As TypeScript understands the file and what it extends. */
  readonly given: ts.CompilerOptions
  /** To lay over the fixed options of the type check. */
  readonly checked: ts.CompilerOptions
  readonly emitted: EmitOptions
  /** `customConditions`: further names of builds in `exports` of packages. */
  readonly conditions: readonly string[]
  /** Absolute paths of all configuration files that were looked at. */
  readonly files: readonly string[]
  /** What TypeScript says of a file that cannot be read, or extends one that cannot. */
  readonly complaints: readonly string[]
}

/** What a job has in any case. */
const LEAST_LIBRARY = 'lib.es2023.d.ts'

export function authorOptions(job: string): AuthorOptions {
  const folder = dirname(job)
  const file = ts.findConfigFile(folder, ts.sys.fileExists)
  const none = { name: null, given: {}, checked: {}, emitted: {}, conditions: [], files: [], complaints: [] }
  if (file === undefined) return { ...none, checked: { lib: [LEAST_LIBRARY] } }
  const files = new Set<string>()
  const main = parsed(file, files)
  const { path, options, complaints } = referenced(main, job, files) ?? main
  const emitted = emitOptions(options)
  const conditions = options.customConditions ?? []
  return {
    name: relative(folder, path).replaceAll('\\', '/'),
    given: options,
    checked: {
      ...emitted,
      ...(options.jsx === undefined ? {} : { jsx: emitted.jsx === 'react' ? ts.JsxEmit.React : ts.JsxEmit.ReactJSX }),
      lib: libraries(options),
      paths: absolutePaths(path, options),
      customConditions: [...conditions],
    } as ts.CompilerOptions,
    emitted,
    conditions,
    files: [...files],
    complaints,
  }
}

interface ParsedConfig {
  readonly path: string
  readonly options: ts.CompilerOptions
  readonly complaints: readonly string[]
  /** The author's files, where a folder of projects asks which of them has the job. */
  readonly fileNames: readonly string[]
  readonly references: readonly ts.ProjectReference[]
}

function parsed(path: string, files: Set<string>, withFiles = false): ParsedConfig {
  const readFile = (name: string): string | undefined => {
    files.add(resolve(name))
    return ts.sys.readFile(name)
  }
  const { config = {}, error } = ts.readConfigFile(path, readFile)
  const host: ts.ParseConfigHost = {
    ...ts.sys,
    readFile,
    useCaseSensitiveFileNames: true,
    readDirectory: withFiles ? ts.sys.readDirectory : () => [],
  }
  const result = ts.parseJsonConfigFileContent(config, host, dirname(path), undefined, path)
  const isSolution = Array.isArray(config.files) && config.files.length === 0 && config.include === undefined
  return {
    path,
    options: result.options,
    complaints: [...(error === undefined ? [] : [error]), ...result.errors].filter(counts).map(textOf),
    fileNames: result.fileNames,
    references: isSolution ? (result.projectReferences ?? []) : [],
  }
}

/** A file that only names projects gives none of its own options to the job: that project does which has the job. */
function referenced({ references }: ParsedConfig, job: string, files: Set<string>): ParsedConfig | null {
  for (const reference of references) {
    const path = ts.resolveProjectReferencePath(reference)
    if (!ts.sys.fileExists(path)) continue
    const project = parsed(path, files, true)
    if (project.fileNames.includes(job)) return project
  }
  return null
}

/** Syntax, files that are missing or extend each other, and libraries of the language that are not known. */
function counts({ code, messageText }: ts.Diagnostic): boolean {
  const isFile = code < 2000 || [5014, 5083, 6053, 18000].includes(code)
  return isFile || (code === 6046 && ts.flattenDiagnosticMessageText(messageText, ' ').includes('--lib'))
}

/** The first sentence, with names of files but not where they are on this machine. */
function textOf({ messageText }: ts.Diagnostic): string {
  const text = ts.flattenDiagnosticMessageText(messageText, ' ').replace(/'\/[^']*\/([^'/]+)'/g, "'$1'")
  return text.length > 160 ? `${text.slice(0, 160)} ...` : text
}

/** Those of ECMAScript that the author names, or that belong to the target; never fewer than a job has anyway. */
function libraries({ lib, target }: ts.CompilerOptions): string[] {
  const isNewer = target !== undefined && target > ts.ScriptTarget.ES2023
  const named = lib ?? (isNewer ? [ts.getDefaultLibFileName({ target }).replace('.full.', '.')] : [])
  return [LEAST_LIBRARY, ...named.filter(isLanguageLibrary)]
}

/** Of ECMAScript itself, not of browsers. */
export function isLanguageLibrary(name: string): boolean {
  return /^lib\.(?:es(?:\d+|next)|decorators)\b/.test(name)
}

function emitOptions(options: ts.CompilerOptions): EmitOptions {
  const { target, useDefineForClassFields, jsx, jsxFactory, jsxFragmentFactory, jsxImportSource } = options
  const defines = useDefineForClassFields ?? (target === undefined || target >= ts.ScriptTarget.ES2022)
  const text = (entries: Readonly<Record<string, string | undefined>>): object =>
    Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined))
  return {
    ...(options.experimentalDecorators === true ? { experimentalDecorators: true } : {}),
    ...(defines ? {} : { useDefineForClassFields: false }),
    ...(jsx === undefined ? {} : { jsx: jsx === ts.JsxEmit.React ? 'react' : 'react-jsx' }),
    ...text({ jsxFactory, jsxFragmentFactory, jsxImportSource }),
  }
}

/** `paths`, made absolute, and `baseUrl`, which means that every name may be one of a file below it. */
function absolutePaths(file: string, { paths = {}, baseUrl, pathsBasePath }: ts.CompilerOptions): ts.MapLike<string[]> {
  const base = baseUrl ?? (pathsBasePath as string | undefined) ?? dirname(file)
  const named = Object.entries(paths).map(([name, targets]) => [name, targets.map(t => resolve(base, t))] as const)
  const all = Object.fromEntries(named)
  if (baseUrl === undefined) return all
  return { ...all, '*': [...(all['*'] ?? []), resolve(baseUrl, '*')] }
}
