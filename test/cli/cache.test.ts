// The compile cache: an unchanged job is not compiled again; any change compiles it again.

import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { JOB, project, records, run } from './lyrebird.ts'

const artefacts = (cache: string): string[] => readdirSync(cache).filter(name => /^[0-9a-f]{32}$/.test(name))

test('artefacts are found by content, and appear whole or not at all', async () => {
  const helper = 'export const country = (text: string): string => text.toUpperCase()\n'
  const job = JOB.replace('v => v.country', 'v => country(v.country)')
  const folder = project({ 'job.ts': `import { country } from './helper.ts'\n${job}`, 'helper.ts': helper })
  await run(folder, ['append', 'page-views', '--log', 'log'], { input: records(20) })
  const cache = join(folder, '.lyrebird/cache')
  const batch = async (state: string): Promise<string[]> => {
    expect(await run(folder, ['batch', 'job.ts', '--log', 'log', '--state', state])).toMatchObject({ code: 0 })
    expect(readdirSync(cache).filter(name => name.includes('new'))).toEqual([])
    return artefacts(cache)
  }
  const [first] = await batch('a')
  const made = statSync(join(cache, first as string, 'functions.mjs')).mtimeMs
  expect(await batch('b')).toEqual([first])
  expect(statSync(join(cache, first as string, 'functions.mjs')).mtimeMs).toBe(made)
  writeFileSync(join(folder, 'helper.ts'), helper.replace('toUpperCase', 'toLowerCase'))
  expect(await batch('c')).toHaveLength(2)
  writeFileSync(join(folder, 'helper.ts'), helper)
  expect(await batch('d')).toHaveLength(2)
  const both = await Promise.all(
    ['e', 'f'].map(state => run(folder, ['batch', 'job.ts', '--log', 'log', '--state', state])),
  )
  expect(both.map(end => end.code)).toEqual([0, 0])
})

test('without a writable project folder the cache lies in the user cache', async () => {
  const folder = project({ 'job.ts': JOB })
  await run(folder, ['append', 'page-views', '--log', 'log'], { input: records(5) })
  writeFileSync(join(folder, '.lyrebird'), 'a file in the way')
  const home = join(folder, 'xdg')
  mkdirSync(home)
  const env = { XDG_CACHE_HOME: home }
  expect(await run(folder, ['batch', 'job.ts', '--log', 'log', '--state', 's'], { env })).toMatchObject({ code: 0 })
  expect(artefacts(join(home, 'lyrebird'))).toHaveLength(1)
  expect(existsSync(join(folder, 'job.ts'))).toBe(true)
})

test('a damaged artefact in the cache is compiled again, with a word', { timeout: 240_000 }, async () => {
  const folder = project({ 'job.ts': JOB })
  await run(folder, ['append', 'page-views', '--log', 'log'], { input: records(20) })
  const batch = (state: string) => run(folder, ['batch', 'job.ts', '--log', 'log', '--state', state])
  const rows = async (state: string) => (await run(folder, ['query', 'traffic', '--state', state])).out
  expect((await batch('a')).err).not.toContain('damaged')
  const whole = await rows('a')
  const cache = join(folder, '.lyrebird/cache')
  const artefact = join(cache, artefacts(cache)[0] as string)
  for (const [file, from, to] of [
    ['functions.mjs', 'v.bytes >= 0', 'v.bytes >= 8'],
    ['manifest.json', '"format": 2', '"format": 3'],
    ['warnings.txt', /^./, 'x'],
  ] as const) {
    const text = readFileSync(join(artefact, file), 'utf8')
    expect(text).toMatch(from)
    writeFileSync(join(artefact, file), text.replace(from, to))
    const end = await batch(`b-${file}`)
    expect(end, file).toMatchObject({ code: 0, err: expect.stringContaining('is damaged; it is compiled again') })
    expect(await rows(`b-${file}`)).toBe(whole)
    expect(readFileSync(join(artefact, file), 'utf8')).toBe(text)
  }
})
