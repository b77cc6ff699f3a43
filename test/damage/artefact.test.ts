// Flipped bits and cut files of an artefact and of a compile cache: a typed failure, a compilation anew, or no effect.
//
// `node scripts/damage-campaign.mjs --tries 20000 --seed N` tries more. Needs the built package (`npm run build`).

import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { compileJob } from '../../compiler/index.ts'
import { isLyrebirdError } from '../../core/errors.ts'
import { checkArtefact } from '../../host/artefact.ts'
import { seededRandom } from '../../testing/equivalence/random.ts'
import { JOB, project, records, run } from '../cli/lyrebird.ts'

const tries = Number(process.env.LYREBIRD_DAMAGE_TRIES ?? 2000)
const seed = Number(process.env.LYREBIRD_SEED ?? 1)
/** Whole commands are slower. */
const commands = Math.max(2, Math.floor(tries / 500))

type Random = ReturnType<typeof seededRandom>

/** Flips a bit of a file, or cuts it. */
function damage(path: string, random: Random): string {
  const bytes = readFileSync(path)
  const at = random.below(bytes.length)
  if (random.chance(0.1)) {
    writeFileSync(path, bytes.subarray(0, at))
    return `${path} cut at ${at}`
  }
  const bit = random.below(8)
  bytes[at] = (bytes[at] as number) ^ (1 << bit)
  writeFileSync(path, bytes)
  return `${path} bit ${bit} of byte ${at}`
}

function filesIn(folder: string): string[] {
  return readdirSync(folder)
    .filter(name => name !== 'node_modules')
    .map(name => join(folder, name))
    .flatMap(path => (statSync(path).isDirectory() ? filesIn(path) : [path]))
}

it(`${tries} damages of an artefact are found, seed ${seed}`, { timeout: 60_000 + tries * 50 }, async () => {
  const random = seededRandom(seed)
  const folder = project({ 'job.ts': JOB })
  const dist = join(folder, 'dist')
  expect((await compileJob(join(folder, 'job.ts'), { outDir: dist })).diagnostics).toEqual([])
  const whole = new Map(filesIn(dist).map(path => [path, readFileSync(path)]))
  const meaning = (text: string): unknown => JSON.parse(text)
  let same = 0
  for (let i = 0; i < tries; i++) {
    const [path, content] = [...whole][random.below(whole.size)] as [string, Buffer]
    const what = damage(path, random)
    try {
      checkArtefact(dist)
      // White space between the fields of the manifest.
      expect(path, what).toBe(join(dist, 'manifest.json'))
      expect(meaning(readFileSync(path, 'utf8')), what).toEqual(meaning(content.toString()))
      same++
    } catch (error) {
      if (!isLyrebirdError(error)) throw error
      expect(error.code, what).toBe('artefact-damaged')
    }
    writeFileSync(path, content)
  }
  checkArtefact(dist)
  console.log(`seed ${seed}: ${tries - same} damages found, ${same} that mean the same`)
  expect(same).toBeLessThan(tries / 10)
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
    const files = filesIn(cache)
    const what = damage(files[random.below(files.length)] as string, random)
    expect(await rowsAfter(`s${i}`), what).toBe(expected)
  }
})
