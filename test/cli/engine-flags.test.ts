// Flags of Node that stand in the way: one sentence that names the flag, from the command and from compiled jobs.

import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { EXIT } from '../../core/errors.ts'
import { BIN, project } from './lyrebird.ts'

const JOB = `import { job, source } from 'lyrebird'
export default job('flags', { n: source<{ t: number; k: string }>('events', { time: e => e.t }).keyBy(e => e.k).count() })
`

const FLAGS = [
  '--disallow-code-generation-from-strings',
  '--frozen-intrinsics',
  '--disable-proto=delete',
  '--disable-proto=throw',
  '--no-addons',
]

function run(args: readonly string[], options = '', flags: readonly string[] = []) {
  const cwd = project({ 'job.ts': JOB })
  mkdirSync(join(cwd, 'log/events/partition=0'), { recursive: true })
  writeFileSync(join(cwd, 'log/events/partition=0/events+0+0.json'), '{"t":1,"k":"a"}\n')
  const env = { ...process.env, NODE_OPTIONS: options, NODE_NO_WARNINGS: '1', LYREBIRD_CACHE: join(cwd, 'cache') }
  const { status, stderr } = spawnSync(process.execPath, [...flags, ...args], { cwd, encoding: 'utf8', env })
  return { status, lines: stderr.trim().split('\n') }
}

const artefact = project({ 'job.ts': JOB })

it('compiles without a flag', () => {
  const { status } = run([BIN, 'compile', join(artefact, 'job.ts'), '--out', join(artefact, 'dist')])
  expect(status).toBe(0)
})

it.each(FLAGS)('%s', flag => {
  const name = flag.replace(/=.*/, '')
  const target = ['--log', 'log', '--state', 'state']
  for (const { args, options, flags, remedy } of [
    { args: [BIN, 'batch', 'job.ts', ...target], options: flag, flags: [], remedy: 'NODE_OPTIONS' },
    { args: [BIN, 'check', 'job.ts'], options: '', flags: [flag], remedy: 'the command' },
    { args: [join(artefact, 'dist/batch.mjs'), ...target], options: flag, flags: [], remedy: 'NODE_OPTIONS' },
    { args: [join(artefact, 'dist/stream.mjs'), ...target], options: flag, flags: [], remedy: 'NODE_OPTIONS' },
  ]) {
    const { status, lines } = run(args, options, flags)
    expect(lines[0]).toMatch(new RegExp(`^engine-flag  lyrebird cannot run under Node's flag ${name}: `))
    expect(lines[1]).toBe(`  take it out of ${remedy}`)
    expect(lines).toHaveLength(2)
    expect(status).toBe(EXIT.usage)
  }
})

it('runs under flags that change nothing for lambdas', () => {
  const { status, lines } = run(
    [join(artefact, 'dist/batch.mjs'), '--log', 'log', '--state', 'state'],
    '--enable-source-maps --unhandled-rejections=strict --stack-trace-limit=0 --throw-deprecation',
  )
  expect(status, lines.join('\n')).toBe(0)
})
