// Flipped bits, cut and missing files of a compile cache: what is run is what was compiled, or it is compiled again.
//
// Most tries ask the cache within this process, with a compiler that gives again what it gave at first; some run whole
// commands. `node scripts/damage-campaign.mjs --tries 20000 --seed N` tries more. Needs the built package (`npm run
// build`).

import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import picocolors from 'picocolors'
import { expect, it, vi } from 'vitest'
import { readyJob } from '../../cli/cache/compile-cache.ts'
import { keptVerdicts } from '../../cli/cache/kept-verdicts.ts'
import type { Terminal } from '../../cli/output/terminal.ts'
import type { LawVerdict } from '../../compiler/index.ts'
import { seededRandom } from '../../testing/equivalence/random.ts'
import { JOB, project, records, run } from '../cli/lyrebird.ts'
import { damage, filesIn } from './support/files.ts'

const tries = Number(process.env.LYREBIRD_DAMAGE_TRIES ?? 400)
const seed = Number(process.env.LYREBIRD_SEED ?? 1)
/** Whole commands are slower. */
const commands = Math.max(2, Math.floor(tries / 500))

const compiler = vi.hoisted(() => ({ calls: 0 }))
vi.mock(import('../../compiler/index.ts'), async original => {
  const real = await original()
  let first: { result: Awaited<ReturnType<typeof real.compileJob>>; files: string } | null = null
  return {
    ...real,
    compileJob: async (job, options = {}) => {
      compiler.calls++
      const outDir = options.outDir as string
      if (first === null) {
        const result = await real.compileJob(job, options)
        const files = join(dirname(job), 'compiled')
        cpSync(outDir, files, { recursive: true })
        first = { result, files }
        return result
      }
      cpSync(first.files, outDir, { recursive: true })
      return { ...first.result, outDir }
    },
  }
})

const VERDICT: LawVerdict = {
  breach: null,
  refused: { lift: { value: 'NaN', error: 'RangeError: not a number' }, present: null },
}

/** Deletes a file now and then, else damages it. */
function harm(path: string, random: ReturnType<typeof seededRandom>): string {
  if (!random.chance(0.1)) return damage(path, random)
  rmSync(path)
  return `${path} deleted`
}

function terminalInto(lines: string[]): Terminal {
  const colours = picocolors.createColors(false)
  const flush = async (): Promise<void> => {}
  return {
    data: () => undefined,
    talk: line => lines.push(line),
    tell: ({ text }) => lines.push(text),
    json: null,
    progress: () => {},
    shows: false,
    colours,
    dataColours: colours,
    flush,
  }
}

it(`${tries} damages of a cache change nothing that is run, seed ${seed}`, {
  timeout: 60_000 + tries * 100,
}, async () => {
  const random = seededRandom(seed)
  const folder = project({ 'job.ts': JOB })
  const job = join(folder, 'job.ts')
  const artefact = async (lines: string[]): Promise<string> =>
    dirname(fileURLToPath((await readyJob(job, terminalInto(lines))).functionsUrl))
  const place = await artefact([])
  const verdicts = keptVerdicts(job)
  verdicts.write('a1', VERDICT)
  const cache = dirname(place)
  const whole = join(folder, 'whole')
  cpSync(cache, whole, { recursive: true })
  const seen = new Map<string, number>()
  for (let i = 0; i < tries; i++) {
    rmSync(cache, { recursive: true })
    mkdirSync(cache, { mode: 0o700 })
    cpSync(whole, cache, { recursive: true })
    const file = random.pick(filesIn(cache))
    const index = filesIn(cache).find(path => dirname(path) === cache) as string
    let what = harm(file, random)
    // Without the list of its sources an artefact is only found once the job is compiled.
    if (file !== index && random.chance(0.1)) what += `, ${harm(index, random)}`
    const isListed =
      existsSync(index) && readFileSync(index).equals(readFileSync(join(whole, index.slice(cache.length))))
    const [lines, before] = [[] as string[], compiler.calls]
    expect(await artefact(lines), what).toBe(place)
    const known = verdicts.read('a1')
    if (known !== null) expect(known, what).toEqual(VERDICT)
    const compiled = compiler.calls > before
    const told = lines.some(line => line.includes('is damaged; it is compiled again'))
    if (file.startsWith(place) && isListed && compiled) expect(told, what).toBe(true)
    for (const path of filesIn(place)) {
      const [now, then] = [path, join(whole, path.slice(cache.length))].map(p => readFileSync(p, 'utf8'))
      // White space between the fields of the manifest.
      if (path.endsWith('manifest.json')) expect(JSON.parse(now as string), what).toEqual(JSON.parse(then as string))
      else expect(now === then, what).toBe(true)
    }
    for (const name of ['functions.mjs', 'warnings.txt', 'manifest.json']) {
      expect(existsSync(join(place, name)), what).toBe(true)
    }
    const kind = compiled ? `compiled again${told ? ', told' : ''}` : known === null ? 'verdict lost' : 'no effect'
    seen.set(kind, (seen.get(kind) ?? 0) + 1)
  }
  console.log(`seed ${seed}:`, Object.fromEntries(seen))
  expect(seen.get('compiled again, told')).toBeGreaterThan(tries / 4)
  expect(seen.get('no effect') ?? 0).toBeLessThan(tries / 10)
})

it(`${commands} runs over damaged caches give the same`, { timeout: 120_000 + commands * 60_000 }, async () => {
  const random = seededRandom(seed + 1)
  const folder = project({ 'job.ts': JOB })
  await run(folder, ['append', 'page-views', '--log', 'log'], { input: records(20) })
  const rowsAfter = async (state: string): Promise<string> => {
    const end = await run(folder, ['batch', 'job.ts', '--log', 'log', '--state', state])
    expect(end).toMatchObject({ code: 0, signal: null })
    return (await run(folder, ['query', 'traffic', '--state', state])).out
  }
  const expected = await rowsAfter('whole')
  const cache = join(folder, '.lyrebird/cache')
  for (let i = 0; i < commands; i++) {
    const what = harm(random.pick(filesIn(cache)), random)
    expect(await rowsAfter(`s${i}`), what).toBe(expected)
  }
})
