// `topics` and `cat` over an embedded log, an archive, copied segments and an output.

import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { cat } from '../../cli/commands/cat.ts'
import { topics } from '../../cli/commands/topics.ts'
import type { Terminal } from '../../cli/output/terminal.ts'
import { OutputTopic } from '../../logs/embedded/output-topic.ts'
import type { LogRecord } from '../../logs/log-record.ts'
import { testFolder } from '../run/support/folder.ts'

const utf8 = new TextEncoder()
const record = (value: Uint8Array | string | null, more: Partial<LogRecord> = {}): LogRecord => ({
  timestamp: 1_767_261_600_000,
  key: null,
  value: typeof value === 'string' ? utf8.encode(value) : value,
  headers: [],
  ...more,
})

const RECORDS = [
  record('{"n":12345678901234567890}', { key: utf8.encode('ü') }),
  record(Uint8Array.of(0, 0, 0, 1, 2, 0xff, 0x41), { key: Uint8Array.of(0xc3) }),
  record(null, { headers: [{ key: 'lyrebird-tick', value: null }] }),
  record('plain text', { timestamp: -1, headers: [{ key: 'trace', value: utf8.encode('abc') }] }),
]

async function embedded(owner: string | null = null): Promise<string> {
  const folder = testFolder()
  const topic = await OutputTopic.open(folder, 't', { partitions: 2, owner })
  await topic.recover()
  await topic.append(0, RECORDS)
  await topic.close()
  return folder
}

/** What a command writes. */
function recorder() {
  const data: string[] = []
  const talk: string[] = []
  const terminal = {
    data: (line: string) => void data.push(line),
    talk: (line: string) => void talk.push(line),
  } as unknown as Terminal
  return { data, talk, terminal }
}

async function shown(place: string, flags: Parameters<typeof cat>[1]) {
  const { data, talk, terminal } = recorder()
  await cat(place, flags, terminal)
  return { data, talk }
}

describe('cat', () => {
  it('shows keys, headers, times and values, whatever they are', async () => {
    const { data } = await shown('t/0', { log: await embedded(), count: '10' })
    expect(data).toEqual([
      't/0:0',
      '  timestamp  1767261600000  2026-01-01T10:00:00.000Z',
      '  key        (text, 2 bytes) ü',
      '  value      (json, 26 bytes) {"n":12345678901234567890}',
      't/0:1',
      '  timestamp  1767261600000  2026-01-01T10:00:00.000Z',
      '  key        (1 byte)',
      '    000000  c3                                               .',
      '  value      (7 bytes, schema id 258 if from a registry)',
      '    000000  00 00 00 01 02 ff 41                             ......A',
      't/0:2  (a tick)',
      '  timestamp  1767261600000  2026-01-01T10:00:00.000Z',
      '  key        null',
      '  header lyrebird-tick  null',
      '  value      null',
      't/0:3',
      '  timestamp  none',
      '  key        null',
      '  header trace  (text, 3 bytes) abc',
      '  value      (text, 10 bytes) plain text',
    ])
  })

  it('begins at the offset, shows so many, and the bytes of text on request', async () => {
    const log = await embedded()
    expect((await shown('t/0:3', { log, raw: true })).data.at(-1)).toBe(
      '    000000  70 6c 61 69 6e 20 74 65 78 74                    plain text',
    )
    expect((await shown('t/0:1', { log, count: '2' })).data.filter(line => line.startsWith('t/'))).toHaveLength(2)
  })

  it('prints one exact object a record', async () => {
    const { data } = await shown('t/0', { log: await embedded(), json: true, count: '4' })
    const [first, second, third, fourth] = data.map(line => JSON.parse(line))
    expect(first).toMatchObject({ topic: 't', partition: 0, offset: '0', timestamp: 1_767_261_600_000 })
    expect(first.value).toMatchObject({ kind: 'json', text: '{"n":12345678901234567890}' })
    expect(second.value).toEqual({ kind: 'bytes', base64: 'AAAAAQL/QQ==' })
    expect(third).toMatchObject({ tick: true, value: null, headers: [{ key: 'lyrebird-tick', value: null }] })
    expect(fourth).toMatchObject({ timestamp: null, time: null })
  })

  it('names what is there where the place is not', async () => {
    const log = await embedded()
    const codes = ['t/0:4', 't/1', 't/2', 'other/0', 't', 't/0:x'].map(async place => {
      const failure = await shown(place, { log }).catch((e: unknown) => e as { code: string; message: string })
      return 'code' in failure ? failure.code : ''
    })
    expect(await Promise.all(codes)).toEqual(['usage', 'usage', 'unknown-topic', 'unknown-topic', 'usage', 'usage'])
    await expect(shown('t/0:9', { log })).rejects.toThrow('holds offsets 0 to 3')
  })

  it('shows lines of files, which have a value alone', async () => {
    const log = testFolder()
    mkdirSync(join(log, 't', 'partition=0'), { recursive: true })
    writeFileSync(join(log, 't', 'partition=0', 't+0+0000000005.json'), '{"a":1}\n{"a":2}\n')
    expect((await shown('t/0:6', { log })).data).toEqual(['t/0:6', '  value      (json, 7 bytes) {"a":2}'])
  })
})

