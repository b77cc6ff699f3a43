// Which options of the author's tsconfig do not count for a job, and whether that matters for it.
//
// Promises: an option is named only where it may be the reason of what is seen: of a type error that the author's
// editor does not show, or of code that would mean something else. Those of layout, output and speed are never named.

import { type AuthorOptions, isLanguageLibrary } from './author-options.ts'
import { contains, ts } from './syntax.ts'

/** Options that the job does not follow, as the author wrote them, and what holds instead. */
export interface IgnoredOptions {
  /** The tsconfig, relative to the job's folder. */
  readonly file: string
  /** Such as `strict: false`. */
  readonly names: readonly string[]
  readonly instead: 'strict' | 'names' | 'resolution' | 'metadata' | 'jsx'
}

/** Options that TypeScript turns on by `strict`, and others that let through what a job's check does not. */
const STRICT = [
  'strict',
  'noImplicitAny',
  'noImplicitThis',
  'strictNullChecks',
  'strictFunctionTypes',
  'strictBindCallApply',
  'strictPropertyInitialization',
  'strictBuiltinIteratorReturn',
  'useUnknownInCatchVariables',
  'alwaysStrict',
]
/** What makes an editor see an error where a job's check sees none, so that `@ts-expect-error` is too much here. */
const STRICTER = [
  'noUncheckedIndexedAccess',
  'exactOptionalPropertyTypes',
  'noPropertyAccessFromIndexSignature',
  'noImplicitReturns',
  'noImplicitOverride',
  'noFallthroughCasesInSwitch',
  'noUnusedLocals',
  'noUnusedParameters',
  'erasableSyntaxOnly',
]

/** Codes of TypeScript: a name is not known, a module is not found, an error was expected. */
const UNKNOWN_NAME = new Set([
  2304, 2318, 2503, 2552, 2580, 2581, 2582, 2583, 2584, 2591, 2592, 2593, 2688, 2812, 2867, 2868,
])
const UNKNOWN_MODULE = new Set([2305, 2307, 2792, 7016])
const UNUSED_EXPECTATION = 2578

/** `codes` are those of TypeScript's complaints about the author's files. */
export function ignoredOptions(
  { name, given }: AuthorOptions,
  files: readonly ts.SourceFile[],
  codes: readonly number[],
): readonly IgnoredOptions[] {
  if (name === null) return []
  const found = (instead: IgnoredOptions['instead'], names: readonly string[], matters: boolean): IgnoredOptions[] =>
    matters && names.length > 0 ? [{ file: name, names, instead }] : []
  const lax = STRICT.filter(option => given[option] === false).map(option => `${option}: false`)
  const stricter = STRICTER.filter(option => given[option] === true).map(option => `${option}: true`)
  const unknown = codes.some(code => UNKNOWN_NAME.has(code) || UNKNOWN_MODULE.has(code))
  return [
    ...found(
      'strict',
      lax,
      codes.some(code => !UNKNOWN_NAME.has(code) && !UNKNOWN_MODULE.has(code)),
    ),
    ...found('strict', stricter, codes.includes(UNUSED_EXPECTATION)),
    ...found('names', namesFrom(given), unknown),
    ...found('resolution', lists(given, ['rootDirs', 'moduleSuffixes', 'typeRoots']), unknown),
    ...found(
      'metadata',
      ['emitDecoratorMetadata: true'],
      hasMetadata(given) && files.some(file => contains(file, ts.isDecorator)),
    ),
    ...found('jsx', [`jsx: ${jsxName(given)}`], jsxName(given) !== null && files.some(isJsx)),
  ]
}

/** Libraries of browsers, and packages of types that declare names for every file. */
function namesFrom(given: ts.CompilerOptions): string[] {
  const libraries = (given.lib ?? []).filter(name => !isLanguageLibrary(name))
  const lib = libraries.map(name => name.replace(/^lib\.|\.d\.ts$/g, '')).join(', ')
  return [...(lib === '' ? [] : [`lib: ${lib}`]), ...lists(given, ['types'])]
}

function lists(given: ts.CompilerOptions, options: readonly string[]): string[] {
  return options.filter(option => Array.isArray(given[option]) && given[option].length > 0)
}

function hasMetadata({ emitDecoratorMetadata, experimentalDecorators }: ts.CompilerOptions): boolean {
  return emitDecoratorMetadata === true && experimentalDecorators === true
}

/** `preserve` and `react-native` leave the translation to another tool, which a job does not have. */
function jsxName({ jsx }: ts.CompilerOptions): string | null {
  return jsx === ts.JsxEmit.Preserve ? 'preserve' : jsx === ts.JsxEmit.ReactNative ? 'react-native' : null
}

function isJsx({ fileName }: ts.SourceFile): boolean {
  return /\.[jt]sx$/.test(fileName)
}
