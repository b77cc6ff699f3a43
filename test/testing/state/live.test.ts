// A state is verified while commits are made: one of them, held for a moment.
//
// Promises: what is held is bounded, and the state's file does not grow for it.

import { statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openStateReader } from '../../../store/index.ts'
import { stateVerdictLines } from '../../../testing/equivalence/index.ts'
import { testFolder } from '../../run/support/folder.ts'
import { appendClicks, clickLog, clicks, Live, verified } from './clicks.ts'

type Verdict = Awaited<ReturnType<typeof verified>>

const textOf = (verdict: Verdict): string => stateVerdictLines(verdict, 'again').join('\n')

describe('while commits are made', () => {
  const functions = clicks()

  async function live(count: number): Promise<{ live: Live; state: string }> {
    const state = join(testFolder(), 'state')
    const live = await Live.open(functions, clickLog(count), state)
    await live.commit()
    return { live, state }
  }

  it('one of them is verified, with its cut and the rows that it had', async () => {
    const { live: stream, state } = await live(60)
    const more = async (): Promise<void> => {
      const { end = 0n } = (await stream.log.partitions('clicks'))[0] ?? {}
      appendClicks(stream.log, Number(end), Number(end) + 10)
      await stream.commit()
    }
    const verdict = await verified(functions, stream.log, state, { onStep: more })
    expect(verdict, textOf(verdict)).toMatchObject({ equal: true, whole: true, records: 70 })
    expect(verdict).toMatchObject({ commit: { number: 2 }, cut: { 'clicks/0': '70' }, writer: process.pid })
    const next = await verified(functions, stream.log, state)
    expect(next, textOf(next)).toMatchObject({ equal: true, commit: { number: 4 }, cut: { 'clicks/0': '90' } })
    await stream.close()
    expect(await verified(functions, stream.log, state)).toMatchObject({ equal: true, writer: null })
  })

  it('the file of the state takes no room for the commit that is verified', async () => {
    const { live: stream, state } = await live(3000)
    const bytes = (): number => statSync(join(state, 'state.mdb')).size
    // Of one minute: the same rows are written again and again.
    const click = { timestamp: 30_000_000, value: new TextEncoder().encode('{"n":1}') }
    const commits = async (): Promise<void> => {
      for (let i = 0; i < 40; i++) {
        stream.log.append('clicks', 0, [click])
        await stream.commit()
      }
    }
    await commits()
    const held = openStateReader(state)
    const before = bytes()
    await commits()
    const whileHeld = bytes() - before
    await held.close()
    await commits()
    let during = Number.NaN
    const verdict = await verified(functions, stream.log, state, {
      onStep: async step => {
        if (step !== 'computing it again') return
        const begun = bytes()
        await commits()
        during = bytes() - begun
      },
    })
    expect(verdict.equal, textOf(verdict)).toBe(true)
    // Where free pages lie differs by some of them.
    expect(during).toBeLessThan(whileHeld / 20)
    await stream.close()
  })

  it('rows for which there was no time are said to be not compared; the digest of the state is', async () => {
    const { live: stream, state } = await live(60)
    const verdict = await verified(functions, stream.log, state, { holdMs: -1 })
    expect(verdict).toMatchObject({ equal: true, whole: false })
    const view = verdict.parts.find(({ part }) => part === 'view perMinute')
    expect(view).toMatchObject({ compared: 0, differing: 0, left: expect.stringContaining('--hold') })
    expect(textOf(verdict)).toMatch(/NOT COMPARED {2}view perMinute/)
    await stream.close()
  })

  it('what retention takes while it is computed again is left out', async () => {
    const { live: stream, state } = await live(60)
    appendClicks(stream.log, 60, 120)
    await stream.commit()
    const { log } = stream
    const read = log.read.bind(log)
    let trimmed = false
    log.read = (topic, partition, from, to, options) => {
      // The first record of the state is read by batch alone.
      if (from === 0n && !trimmed) {
        trimmed = true
        log.trim('clicks', 0, 50n)
      }
      return read(topic, partition, from, to, options)
    }
    const verdict = await verified(functions, log, state)
    expect(trimmed).toBe(true)
    expect(verdict, textOf(verdict)).toMatchObject({ equal: true, whole: false, records: 60 })
    expect(verdict.gone).toEqual([{ partition: 'clicks/0', from: '0', to: '50', verified: '60' }])
    await stream.close()
  })

  it('a further comparison gets the commit, and counts', async () => {
    const { live: stream, state } = await live(60)
    const further = [
      async ({ snapshot }: { snapshot: { commit: { number: number } | null } }) => [
        {
          part: `table rows at ${snapshot.commit?.number}`,
          compared: 1,
          of: 1,
          digest: null,
          since: null,
          left: null,
          differing: 1,
          differences: [{ at: 'key 1', state: '2', again: '3' }],
        },
      ],
    ]
    const verdict = await verified(functions, stream.log, state, { further })
    expect(verdict.equal).toBe(false)
    expect(textOf(verdict).split('\n')[0]).toBe(
      `NOT EQUAL: ${state} at commit 1 is not what batch computes from the log: table rows at 1`,
    )
    await stream.close()
  })
})
