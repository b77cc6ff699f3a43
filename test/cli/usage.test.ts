// Usage errors: exit 2, what to type instead on stderr, nothing on stdout, nothing written.

import { readdirSync } from 'node:fs'
import { beforeAll, expect, test } from 'vitest'
import { JOB, project, records, run } from './lyrebird.ts'

let folder = ''
beforeAll(async () => {
  folder = project({ 'job.ts': JOB })
  await run(folder, ['append', 'page-views', '--log', 'log', '--partitions', '2'], { input: records(30) })
  await run(folder, ['batch', 'job.ts', '--log', 'log', '--state', 'state'])
})

const BATCH = 'batch job.ts --log log --state new'

test.each([
  ['bach job.ts', 'there is no command "bach"', 'did you mean batch?'],
  ['run jop.ts --log log --state new', 'there is no file jop.ts', 'did you mean job.ts?'],
  ['run job.ts --log log', '--state is missing', '--state DIR'],
  ['run job.ts --log log --state new --listen 9464', '--listen takes HOST:PORT', '--listen 127.0.0.1:9464'],
  ['run job.ts --log log --state new --final', '--final needs --until', '--until end'],
  ['run job.ts --log log --state new --archive none', 'none is not there', 'TOPIC/partition=P/'],
  ['status', '--state is missing', '--state DIR'],
  ['batch', "missing required argument 'job'", 'lyrebird COMMAND --help'],
  ['batch job.ts extra --log log --state new', 'too many arguments', ''],
  ['batch jop.ts --log log --state new', 'there is no file jop.ts', 'did you mean job.ts?'],
  ['batch job.ts --sate x', "unknown option '--sate'", 'did you mean --state?'],
  ['batch job.ts --state new', '--log is missing', 'lyrebird.config.ts'],
  ['batch job.ts --log log', '--state is missing', '--state DIR'],
  ['batch job.ts --log nowhere --state new', 'nowhere', ''],
  [`${BATCH} --until page-views/0`, '"page-views/0" is not a position', 'topic/partition:offset'],
  [`${BATCH} --until page-views/0:3`, 'the cut lacks page-views/1', 'page-views/1:OFFSET'],
  [`${BATCH} --until page-views/0:3,page-views/1:1,page-views/7:2`, 'page-views/7', ''],
  [`${BATCH} --workers many`, '--workers takes a whole number', ''],
  [`${BATCH} --workers 0`, '--workers takes a whole number', ''],
  ['stream job.ts --log log --state new --final', '--final needs --until', '--until end'],
  ['stream job.ts --log log --state new --commit-interval 5', '--commit-interval takes a duration', '500ms'],
  ['verify job.ts --log log --seed -1', '', ''],
  ['query trafic --state state', 'no view "trafic"', 'did you mean traffic?'],
  ['query hours --state state', 'no view "hours"', 'did you mean @outputs/hours?'],
  ['query @outputs/hour --state state', '', 'did you mean @outputs/hours?'],
  ['query ../state --state state', 'no view', ''],
  ['query traffic --state state --key KR', '--key takes JSON', `--key '"KR"'`],
  ['query traffic --state state --format tabel', '--format is one of', 'did you mean --format table?'],
  ['query @cut --state state --key 1', '--key is for views', ''],
  ['append ../x --log log', '', ''],
  [`append ${'x'.repeat(300)} --log log`, '', ''],
  ['append page-views --log log --partitions 3', 'partition', ''],
  ['append page-views --log log --format lines --key user', 'lines have no fields', ''],
  ['tick page-views/0 --log log', '--at is missing', 'add --at'],
  ['tick page-views/0 --log log --at soon', '--at takes a time', 'ISO 8601'],
  ['tick page-views/0 --log log --at -1', 'is no time for a tick', ''],
  ['tick page-views:0 --log log --at 1', 'is no partition', 'TOPIC/PARTITION'],
  ['cat page-views --log log', 'is no place in a log', 'TOPIC/PARTITION:OFFSET'],
  ['batch job.ts --log log --state s --give-up-after soon', '--give-up-after takes a duration', '10s'],
  ['append page-views --log log --tick soon', '--tick takes a time', 'ISO 8601'],
  ['append page-views --log log none.ndjson', 'there is no file none.ndjson', ''],
  ['append page-views --log kafka://h:1', 'not to Kafka', ''],
  ['explain clock-in-lamda', 'no page', 'did you mean clock-in-lambda?'],
  ['explain job.ts', 'is a job', 'lyrebird compile'],
])('%s', async (line, what, next) => {
  const before = readdirSync(folder)
  const { code, out, err } = await run(folder, line.split(' '), { input: records(1) })
  expect({ code, out }).toEqual({ code: 2, out: '' })
  expect(err).toContain(what)
  expect(err).toContain(next)
  expect(err).not.toContain('\n    at ')
  expect(readdirSync(folder).filter(name => name !== 'new')).toEqual(before.filter(name => name !== 'new'))
})

test('a topic that the log lacks is named, with the nearest one', async () => {
  const there = project({ 'job.ts': JOB.replace("'page-views', { time", "'page-view', { time") })
  await run(there, ['append', 'page-views', '--log', 'log'], { input: records(3) })
  const { code, err } = await run(there, ['batch', 'job.ts', '--log', 'log', '--state', 'state'])
  expect(code).toBe(2)
  expect(err).toContain('unknown-topic')
  expect(err).toContain('page-views')
})

test('with --json a failure is an object on stdout', async () => {
  const { code, out } = await run(folder, ['query', 'trafic', '--state', 'state', '--json'])
  expect(code).toBe(2)
  expect(JSON.parse(out)).toMatchObject({
    error: { code: 'unknown-view', exit: 2, hint: expect.stringContaining('did you mean traffic?') },
  })
})
