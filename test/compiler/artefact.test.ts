// What compiling writes: the same bytes every time and everywhere, and a module that means what the reference means.

import { existsSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { compileJob, loadFunctions } from '../../compiler/index.ts'
import { JobExecutor } from '../../core/executor/job-executor.ts'
import { reference } from '../../core/reference/reference.ts'
import { compareResults } from '../../core/result/compare-results.ts'
import { chunkOf } from '../support/log-chunks.ts'
import { MemoryState, memoryEnvironment } from '../support/memory-state.ts'
import { readResult } from '../support/read-state.ts'
import { smallLog } from '../support/small-log.ts'
import { folderOf, jobFile } from './support/job-folder.ts'

const JOB = `import { count, job, source, sum, tumbling } from 'lyrebird'
import { countryOf } from './lib/country.ts'

interface View { t: number; user: { name: string; country?: string }; bytes: number; tags: string[]; note: unknown }

const views = source<View>('views', { time: v => v.t, disorder: '5s' })
const traffic = views
  .filter(v => v.bytes >= 0)
  .keyBy(v => countryOf(v.user))
  .window(tumbling('10s'))
  .aggregate({ bytes: sum(v => v.bytes), views: count() })
const words = views.flatMap(v => v.tags).keyBy(t => t.toLowerCase()).count()

export default job('traffic', { traffic, words })
`
const HELPER = `export function countryOf(user: { country?: string }): string {
  return user.country ?? 'none' // a comment
}
`

const contents = (dir: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(dir)
      .filter(name => name !== 'node_modules')
      .map(name => [name, readFileSync(join(dir, name), 'utf8')]),
  )

const LOG = smallLog({
  'views/0': [
    { t: 1000, user: { name: 'a', country: 'KR' }, bytes: 1, tags: ['X', 'y'], note: null },
    { t: 12_000, user: { name: 'b' }, bytes: 0.1, tags: [], note: 1 },
    { t: 12_500, user: { name: 'b' }, bytes: 'many', tags: [], note: 1 },
    { t: 1, user: { name: 'late' }, bytes: 0.2, tags: ['x'], note: [] },
  ],
  'views/1': [{ t: 30_000, user: { name: 'c', country: '__proto__' }, bytes: -1, tags: ['__proto__'], note: {} }],
})

describe('an artefact', () => {
  it('is the same where the folder of the job is reached through a link', async () => {
    const path = jobFile(JOB, { 'lib/country.ts': HELPER })
    const link = join(folderOf({}), 'link')
    symlinkSync(dirname(path), link)
    const [direct, linked] = [folderOf({}), folderOf({})]
    await compileJob(path, { outDir: direct })
    const { diagnostics } = await compileJob(join(link, basename(path)), { outDir: linked })
    expect(diagnostics).toEqual([])
    expect(contents(linked)).toEqual(contents(direct))
  })

  it('has the same bytes wherever the job lies and however often it is compiled', async () => {
    const [first, second] = [folderOf({}), folderOf({})]
    const one = await compileJob(jobFile(JOB, { 'lib/country.ts': HELPER }), { outDir: first })
    const other = jobFile(JOB, { 'lib/country.ts': HELPER })
    await compileJob(other, { outDir: second })
    expect(one.diagnostics).toEqual([])
    const files = contents(first)
    expect(Object.keys(files).sort()).toEqual([
      'batch.mjs',
      'functions.mjs',
      'functions.mjs.map',
      'manifest.json',
      'plan.json',
      'run.mjs',
      'stream.mjs',
    ])
    expect(contents(second)).toEqual(files)
    const before = statSync(join(second, 'functions.mjs')).mtimeMs
    await compileJob(other, { outDir: second })
    expect(contents(second)).toEqual(files)
    expect(statSync(join(second, 'functions.mjs')).mtimeMs).toBe(before)
    for (const text of Object.values(files)) {
      expect(text).not.toContain(dirname(other))
      expect(text).not.toContain(process.cwd())
    }
    expect((JSON.parse(files['functions.mjs.map'] as string) as { sources: string[] }).sources.sort()).toEqual([
      'job.ts',
      'lib/country.ts',
    ])
  })

  it('means what the reference means', async () => {
    const outDir = folderOf({})
    await compileJob(jobFile(JOB, { 'lib/country.ts': HELPER }), { outDir })
    const functions = await loadFunctions(outDir)
    expect(functions.files).toEqual(['job.ts', 'lib/country.ts'])
    const state = new MemoryState()
    const executor = new JobExecutor(functions, memoryEnvironment(state, 1000))
    for (const partition of LOG) executor.feed(chunkOf(partition, partition.records))
    state.commit(executor)
    const own = { ...readResult(state, functions.plan), outputs: new Map() }
    expect(compareResults(own, reference(functions, LOG))).toBeNull()
    expect(own.dead).toHaveLength(1)
    expect(own.late).toHaveLength(1)
  })

  it('changes the hash of exactly the views that depend on a change', async () => {
    const hashes = async (job: string, helper = HELPER): Promise<Record<string, string>> => {
      const { plan } = await compileJob(jobFile(job, { 'lib/country.ts': helper }), { outDir: folderOf({}) })
      return Object.fromEntries(plan?.results.map(r => [r.name, r.hash]) ?? [])
    }
    const before = await hashes(JOB)
    expect(await hashes(JOB.replaceAll('v => ', '(v) =>   /* same */ '), `// same\n${HELPER}`)).toEqual(before)
    const helper = await hashes(JOB, HELPER.replace('none', 'nowhere'))
    expect(helper.words).toBe(before.words)
    expect(helper.traffic).not.toBe(before.traffic)
    const lambda = await hashes(JOB.replace('toLowerCase', 'toUpperCase'))
    expect(lambda.traffic).toBe(before.traffic)
    expect(lambda.words).not.toBe(before.words)
  })

  it('follows the paths of a tsconfig near the job, and not its target', async () => {
    const path = jobFile(JOB.replace('./lib/country.ts', '@lib/country.ts'), {
      'lib/country.ts': HELPER,
      'tsconfig.json':
        '{ "compilerOptions": { "target": "es5", "strict": false, "paths": { "@lib/*": ["./lib/*"] } } }',
    })
    const [aliased, plain] = [folderOf({}), folderOf({})]
    expect((await compileJob(path, { outDir: aliased })).diagnostics).toEqual([])
    await compileJob(jobFile(JOB, { 'lib/country.ts': HELPER }), { outDir: plain })
    expect(contents(aliased)['functions.mjs']).toBe(contents(plain)['functions.mjs'])
  })

  it('is not written where there are errors', async () => {
    const outDir = join(folderOf({}), 'out')
    const { diagnostics, plan } = await compileJob(
      jobFile(JOB.replace('v.bytes >= 0', 'v.byte >= 0'), { 'lib/country.ts': HELPER }),
      { outDir },
    )
    expect(diagnostics.map(d => d.word)).toEqual(['type-error'])
    expect(plan).toBeNull()
    expect(existsSync(outDir)).toBe(false)
  })

  it('compiles within a budget', async () => {
    const outDir = folderOf({})
    const path = jobFile(JOB, { 'lib/country.ts': HELPER })
    await compileJob(path, { outDir })
    const start = process.cpuUsage()
    await compileJob(path, { outDir })
    const { user, system } = process.cpuUsage(start)
    // Processor time, since the CPU may be busy; most of it is TypeScript's.
    expect((user + system) / 1000).toBeLessThan(5000)
  })
})
