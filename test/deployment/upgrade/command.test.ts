// `lyrebird run --upgrade` and `--as`: a changed job over the state of a running one, by the real command.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { begin, project, run } from '../../cli/lyrebird.ts'

const LIMIT_MS = 120_000
const JOB = (lambda: string): string => `import { job, source } from 'lyrebird'
const words = source<{ t: number; w: string; n: number }>('words', { time: v => v.t })
export default job('words', {
  total: words.keyBy(v => v.w).count(),
  sums: words.keyBy(v => v.w).sum(v => ${lambda}),
  out: words.filter(v => v.n > 1).to('out'),
})
`
const lines = (from: number, to: number): string =>
  Array.from(
    { length: to - from },
    (_, i) => `${JSON.stringify({ t: from + i, w: `w${(from + i) % 3}`, n: (from + i) % 4 })}\n`,
  ).join('')

const PLACES = ['--log', 'log', '--state', 'state']

it('takes an edited view over while the old version runs, with threads', { timeout: LIMIT_MS }, async () => {
  const dir = project({ 'job.ts': JOB('v.n'), 'words.ndjson': lines(0, 300) })
  const lyrebird = (...args: string[]) => run(dir, args)
  expect((await lyrebird('append', 'words', '--log', 'log', '--partitions', '2', 'words.ndjson')).code).toBe(0)
  const old = begin(dir, ['run', 'job.ts', ...PLACES])
  await old.said('live')
  writeFileSync(join(dir, 'job.ts'), JOB('v.n * 2'))
  const refused = await lyrebird(
    'run',
    'job.ts',
    '--log',
    'log',
    '--state',
    'state',
    '--until',
    'end',
    '--as',
    'state/x',
  )
  expect(refused).toMatchObject({ code: 2, err: expect.stringContaining('in the directory of the old version') })
  const both = await lyrebird('run', 'job.ts', ...PLACES, '--as', 'other', '--upgrade')
  expect(both).toMatchObject({ code: 2, err: expect.stringContaining('--upgrade and --as exclude each other') })
  const upgraded = await lyrebird('run', 'job.ts', ...PLACES, '--until', 'end', '--workers', '2', '--upgrade')
  expect(upgraded.code, upgraded.err).toBe(0)
  for (const said of [
    'upgrade: view "sums" changed: the lambda of sum in aggregate (job.ts:5:',
    'upgrade: taken over as it is: out, total',
    'upgrade: computed beside: sums',
    'upgrade: the state is that of the new version',
  ])
    expect(upgraded.err).toContain(said)
  const ended = await old.ended
  expect(ended).toMatchObject({ code: 0, err: expect.stringContaining('takes this state over: committing and ending') })
  const verdict = await lyrebird('verify', 'job.ts', ...PLACES, '--interleavings', '1')
  expect(verdict.out.trim().endsWith('equal'), verdict.out).toBe(true)
  writeFileSync(join(dir, 'job.ts'), JOB('v.n'))
  const again = await lyrebird('run', 'job.ts', ...PLACES, '--until', 'end')
  expect(again).toMatchObject({ code: 6, err: expect.stringContaining(`run job.ts ${PLACES.join(' ')} --upgrade`) })
  const beside = await lyrebird('run', 'job.ts', ...PLACES, '--until', 'end', '--as', 'other')
  expect(beside.err).toContain('new version: in other; the old one in state stays as it is')
  expect(beside.code).toBe(0)
  const rows = async (state: string) => (await lyrebird('query', 'sums', '--state', state)).out
  expect(await rows('other')).not.toBe(await rows('state'))
})
