// The command line of an emitted module, as processes: output, exit codes, what is left on disk.

import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { compareResults } from '../../../core/result/compare-results.ts'
import { defaultOut } from '../../../run/state/folders.ts'
import { readWholeResult } from '../../../testing/equivalence/index.ts'
import { start } from '../../support/child.ts'
import { testFolder } from '../support/folder.ts'
import { embeddedLog } from '../support/logs.ts'
import { executorProgram, functions, functionsProgram, input } from '../support/traffic.ts'

let batchPath = ''
let streamPath = ''
beforeAll(() => {
  const functionsPath = functionsProgram()
  batchPath = executorProgram('batch', functionsPath)
  streamPath = executorProgram('stream', functionsPath)
})

describe('the command line of an emitted module', () => {
  /** Runs a module to its end. */
  async function run(path: string, args: readonly string[]) {
    const child = start(path, args)
    const lines: string[] = []
    for (let line = await child.line(); line !== undefined; line = await child.line()) lines.push(line)
    return { ...(await child.ended), stdout: lines.join('\n') }
  }

  it('computes, prints a summary, and prints one JSON object with --json', async () => {
    const folder = testFolder()
    const log = join(folder, 'log')
    await embeddedLog(log, input)
    const [one, two] = [join(folder, 'one'), join(folder, 'two')]
    const batch = await run(batchPath, ['--log', log, '--state', one, '--final', '--workers', '2'])
    expect(batch).toMatchObject({ code: 0, stdout: '' })
    expect(batch.stderr).toMatch(/^traffic batch: \d+ records read, history complete\n/)
    const stream = await run(streamPath, ['--log', log, '--state', two, '--until', 'end', '--final', '--json'])
    expect(stream).toMatchObject({ code: 0, stderr: '' })
    expect(JSON.parse(stream.stdout)).toMatchObject({ job: 'traffic', target: 'stream', sealed: true })
    const results = await Promise.all(
      [one, two].map(state => readWholeResult(state, defaultOut(state), functions.plan)),
    )
    expect(compareResults(results[0] as never, results[1] as never)).toBeNull()
    expect(readdirSync(one).sort()).toEqual(readdirSync(two).sort())
    expect(existsSync(join(one, 'scratch'))).toBe(false)
  })

  it('exits as the errors say', async () => {
    const folder = testFolder()
    const state = join(folder, 'state')
    const unknown = await run(batchPath, ['--lgo', 'x'])
    expect(unknown.code).toBe(2)
    expect(unknown.stderr).toContain(
      '--log --state --archive --out --replication --min-insync --compression --republish --from --until --final --admit --give-up-after --memory --json --workers',
    )
    expect((await run(batchPath, ['--log', folder])).stderr).toContain('--state is missing')
    expect((await run(batchPath, ['--log', folder, '--state', state, '--until', 'x'])).stderr).toMatch(
      /^malformed-cut /,
    )
    expect((await run(streamPath, ['--log', folder, '--state', state, '--final'])).code).toBe(2)
    const missing = await run(batchPath, ['--log', folder, '--state', state])
    expect(missing).toMatchObject({ code: 2 })
    expect(missing.stderr).toMatch(/^unknown-topic /)
    expect(existsSync(state)).toBe(false)
  })
})
