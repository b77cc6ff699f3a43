// Flipped bits and cut files of an artefact: a typed failure or no effect.
//
// `npm run damage -- --tries 20000 --seed N` tries more. Needs the built package (`npm run build`).

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { compileJob } from '../../compiler/index.ts'
import { isLyrebirdError } from '../../core/errors.ts'
import { checkArtefact } from '../../host/artefact.ts'
import { seededRandom } from '../../testing/equivalence/random.ts'
import { JOB, project } from '../cli/lyrebird.ts'
import { damage, filesIn } from './support/files.ts'

const tries = Number(process.env.LYREBIRD_DAMAGE_TRIES ?? 2000)
const seed = Number(process.env.LYREBIRD_SEED ?? 1)

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
