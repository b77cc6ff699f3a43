// Builds the package: TypeScript to `build/`, from scratch, so that no output of a deleted source remains.
//
// Promises: `build/` is replaced as a whole at the end, so that a program that runs from it meanwhile finds its files.
// The kernel is compiled from AssemblyScript to `kernel.wasm`.
// What a run starts with is bundled besides: a compiled job and a command start in half the time of loading 150 files,
// and what V8 compiled of them is kept (`host/bundle`).

import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import ts from 'typescript'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const target = join(root, 'build')
const fresh = `${target}.fresh.${process.pid}`
const old = `${target}.old.${process.pid}`
const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')

/** Modules that are bundled as they are, with their output. */
const MODULES = {
  'dsl/index.ts': 'dsl/bundle.js',
  'host/bundle/index.ts': 'host/bundle/index.js',
  'run/engine/main.ts': 'run/engine/main.js',
}

/**
 * Entries that go through `host/bundle`: a CommonJS script, and a module of the same exports that loads it. `purpose`
 * is code for what distinguishes runs that use different parts of it.
 */
const SCRIPTS = [
  { source: 'runtime-batch/bundle.ts', name: 'runtime-batch/bundle' },
  { source: 'runtime-stream/index.ts', name: 'runtime-stream/bundle' },
  { source: 'deployment/index.ts', name: 'deployment/bundle' },
  { source: 'cli/main.ts', name: 'cli/main', purpose: 'process.argv[2]' },
  { source: 'testing/equivalence/index.ts', name: 'testing/equivalence/index' },
]

/** What is loaded only where a run or a command asks for it, from files of its own. */
const APART =
  /^(compiler|serving|testing|run\/listen|cli\/deploy|deployment\/upgrade|runtime-stream\/ticks)\/|^(run\/state\/explained-changes|run\/notices\/json-log|run\/feed\/(row-feeds|check-sinks)|cli\/commands\/(repair|schemas|serve|topics))\.js$/

const WORKER = `import { parentPort, workerData } from 'node:worker_threads'
import { runWorker } from '../bundle.js'

void runWorker(parentPort, workerData)
`

const args = [tsc, '-p', 'tsconfig.build.json', '--outDir', fresh]
const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' })
if (existsSync(fresh)) {
  for (const [source, output] of Object.entries(MODULES)) await bundled(source, output, 'esm')
  for (const script of SCRIPTS) await scripted(script)
  writeFileSync(join(fresh, 'runtime-batch/workers/worker.js'), WORKER)
  if (status === 0) kernel()
  if (existsSync(target)) renameSync(target, old)
  renameSync(fresh, target)
  rmSync(old, { recursive: true, force: true })
}
process.exit(status ?? 1)

/** Memory is shared, so that views of it stay valid when it grows; the first page is not touched by either kernel. */
function kernel() {
  const asc = join(root, 'node_modules', 'assemblyscript', 'bin', 'asc.js')
  const features = ['simd', 'bulk-memory', 'threads'].flatMap(feature => ['--enable', feature])
  const memory = ['--importMemory', '--sharedMemory', '--initialMemory', '2', '--maximumMemory', '65536']
  const out = ['--runtime', 'stub', '--noAssert', '-O3', '--memoryBase', '1024', '-o', join(fresh, 'kernel.wasm')]
  const made = spawnSync(process.execPath, [asc, 'kernel/assembly/index.ts', ...features, ...memory, ...out], {
    cwd: root,
    stdio: 'inherit',
  })
  if (made.status === 0) return
  rmSync(fresh, { recursive: true, force: true })
  process.exit(1)
}

async function scripted({ source, name, purpose }) {
  await bundled(source, `${name}.cjs`, 'cjs')
  const script = join(fresh, `${name}.cjs`)
  writeFileSync(script, withGivenImport(readFileSync(script, 'utf8')))
  const loader = relative(dirname(name), 'host/bundle/index.js')
  const args = [`new URL('./${basename(name)}.cjs', import.meta.url)`, ...(purpose === undefined ? [] : [purpose])]
  const text = `import { loadBundle } from '${loader}'

export const { ${(await exportsOf(source)).join(', ')} } = loadBundle(${args.join(', ')})
`
  writeFileSync(join(fresh, `${name}.js`), text)
}

/**
 * Calls of `import()` become calls of `Import()`, which `host/bundle` gives to the script: Node has none for a script
 * that comes from kept code. The names are of one length, so that the source map stays true.
 */
function withGivenImport(text) {
  const at = []
  const visit = node => {
    if (node.kind === ts.SyntaxKind.ImportKeyword) at.push(node.end - 'import'.length)
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile('script.cjs', text, ts.ScriptTarget.Latest))
  const starts = [0, ...at.map(position => position + 1)]
  return starts.map((start, i) => text.slice(start, at[i])).join('I')
}

async function bundled(source, output, format) {
  await build({
    ...options(source, format),
    outfile: join(fresh, output),
    allowOverwrite: true,
    sourcemap: 'linked',
    // What `host/bundle` gives to the script.
    define: format === 'cjs' ? { 'import.meta.url': 'moduleUrl' } : {},
    plugins: [apart(output)],
  })
}

async function exportsOf(source) {
  const { metafile } = await build({ ...options(source, 'esm'), write: false, outdir: fresh, metafile: true })
  return Object.values(metafile.outputs)[0].exports.toSorted()
}

function options(source, format) {
  return {
    entryPoints: [join(root, source)],
    bundle: true,
    packages: 'external',
    platform: 'node',
    format,
    target: 'node20',
    logLevel: 'warning',
  }
}

function apart(output) {
  return {
    name: 'apart',
    setup(bundler) {
      bundler.onResolve({ filter: /^\./ }, ({ path, resolveDir, kind }) => {
        if (kind !== 'dynamic-import') return undefined
        const module = relative(root, join(resolveDir, path)).replace(/\.ts$/, '.js')
        if (!APART.test(module)) return undefined
        const place = relative(dirname(output), module)
        return { path: place.startsWith('.') ? place : `./${place}`, external: true }
      })
    },
  }
}
