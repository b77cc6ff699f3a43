// The arrows of ARCHITECTURE.md: which folder may import which, who owns an outside capability, and no cycles at all.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the text of an expression

import { expect, it } from 'vitest'
import { codeFiles, folderOf } from '../support/repository.ts'
import { type ComputedImport, type Import, importsOf, moduleOf } from './support/modules.ts'

/** For each folder, those that it may import from besides itself. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  core: [],
  dsl: ['core'],
  formats: ['core', 'dsl'],
  compiler: ['core', 'dsl', 'formats', 'host'],
  host: ['core'],
  logs: ['core', 'host'],
  store: ['core', 'host'],
  sinks: ['core', 'host', 'logs', 'store'],
  run: ['core', 'host', 'logs', 'store', 'sinks'],
  'runtime-batch': ['core', 'host', 'logs', 'store', 'run'],
  'runtime-stream': ['core', 'host', 'logs', 'store', 'run'],
  deployment: ['core', 'host', 'logs', 'store', 'run', 'runtime-batch', 'runtime-stream'],
  serving: ['core', 'run', 'store'],
  testing: ['core', 'dsl', 'compiler', 'logs', 'store', 'run', 'runtime-batch', 'runtime-stream'],
  cli: [
    'core',
    'dsl',
    'compiler',
    'host',
    'logs',
    'store',
    'run',
    'runtime-batch',
    'runtime-stream',
    'deployment',
    'serving',
    'testing',
  ],
}

/** Outside capabilities and their only owners: a package, and the paths that alone may import it. */
const OWNERS: Readonly<Record<string, string | readonly string[]>> = {
  'ts-morph': 'compiler/1-read/',
  kafkajs: 'logs/kafka/',
  lmdb: 'store/',
  commander: 'cli/',
  picocolors: 'cli/',
  esbuild: ['compiler/3-bundle/', 'cli/config.ts'], // a configuration file is not a job
  'magic-string': 'compiler/3-bundle/',
  'fast-check': 'compiler/6-laws/',
  '@jridgewell/trace-mapping': ['compiler/4-evaluate/', 'run/site-of.ts'], // places in a bundle, and in an artefact
  snappyjs: 'logs/record-batch/',
  'lz4-napi': 'logs/record-batch/',
  fzstd: 'logs/record-batch/',
  '@node-rs/crc32': 'logs/',
  'prom-client': 'run/listen/',
  hono: 'serving/',
  '@hono/node-server': 'serving/',
  postgres: 'sinks/postgres/',
  pino: 'run/notices/',
  avsc: 'formats/avro/',
  protobufjs: 'formats/protobuf/',
}

/** Imports whose name is computed at run time, and the repository files or packages that it may name. */
const COMPUTED: readonly (ComputedImport & { readonly to: readonly string[] })[] = [
  // The emitted module of an artefact.
  { from: 'compiler/load-functions.ts', name: '`${pathToFileURL(path).href}?content=${content}`', to: [] },
  { from: 'cli/cache/compile-cache.ts', name: 'functionsUrl', to: [] },
  { from: 'runtime-batch/workers/run-worker.ts', name: 'functionsUrl', to: [] },
  // What a bundled script imports (scripts/build.mjs).
  { from: 'host/bundle/index.ts', name: "name.startsWith('.') ? new URL(name, url).href : name", to: [] },
  // The compiled kernel, which is no module.
  { from: 'host/kernel-module.ts', name: 'place', to: [] },
  { from: 'run/command-line/main.ts', name: 'module', to: [] }, // the sinks of an artefact
  // The author's configuration.
  { from: 'cli/config.ts', name: 'pathToFileURL(resolve(fresh)).href', to: [] },
  { from: 'logs/record-batch/codecs/load-codec.ts', name: 'name', to: ['snappyjs', 'lz4-napi', 'fzstd'] },
  { from: 'runtime-batch/workers/thread.ts', name: 'entry', to: ['runtime-batch/workers/worker.ts'] },
]

const source = codeFiles().filter(f => MAY_IMPORT[folderOf(f)] !== undefined)
const computed = COMPUTED.flatMap(({ from, to }) => to.map(file => ({ from, to: file })))
const imports: readonly Import[] = [...source.flatMap(importsOf), ...computed]
const isRepositoryFile = (to: string): boolean => /\.(ts|mts|mjs)$/.test(to)

it('imports follow the arrows', () => {
  const against = imports.filter(({ from, to }) => {
    const [a, b] = [folderOf(from), folderOf(to)]
    return isRepositoryFile(to) && a !== b && !(MAY_IMPORT[a] as readonly string[]).includes(b)
  })
  expect(against).toEqual([])
})

it('what is loaded by a computed name is listed', () => {
  const listed = COMPUTED.map(({ from, name }) => ({ from, name }))
  const found = source.flatMap(f => moduleOf(f).computed)
  expect(found.toSorted(byText)).toEqual(listed.toSorted(byText))
})

const byText = (a: ComputedImport, b: ComputedImport): number =>
  `${a.from} ${a.name}` < `${b.from} ${b.name}` ? -1 : 1

it('core imports nothing from outside', () => {
  expect(imports.filter(({ from, to }) => folderOf(from) === 'core' && !isRepositoryFile(to))).toEqual([])
})

it('the language imports nothing but core', () => {
  expect(imports.filter(({ from, to }) => folderOf(from) === 'dsl' && !isRepositoryFile(to))).toEqual([])
})

it('the reference shares no operator code with the executors', () => {
  const shared = imports.filter(
    ({ from, to }) =>
      (from.startsWith('core/reference/') && /^core\/(operators|aggregations|tables|executor|emitted)\//.test(to)) ||
      (/^core\/(operators|aggregations|tables|executor|emitted)\//.test(from) && to.startsWith('core/reference/')),
  )
  expect(shared).toEqual([])
})

it('an outside capability has one owner', () => {
  const strangers = imports.filter(({ from, to }) => {
    const owner = OWNERS[to]
    return owner !== undefined && ![owner].flat().some(path => from.startsWith(path))
  })
  expect(strangers).toEqual([])
})

it('has no cycle, type-only imports included', () => {
  const graph = new Map(source.map(f => [f, imports.filter(i => i.from === f)]))
  const done = new Set<string>()
  const cycles: string[][] = []
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) cycles.push([...path.slice(path.indexOf(file)), file])
    else if (!done.has(file)) {
      for (const { to } of graph.get(file) ?? []) visit(to, [...path, file])
      done.add(file)
    }
  }
  for (const file of source) visit(file, [])
  expect(cycles).toEqual([])
})

it('every file of the product is imported by another or is an entry', () => {
  const imported = new Set(codeFiles().flatMap(f => importsOf(f).map(i => i.to)))
  const entries = /(^|\/)(index|bundle|main|worker)\.ts$/ // package entries, the command line, worker threads
  expect(source.filter(f => !imported.has(f) && !entries.test(f) && !f.endsWith('.d.ts'))).toEqual([])
})
