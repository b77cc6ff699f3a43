// Processes that open and close a state over and over while its writers commit and are killed.
//
// Promises: each sees a whole commit, none older than the last one that was acknowledged before it opened the state; no
// opening fails, no commit is lost, and the state is never damaged.
// `npm run openers -- --duration 10m --seed 7` runs longer.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { openStateReader } from '../../store/index.ts'
import { seededRandom } from '../../testing/equivalence/random.ts'
import { type Child, program, start } from '../support/child.ts'
import { COMMITTER, commitShown } from './support/commits.ts'

const seconds = Number(process.env.LYREBIRD_SECONDS ?? 6)
const seed = Number(process.env.LYREBIRD_SEED ?? 1)

const committer = program(COMMITTER)

/** Opens and closes the state until it is killed. */
const opener = program(`
  import { openStateReader } from './store/index.ts'
  console.log('ready')
  for (;;) {
    const reader = openStateReader(process.argv[2])
    reader.document('number')
    await reader.close()
    await new Promise(setImmediate)
  }
`)

/** Follows what a writer says. */
class Acknowledged {
  last = -1

  async follow(writer: Child): Promise<void> {
    for (let line = await writer.line(); line !== undefined; line = await writer.line()) {
      if (line !== 'open') this.last = Number(line)
    }
  }
}

async function firstState(dir: string): Promise<void> {
  const writer = start(committer, [dir])
  while ((await writer.line()) !== '0');
  writer.kill('SIGKILL')
  await writer.ended
}

test(`openers beside writers that are killed, ${seconds} s, seed ${seed}`, {
  timeout: seconds * 1000 + 60_000,
}, async () => {
  const dir = mkdtempSync(join(tmpdir(), 'lyrebird-store-'))
  const random = seededRandom(seed)
  await firstState(dir)
  const acknowledged = new Acknowledged()
  const counts = { lives: 0, seen: 0 }
  let other = start(opener, [dir])
  await other.line()
  for (const until = performance.now() + seconds * 1000; performance.now() < until; counts.lives++) {
    const writer = start(committer, [dir])
    const followed = acknowledged.follow(writer)
    const before = acknowledged.last
    // Most lives end some time after a commit, some at any time.
    let end = performance.now() + (random.chance(0.2) ? random.below(500) : 20_000)
    for (let after = 1 + random.below(200); performance.now() < end; counts.seen++) {
      const least = acknowledged.last
      if (least !== before && after > 0) {
        end = Math.min(end, performance.now() + after)
        after = 0
      }
      const reader = openStateReader(dir)
      try {
        expect(commitShown(reader)).toBeGreaterThanOrEqual(least)
      } finally {
        await reader.close()
      }
      await sleep(random.below(3))
    }
    writer.kill('SIGKILL')
    expect(await writer.ended).toMatchObject({ signal: 'SIGKILL' })
    await followed
    if (random.chance(0.2)) {
      other.kill('SIGKILL')
      expect(await other.ended).toMatchObject({ signal: 'SIGKILL' })
      other = start(opener, [dir])
      await other.line()
    }
  }
  other.kill('SIGKILL')
  expect(await other.ended).toMatchObject({ signal: 'SIGKILL' })
  console.log(`${counts.lives} writers, ${acknowledged.last} commits, seen ${counts.seen} times`)
  // Fewer on a busy machine: a process takes a second to start there.
  expect(acknowledged.last).toBeGreaterThan(counts.lives / 2)
  rmSync(dir, { recursive: true, force: true })
})
