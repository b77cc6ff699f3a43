// Hostile names of topics, jobs and views are refused before any file is opened or made.

import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { compileJob } from '../../compiler/index.ts'
import { isLyrebirdError } from '../../core/errors.ts'
import { parseCut } from '../../core/log/cut.ts'
import { appendFiles } from '../../logs/append/append.ts'
import { openLog } from '../../logs/index.ts'
import { MemoryLog } from '../../logs/memory.ts'
import { jobFile } from '../compiler/support/job-folder.ts'
import { testFolder } from '../run/support/folder.ts'

const NAMES = [
  '../x',
  '..',
  '.',
  '',
  'a/b',
  'a\\b',
  '/etc/passwd',
  'a\u0000b',
  'x'.repeat(300),
  'caf\u00e9',
  'a b',
  'a\nb',
  '%2e%2e',
]

const codeOf = (run: () => unknown): Promise<unknown> =>
  Promise.resolve()
    .then(run)
    .then(
      () => 'accepted',
      (error: unknown) => (isLyrebirdError(error) ? error.code : String(error)),
    )

async function* oneLine() {
  yield new TextEncoder().encode('{}\n')
}

describe.each(NAMES.map(name => [JSON.stringify(name).slice(0, 20), name] as const))('%s', (_shown, name) => {
  test('is no topic of any log', async () => {
    const folder = testFolder()
    const directory = join(folder, 'log')
    const append = (topic: string) =>
      appendFiles({ directory, topic, inputs: [{ name: 'x', bytes: oneLine() }], now: () => 0 })
    expect(await codeOf(() => append(name))).toBe('bad-name')
    expect([existsSync(directory), readdirSync(folder)]).toEqual([false, []])
    await append('good')
    const log = await openLog(directory)
    const refused = ['bad-name', 'unknown-topic']
    expect(refused).toContain(await codeOf(() => log.partitions(name)))
    expect(refused).toContain(await codeOf(() => log.read(name, 0, 0n, 1n)[Symbol.asyncIterator]().next()))
    await log.close()
    expect(await codeOf(() => new MemoryLog().createTopic(name, 1))).toBe('bad-name')
    expect(await codeOf(() => parseCut(`${name}/0:1`))).toBe('malformed-cut')
    expect(readdirSync(directory)).toEqual(['good'])
  })
})

test('odd but legal names work as topics', async () => {
  const directory = testFolder()
  for (const topic of ['__proto__', 'constructor', 'toString', '...', '-', '--help', 'a.b', 'x'.repeat(249)]) {
    await appendFiles({ directory, topic, inputs: [{ name: 'x', bytes: oneLine() }], now: () => 0 })
    const log = await openLog(directory)
    expect(await log.partitions(topic)).toEqual([{ topic, partition: 0, start: 0n, end: 1n }])
    await log.close()
  }
})

const HEAD = `import { job, source } from 'lyrebird'
const name: string = `

describe.each(['../x', 'a\u0000b', 'x'.repeat(300)].map(name => [JSON.stringify(name).slice(0, 20), name]))(
  'compiling %s',
  (_shown, name) => {
    test.each([
      ['topic', 'bad-topic', "export default job('j', { all: source<string>(name).keyBy(v => v).count() })"],
      ['output', 'bad-topic', "export default job('j', { all: source<string>('t').to(name) })"],
      ['job', 'bad-name', "export default job(name, { all: source<string>('t').keyBy(v => v).count() })"],
      ['view', 'bad-name', "export default job('j', { [name]: source<string>('t').keyBy(v => v).count() })"],
    ])('as a name of a %s', async (_what, word, text) => {
      const outDir = join(testFolder(), 'dist')
      const compiled = await compileJob(jobFile(`${HEAD}${JSON.stringify(name)}\n${text}\n`), { outDir })
      expect(compiled.diagnostics.map(d => d.word)).toEqual([word])
      expect([compiled.outDir, existsSync(outDir)]).toEqual([null, false])
    })
  },
)
