// Standalone artefacts: `node batch.mjs` and `node stream.mjs` as processes, with the author's places in every dead
// letter.

import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { compileJob } from '../../compiler/index.ts'
import { ABI } from '../../core/emitted/abi.ts'
import type { Plan } from '../../core/plan/plan.ts'
import { defaultOut } from '../../run/state/folders.ts'
import { readWholeResult } from '../../testing/equivalence/index.ts'
import { deadOf, rowsOf } from '../support/read-result.ts'
import { linkBuilt } from './support/built-package.ts'
import { folderOf, jobFile } from './support/job-folder.ts'

const JOB = `import { count, job, source, sum, tumbling } from 'lyrebird'
import { checked } from './lib/checked.ts'

type View = {
  t: number
  k: string
  n: number
}

const views = source<View>('views', {
  time: v => v.t,
})

const traffic = views
  .filter(v => v.k !== 'skip')
  .map(
    (v): View => {
      // A comment that esbuild drops,
      /* and another one */ const kind: string = v.k as string
      if (kind === 'bad map') throw new Error('map failed')
      return v
    },
  )
  .keyBy(v => checked(v.k))
  .window(tumbling('10s'))
  .aggregate({
    n: sum(v =>
      v.n < 0 ? (null as unknown as { x: number }).x : v.n,
    ),
    views: count(),
  })
  .mapValues(v => ({ ...v, zone: Date.parse('1970-01-01T00:00') }))

export default job('places', { traffic })
`
const HELPER = `// Line one of the helper.
export function checked(key: string): string {
  const known =
    key.length > 0

  if (!known) {
    throw new TypeError(\`no key\`)
  }
  return key
}
`
const RECORDS = [
  { t: 1000, k: 'a', n: 1 },
  { t: 2000, k: 'bad map', n: 1 },
  { t: 3000, k: '', n: 1 },
  { t: 4000, k: 'a', n: -1 },
  { t: 5000, k: 'skip', n: 1 },
  { t: 12_000, k: 'a', n: 0.5 },
]

const LINES = RECORDS.map(r => JSON.stringify(r)).join('\n')
let outDir = ''
let log = ''
let plan: Plan

beforeAll(async () => {
  outDir = folderOf({})
  log = folderOf({ 'views/partition=0/views+0+0.json': `${LINES}\n{"t":1}\n` })
  const compiled = await compileJob(jobFile(JOB, { 'lib/checked.ts': HELPER }), { outDir })
  expect(compiled.diagnostics).toEqual([])
  plan = compiled.plan as Plan
  linkBuilt(outDir)
})

const run = (target: string, args: readonly string[]): { status: number | null; stdout: string; stderr: string } =>
  spawnSync(process.execPath, [join(outDir, `${target}.mjs`), ...args], {
    encoding: 'utf8',
    // A zone that is not UTC: emitted modules set UTC before the job is loaded.
    env: { ...process.env, TZ: 'Asia/Seoul' },
  })

describe.each(['batch', 'stream'])('%s.mjs', target => {
  it("runs on its own and shows the author's places", async () => {
    const state = join(folderOf({}), 'state')
    const { status, stderr } = run(target, ['--log', log, '--state', state, '--until', 'end'])
    expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' })
    const result = await readWholeResult(state, defaultOut(state), plan)
    expect(rowsOf(result, 'traffic')).toEqual([
      [0, 'a', { n: 1, views: 1, zone: 0 }],
      [10_000, 'a', { n: 0.5, views: 1, zone: 0 }],
    ])
    expect(deadOf(result).map(d => d.replace(/^([a-zA-Z]+)-\w+/, '$1'))).toEqual([
      'aggregate throw n: the lambda threw',
      'keyBy throw the lambda threw',
      'map throw the lambda threw',
      'source decode $.k: missing field',
    ])
    const places = result.dead.map(d => `${d.display.site} ${d.display.message}`)
    expect(places.slice(0, 3)).toEqual([
      "job.ts:28:52 Cannot read properties of null (reading 'x')",
      'lib/checked.ts:7:11 no key',
      'job.ts:20:37 map failed',
    ])
  })

  it('reports what is missing', () => {
    const { status, stderr } = run(target, ['--log', log])
    expect(status).toBe(2)
    expect(stderr).toContain('--state')
  })

  it('prints its usage', () => {
    const { status, stdout, stderr } = run(target, ['--help'])
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toContain(`usage: node ${target}.mjs --log LOG --state DIR`)
    for (const option of ['--until CUT', '--help', target === 'batch' ? '--workers N' : '--commit-interval D'])
      expect(stdout).toContain(`  ${option} `)
  })

  it.each([
    [['--unitl', 'end'], 'there is no option --unitl', 'did you mean --until?'],
    [['--constructor'], 'there is no option --constructor', 'options: --log --state'],
    [['more'], 'more', '--help lists the options'],
    [['--log'], '--log', '--help lists the options'],
  ])('refuses %j', (args, message, hint) => {
    const { status, stdout, stderr } = run(target, args)
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toContain(message)
    expect(stderr).toContain(hint)
  })
})

