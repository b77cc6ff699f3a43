// What a start loads: a package or a file that comes to it is seen here, without a clock.

import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, expect, it } from 'vitest'
import { project, run } from '../cli/lyrebird.ts'
import { ROOT } from '../support/repository.ts'

const JOB = `import { job, source } from 'lyrebird'
const words = source<{ t: number; w: string }>('words', { time: v => v.t })
export default job('words', { total: words.keyBy(v => v.w).count() })
`

let dir = ''
beforeAll(async () => {
  dir = project({ 'job.ts': JOB, 'words.ndjson': '{"t":1,"w":"a"}\n{"t":2,"w":"b"}\n' })
  expect((await run(dir, ['append', 'words', '--log', 'log', 'words.ndjson'])).code).toBe(0)
  expect((await run(dir, ['compile', 'job.ts', '--out', 'dist'])).code).toBe(0)
  expect((await run(dir, ['batch', 'job.ts', '--log', 'log', '--state', 'state'])).code).toBe(0)
})

/** The files that a process loads, by V8's own account: those of the package, and the names of other packages. */
function loadedBy(args: readonly string[]): { own: readonly string[]; packages: readonly string[]; bytes: number } {
  const coverage = join(dir, `coverage-${process.hrtime.bigint()}`)
  const { PATH = '', HOME = '' } = process.env
  const env = { PATH, HOME, NODE_V8_COVERAGE: coverage }
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: dir, env, encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
  const [report] = readdirSync(coverage)
  const { result } = JSON.parse(readFileSync(join(coverage, report as string), 'utf8')) as { result: { url: string }[] }
  const files = result.filter(({ url }) => url.startsWith('file:')).map(({ url }) => fileURLToPath(url))
  const packages = files.map(file => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1])
  return {
    own: files
      .map(file => relative(ROOT, file))
      .filter(file => /^(build|bin)\//.test(file))
      .toSorted(),
    packages: [...new Set(packages)].filter(name => name !== undefined).toSorted(),
    bytes: files.reduce((sum, file) => sum + statSync(file).size, 0),
  }
}

/** Checksums of logs; lmdb and what it loads. */
const NEEDED = [
  '@harperfast/extended-iterable',
  '@node-rs/crc32',
  'detect-libc',
  'lmdb',
  'msgpackr',
  'msgpackr-extract',
  'node-gyp-build-optional-packages',
  'ordered-binary',
  'weak-lru-cache',
]

it.each(['batch', 'stream'])('a %s run of a compiled job loads what it needs', target => {
  const until = target === 'stream' ? ['--until', 'end'] : []
  const loaded = loadedBy([`dist/${target}.mjs`, '--log', 'log', '--state', `own-${target}`, ...until])
  expect(loaded.own).toEqual([
    'build/dsl/bundle.js',
    'build/host/bundle/index.js',
    'build/run/engine/main.js',
    `build/runtime-${target}/bundle.cjs`,
    `build/runtime-${target}/bundle.js`,
  ])
  expect(loaded.packages).toEqual(NEEDED)
  expect(loaded.bytes).toBeLessThan(1.44e6)
})

it('query loads what it needs', () => {
  const loaded = loadedBy([join(ROOT, 'bin/lyrebird.mjs'), 'query', 'total', '--state', 'state'])
  expect(loaded.own).toEqual([
    'bin/lyrebird.mjs',
    'build/cli/main.cjs',
    'build/cli/main.js',
    'build/host/bundle/index.js',
  ])
  expect(loaded.packages).toEqual(['commander', 'picocolors', ...NEEDED].toSorted())
  expect(loaded.bytes).toBeLessThan(1.8e6)
})
