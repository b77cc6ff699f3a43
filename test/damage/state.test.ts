// Flipped bits and cut files of a state: a typed failure or no effect, and never the end of the process by a signal.
//
// `npm run damage -- --tries 20000 --seed N` tries more.

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { stateFile } from '../../store/lmdb.ts'
import { testFolder } from '../run/support/folder.ts'
import { program, start } from '../support/child.ts'

const tries = Number(process.env.LYREBIRD_DAMAGE_TRIES ?? 400)
const seed = Number(process.env.LYREBIRD_SEED ?? 1)

const TYPED = ['state-corrupt', 'state-missing', 'state-too-new', 'system-limit', 'disk-full']

it(`survives ${tries} damages of a state, seed ${seed}`, { timeout: 120_000 + tries * 1000 }, async () => {
  const folder = testFolder()
  const base = join(folder, 'base')
  mkdirSync(base)
  const make = program(`
    import { makeState } from './test/damage/support/state-tries.ts'
    await makeState(process.argv[2], Number(process.argv[3]))
    process.exit(0)
  `)
  expect(await start(make, [base, String(seed)]).ended).toMatchObject({ code: 0 })
  const path = program(`
    import { stateTries } from './test/damage/support/state-tries.ts'
    await stateTries(JSON.parse(process.argv[2]))
    process.exit(0)
  `)
  const wrong: string[] = []
  const outcomes = new Map<string, number>()
  let expected: readonly string[] = []
  for (let next = 0; next < tries; ) {
    const order = { file: stateFile(base), folder: join(folder, `from-${next}`), seed, from: next, to: tries }
    const child = start(path, [JSON.stringify(order)])
    for (let line = await child.line(); line !== undefined; line = await child.line()) {
      next++
      const [number, damage, ...found] = line.split(' ')
      if (number === '0') expected = found
      const isRight = found.length === 2 && found.every((text, i) => text === expected[i] || TYPED.includes(text))
      if (!isRight) wrong.push(`${damage}: ${found.join(' ') || 'ended the process'}`)
      const outcome = found.map((text, i) => (text === expected[i] ? 'same' : text)).join(' ')
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
    }
    const { code, signal, stderr } = await child.ended
    if (code !== 0) wrong.push(`ended by ${signal ?? code}: ${stderr.slice(0, 2000)}`)
  }
  console.log(`seed ${seed}:`, Object.fromEntries(outcomes))
  expect(expected.every(text => /^[0-9a-f]{32}$/.test(text))).toBe(true)
  expect(wrong).toEqual([])
  expect(outcomes.get('state-corrupt state-corrupt')).toBeGreaterThan(tries / 10)
})