describe('topics', () => {
  async function listed(log: string, names: readonly string[] = []) {
    const { data, terminal } = recorder()
    const code = await topics(names, { log, json: true }, terminal)
    return { code, list: JSON.parse(data[0] as string).topics }
  }

  it('lists partitions, ranges, sizes and how topics are stored', async () => {
    const log = await embedded()
    const segment = '00000000000000000000.log'
    mkdirSync(join(log, 'copied-0'))
    cpSync(join(log, 't', 'partition=0', segment), join(log, 'copied-0', segment))
    mkdirSync(join(log, 'files', 'partition=0'), { recursive: true })
    writeFileSync(join(log, 'files', 'partition=0', 'files+0+0000000005.json'), 'no json\n')
    const { code, list } = await listed(log)
    expect(code).toBe(0)
    const partition = { partition: 0, bytes: expect.any(Number) }
    expect(list).toMatchObject([
      { topic: 'copied', storage: 'segments of a broker', partitions: [{ ...partition, start: '0', end: '4' }] },
      {
        topic: 'files',
        storage: 'files',
        values: 'text',
        partitions: [{ partition: 0, start: '5', end: '6', bytes: 8 }],
      },
      {
        topic: 't',
        storage: 'embedded log',
        values: 'json',
        partitions: [
          { ...partition, start: '0', end: '4' },
          { partition: 1, start: '0', end: '0' },
        ],
      },
    ])
    const { data, terminal } = recorder()
    await topics(['files'], { log }, terminal)
    expect(data).toEqual(['files  files  values text  1 partition  1 offsets  8 B', '  files/0  5 to 6  8 B'])
  })

  it('says of a directory in another layout what it is, and of an empty one nothing', async () => {
    const log = testFolder()
    const { terminal, talk } = recorder()
    expect(await topics([], { log }, terminal)).toBe(0)
    expect(talk).toEqual([`${log} has no topics`])
    mkdirSync(join(log, 'backup', 'orders', 'partition=0'), { recursive: true })
    const failure = await topics([], { log }, terminal).catch((thrown: unknown) => thrown)
    expect(failure).toMatchObject({ code: 'unknown-topic', hint: `--log ${join(log, 'backup')}` })
  })

  it('says which are outputs, lists on past a broken one, and knows no others', async () => {
    const log = await embedded('a state')
    mkdirSync(join(log, 'broken', 'partition=0'), { recursive: true })
    writeFileSync(join(log, 'broken', 'partition=0', 'what is this'), '')
    const { code, list } = await listed(log)
    expect(code).toBeGreaterThan(0)
    expect(list).toMatchObject([
      { topic: 'broken', error: {} },
      { topic: 't', storage: 'output of a job' },
    ])
    await expect(listed(log, ['nothing'])).rejects.toMatchObject({ code: 'unknown-topic' })
  })
})