describe.each(['batch', 'stream'])('%s.mjs of another ABI number', target => {
  /** A copy of the artefact with one text of one file replaced by another. */
  function altered(file: string, from: string | RegExp, to: string): string {
    const copy = folderOf({})
    cpSync(outDir, copy, { recursive: true })
    const text = readFileSync(join(copy, file), 'utf8')
    expect(text).toMatch(from)
    writeFileSync(join(copy, file), text.replace(from, to))
    return copy
  }

  it.each([
    [
      'that its module was emitted for',
      'functions.mjs',
      `export const abi = ${ABI}`,
      'export const abi = 999',
      'for ABI 999',
    ],
    ['that its manifest says', 'manifest.json', `"abi": ${ABI},`, '"abi": 999,', 'for ABI 999'],
    ['that its manifest lacks', 'manifest.json', `"abi": ${ABI},`, '', 'before artefacts had an ABI number'],
  ])('%s: refused with the command that compiles it again', (_what, file, from, to, says) => {
    const folder = altered(file, from, to)
    // With a manifest the altered module would be damaged.
    if (file === 'functions.mjs') rmSync(join(folder, 'manifest.json'))
    const state = join(folderOf({}), 'state')
    const args = [join(folder, `${target}.mjs`), '--log', log, '--state', state, '--until', 'end']
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
    expect({ status, stdout }).toEqual({ status: 6, stdout: '' })
    expect(stderr).toContain(`artefact-incompatible  the artefact was compiled ${says}; this version runs ABI ${ABI}`)
    expect(stderr).toMatch(/compile the job again, in its folder: lyrebird compile job\.ts --out \S+/)
    expect(existsSync(state)).toBe(false)
  })

  it('a module that was changed by one bit', () => {
    const folder = altered('functions.mjs', 'export const files', 'export const filer')
    const state = join(folderOf({}), 'state')
    const args = [join(folder, `${target}.mjs`), '--log', log, '--state', state, '--until', 'end']
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
    expect(status).toBe(6)
    expect(stderr).toContain('artefact-damaged  functions.mjs of the compiled job in ')
    expect(existsSync(state)).toBe(false)
  })

  it.each(['{', 'null'])('a manifest that holds %s', text => {
    const folder = altered('manifest.json', /^[\s\S]*$/, text)
    const args = [join(folder, `${target}.mjs`), '--log', log, '--state', join(folderOf({}), 'state'), '--until', 'end']
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
    expect(status).toBe(6)
    expect(stderr).toContain('artefact-damaged  manifest.json of the compiled job in ')
    expect(stderr).toContain('lyrebird compile JOB.ts --out ')
  })
})

describe('the commit interval of stream.mjs', () => {
  it.each(['20ms', '0ms', '1s'])('may be %s', interval => {
    const state = join(folderOf({}), 'state')
    const args = ['--log', log, '--state', state, '--until', 'end', '--commit-interval', interval]
    expect(run('stream', args).status).toBe(0)
  })

  it.each(['20', '-1s', '1.5s'])('is a duration, not %s', interval => {
    const { status, stderr } = run('stream', ['--log', log, '--state', 'none', `--commit-interval=${interval}`])
    expect(status).toBe(2)
    expect(stderr).toContain('write a whole number and a unit: 500ms, 10s, 5m, 1h')
  })
})
