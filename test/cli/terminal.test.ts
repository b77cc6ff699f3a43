// Terminals and pipes: progress and colours on a terminal only; a reader that closes the pipe early.

import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { progressText } from '../../cli/output/progress.ts'
import { BIN, JOB, project, records, run } from './lyrebird.ts'

let folder = ''
const ESCAPE = '\u001b['
const script = spawnSync('script', ['--version'], { encoding: 'utf8' })
const hasTerminal = script.status === 0 && script.stdout.includes('util-linux')
if (!hasTerminal) console.warn('SKIPPED: no `script` of util-linux here, so nothing is run on a terminal')

beforeAll(async () => {
  folder = project({ 'job.ts': JOB })
  await run(folder, ['append', 'page-views', '--log', 'log'], { input: records(3000) })
  await run(folder, ['batch', 'job.ts', '--log', 'log', '--state', 'state'])
})

test('a pipe gets no escape codes and no progress', async () => {
  for (const line of [
    'check job.ts',
    'batch job.ts --log log --state piped',
    'query nix --state state',
    'check nix.ts',
  ]) {
    const { out, err } = await run(folder, line.split(' '))
    expect(out + err).not.toContain(ESCAPE)
    expect(err).not.toContain('\r')
  }
})

test.skipIf(!hasTerminal)('a terminal gets colours, and progress that is erased; NO_COLOR is obeyed', () => {
  const onTerminal = (line: string, env: Record<string, string> = {}): string => {
    const { PATH = '', HOME = '' } = process.env
    const command = `${process.execPath} ${BIN} ${line}`
    const options = { cwd: folder, env: { PATH, HOME, TERM: 'xterm', ...env }, encoding: 'utf8' as const }
    return spawnSync('script', ['-qec', command, '/dev/null'], options).stdout
  }
  const verify = onTerminal('verify job.ts --log log --interleavings 1')
  expect(verify).toContain('verify job.ts: reference')
  expect(verify).toContain(`\r${ESCAPE}K`)
  expect(verify).toContain(`${ESCAPE}32mequal${ESCAPE}39m`)
  const plain = onTerminal('query nix --state state', { NO_COLOR: '1' })
  expect(plain).toContain('unknown-view  job page-views has no view')
  expect(plain).not.toContain(`${ESCAPE}3`)
  expect(onTerminal('query nix --state state')).toContain(`${ESCAPE}31munknown-view${ESCAPE}39m`)
})

test('a reader that closes the pipe ends the command quietly', () => {
  const { HOME = '', PATH = '' } = process.env
  const command = `for i in 1 2 3; do ${process.execPath} ${BIN} query users --state ${join(folder, 'state')}; done | head -1`
  const { stdout, stderr, status } = spawnSync('bash', ['-c', command], { env: { HOME, PATH }, encoding: 'utf8' })
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 })
  expect(stdout.split('\n')).toHaveLength(2)
})

test('progress shows records per second, bytes, share done and time left', () => {
  expect(progressText('batch', { records: 1_500_000, done: 25, total: 100 }, 3)).toBe(
    'batch  1,500,000 records  500,000 records/s  25 %  9 s left',
  )
  expect(progressText('append', { records: 10, bytes: 2_500_000, done: 50, total: 100 }, 100)).toBe(
    'append  10 records  0 records/s  2.5 MB, 25.0 kB/s  50 %  1 min 40 s left',
  )
  expect(progressText('stream', { records: 0, more: 'lag 3' }, 0)).toBe('stream  0 records  0 records/s  lag 3')
})
