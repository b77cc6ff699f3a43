// Commands on one state in several containers, where each of them is process 1. Needs root and unshare(1).

import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { begin, JOB, project, records, run } from './lyrebird.ts'

const possible = spawnSync('unshare', ['-p', '-f', '--mount-proc', '-u', 'true']).status === 0
if (!possible) console.warn('containers.test.ts: no unshare here, so nothing was tried in containers')

const container = (host: string) => ({
  shell: `exec unshare -p -f --mount-proc -u --kill-child sh -c 'hostname ${host}; exec "$@"' sh "$@"`,
})
const STATE = ['--log', 'log', '--state', 'state']

let folder = ''
beforeAll(async () => {
  folder = project({ 'job.ts': JOB, 'views.ndjson': records(20) })
  await run(folder, ['append', 'page-views', '--log', 'log', 'views.ndjson'])
  expect(await run(folder, ['batch', 'job.ts', ...STATE])).toMatchObject({ code: 0 })
}, 60_000)

test.runIf(possible)(
  'a state is queried and verified in other containers while a stream writes it',
  async () => {
    const alone = await run(folder, ['query', 'users', '--state', 'state'])
    expect(alone).toMatchObject({ code: 0, err: '' })
    const stream = begin(folder, ['stream', 'job.ts', ...STATE], container('a'))
    await stream.said('following log')
    const query = (name: string) => run(folder, ['query', name, '--state', 'state'], container('b'))
    const both = await Promise.all([query('users'), query('users')])
    for (const one of both) expect(one).toEqual(alone)
    expect(await query('nothing')).toMatchObject({ code: 2, out: '', err: expect.stringMatching(/^unknown-view/) })
    const verified = await run(folder, ['verify', 'job.ts', ...STATE, '--interleavings', '1'], container('c'))
    expect(verified).toMatchObject({ code: 0, out: expect.stringMatching(/\nequal\n$/) })
    const second = await run(folder, ['batch', 'job.ts', ...STATE], container('b'))
    expect(second).toMatchObject({ code: 6, err: expect.stringMatching(/state-locked .*process 1 on a/) })
    stream.child.kill('SIGKILL')
    await stream.ended
    expect(await run(folder, ['batch', 'job.ts', ...STATE], container('b'))).toMatchObject({ code: 0 })
    expect(await run(folder, ['query', 'users', '--state', join(folder, 'state')], container('b'))).toEqual(alone)
  },
  120_000,
)
