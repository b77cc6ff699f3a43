// A log and a state between places: another host name, another pid namespace, a parent that reaps nobody.
//
// Promises: a living writer is never overtaken, one that has ended or was killed holds nothing, wherever the next one
// runs; readers see the last commit or a typed failure; nothing is lost. Containers need root and unshare(1); without
// them the other places are tried. `npm run places -- --duration 10m --seed N` runs longer.

import { join } from 'node:path'
import { expect, test } from 'vitest'
import { DirectoryLog } from '../../logs/directory.ts'
import { seededRandom } from '../../testing/equivalence/random.ts'
import type { Child } from '../support/child.ts'
import { temporaryDirectory } from './support/directories.ts'
import {
  containersPossible,
  type Files,
  IN_A,
  IN_B,
  killThere,
  PLACES,
  type Place,
  processOf,
  startReader,
  startWriter,
} from './support/places.ts'
import { allValues } from './support/read-log.ts'

const seconds = Number(process.env.LYREBIRD_SECONDS ?? 0)
const seed = Number(process.env.LYREBIRD_SEED ?? 1)
/** At least so many lives of a writer. */
const LIVES = 6

if (!containersPossible) console.warn('places.test.ts: no unshare here, so nothing was tried in other namespaces')

function newFiles(): Files {
  const folder = temporaryDirectory()
  return { log: join(folder, 'log'), state: join(folder, 'state') }
}

const inContainer = (place: Place): boolean => place === IN_A || place === IN_B || place.name.startsWith('container')

/** What a reader may print while a writer lives: not its fault if both have one number in their containers. */
async function expectRead(files: Files, place: Place, expected: string, writer: Place | null): Promise<void> {
  const line = await startReader(files, place).line()
  const clash = writer !== null && inContainer(writer) && inContainer(place)
  if (clash && line?.startsWith('process-number-taken the state in')) return
  expect(line, `read in ${place.name}`).toBe(expected)
}

async function expectLocked(files: Files, place: Place): Promise<void> {
  const rival = startWriter(files, 'rival', place)
  expect(await rival.line(), `rival in ${place.name}`).toMatch(/^log-locked t\/0 is being written by process/)
  rival.kill('SIGKILL')
}

test(`writers and readers of all places, seed ${seed}`, { timeout: 120_000 + seconds * 2000 }, async () => {
  const random = seededRandom(seed)
  const files = newFiles()
  const expected: string[] = []
  const until = performance.now() + seconds * 1000
  const kept: Child[] = []
  const seen = new Map<string, number>()
  let lives = 0
  for (; lives < LIVES || performance.now() < until; lives++) {
    const [place, other, third] = [random.pick(PLACES), random.pick(PLACES), random.pick(PLACES)]
    const end = random.pick(['closed', 'killed', 'stopped, then killed'] as const)
    const what = `life ${lives}: ${place.name}, ${end}`
    const writer = startWriter(files, `n${lives}`, place, end !== 'closed')
    expect(await writer.line(), what).toMatch(new RegExp(`^wrote \\d+ ${lives + 1}$`))
    expected.push(...Array<string>(3).fill(`n${lives}`))
    seen.set(`${place.name}, ${end}`, (seen.get(`${place.name}, ${end}`) ?? 0) + 1)
    if (end === 'closed') {
      if (place.reaps) expect(await writer.ended, what).toMatchObject({ code: 0, signal: null })
      else kept.push(writer)
    } else {
      await expectLocked(files, other)
      await expectRead(files, third, `read n${lives} ${expected.length}`, place)
      if (end === 'stopped, then killed') {
        process.kill(processOf(writer, place), 'SIGSTOP')
        await expectLocked(files, third)
        await expectRead(files, other, `read n${lives} ${expected.length}`, place)
      }
      await killThere(writer, place)
      if (!place.reaps) kept.push(writer)
    }
    await expectRead(files, third, `read n${lives} ${expected.length}`, null)
    if (kept.length > 4) kept.shift()?.kill('SIGKILL')
  }
  expect(await allValues(await DirectoryLog.open(files.log), 't')).toEqual(expected)
  const counts = [...seen].map(([kind, n]) => `${n} × ${kind}`).sort()
  console.log(`${lives} lives\n${counts.join('\n')}`)
})

test.runIf(containersPossible)('a state of a living container is locked, and free once it is gone', async () => {
  const files = newFiles()
  const holder = startWriter(files, 'one', IN_A, true)
  expect(await holder.line()).toBe('wrote 1 1')
  const other = () => startWriter({ ...files, log: join(temporaryDirectory(), 'log') }, 'two', IN_B).line()
  expect(await other()).toMatch(/^state-locked .* process 1 on a$/)
  await killThere(holder, IN_A)
  expect(await other()).toBe('wrote 1 2')
})

test.runIf(containersPossible)(
  'a reader of the same number as the writer is told so, and lmdb is not asked',
  async () => {
    const files = newFiles()
    const holder = startWriter(files, 'one', IN_A, true)
    expect(await holder.line()).toBe('wrote 1 1')
    const reader = startReader(files, IN_B)
    expect(await reader.line()).toMatch(/^process-number-taken .* by a process of the same number as this one, 1$/)
    expect(await reader.ended).toEqual({ code: 0, signal: null, stderr: '' })
    await killThere(holder, IN_A)
    // Its number still stands in the table of lmdb.
    expect(await startReader(files, IN_B).line()).toBe('read one 3')
  },
)
