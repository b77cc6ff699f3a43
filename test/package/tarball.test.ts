// The package as npm would publish it: packed, installed in another folder, and used there as a new user does.
//
// Dependencies are linked from this checkout instead of being downloaded; everything else is what the tarball holds.

import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { ROOT, read } from '../support/repository.ts'

let packed: readonly string[] = []
let project = ''

/** Packs, unpacks into `node_modules/lyrebird` of a new project, and links the dependencies beside it. */
beforeAll(() => {
  project = realpathSync(mkdtempSync(join(tmpdir(), 'lyrebird-project-')))
  const npm = ['pack', '--json', '--ignore-scripts', '--pack-destination', project]
  const [{ filename, files }] = JSON.parse(execFileSync('npm', npm, { cwd: ROOT, encoding: 'utf8' }))
  packed = files.map((f: { path: string }) => f.path)
  const modules = join(project, 'node_modules')
  mkdirSync(join(modules, 'lyrebird'), { recursive: true })
  execFileSync('tar', ['-xzf', join(project, filename), '--strip-components=1', '-C', join(modules, 'lyrebird')])
  for (const name of readdirSync(join(ROOT, 'node_modules'))) {
    if (name !== 'lyrebird' && !name.startsWith('.')) symlinkSync(join(ROOT, 'node_modules', name), join(modules, name))
  }
  writeFileSync(join(project, 'package.json'), '{ "type": "module", "private": true }')
  return () => rmSync(project, { recursive: true, force: true })
})

const node = (...args: string[]): string =>
  execFileSync(process.execPath, args, { cwd: project, encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' } })

const lyrebird = (...args: string[]): string => node(join('node_modules', 'lyrebird', 'bin', 'lyrebird.mjs'), ...args)

describe('the tarball', () => {
  it('holds what its package.json names, and no sources or tests', () => {
    const manifest = JSON.parse(read('package.json'))
    const targets = Object.values(manifest.exports as Record<string, string | { types: string; default: string }>)
    const named = targets
      .flatMap(t => (typeof t === 'string' ? [t] : [t.types, t.default]))
      .map(t => t.replace('./', ''))
    for (const path of [...named, 'bin/lyrebird.mjs', 'LICENSE', 'README.md']) expect(packed).toContain(path)
    expect(packed.filter(p => /^(test|bench|scripts|examples|\.ci)\//.test(p) || /(^|[^d])\.ts$/.test(p))).toEqual([])
  })

  it('puts types first in every export', () => {
    const { exports } = JSON.parse(read('package.json')) as { exports: Record<string, string | object> }
    for (const target of Object.values(exports))
      if (typeof target === 'object') expect(Object.keys(target)[0]).toBe('types')
  })
})

describe('a project that has installed it', () => {
  it('compiles, appends, runs both targets, verifies and queries', () => {
    writeFileSync(
      join(project, 'job.ts'),
      `import { job, source } from 'lyrebird'
       const words = source<{ t: number; w: string }>('words', { time: v => v.t })
       export default job('words', { total: words.keyBy(v => v.w).count() })`,
    )
    writeFileSync(join(project, 'words.ndjson'), '{"t":1,"w":"a"}\n{"t":2,"w":"b"}\n{"t":3,"w":"a"}\n{"t":"4"}\n')
    lyrebird('append', 'words', '--log', 'log', 'words.ndjson')
    lyrebird('batch', 'job.ts', '--log', 'log', '--state', 'batch')
    lyrebird('stream', 'job.ts', '--log', 'log', '--state', 'stream', '--until', 'end')
    const rows = '{"key":"a","value":2}\n{"key":"b","value":1}\n'
    expect(lyrebird('query', 'total', '--state', 'batch')).toBe(rows)
    expect(lyrebird('query', 'total', '--state', 'stream')).toBe(rows)
    expect(JSON.parse(lyrebird('verify', 'job.ts', '--log', 'log', '--json')).equal).toBe(true)
    lyrebird('compile', 'job.ts', '--out', 'dist/words')
    node('dist/words/batch.mjs', '--log', 'log', '--state', 'own')
    expect(lyrebird('query', 'total', '--state', 'own')).toBe(rows)
    expect(lyrebird('explain', 'clock-in-lambda')).toContain('Batch reads a record hours after the stream did')
  })

  it('writes a topic from a program', () => {
    const script = join(project, 'write.mjs')
    onTestFinished(() => rmSync(script, { force: true }))
    writeFileSync(
      script,
      `import { openTopic } from 'lyrebird/log'
       const words = await openTopic('words', { log: 'written' })
       await words.append([{ value: { t: 1, w: 'a' } }, { key: 'k', value: { t: 2, w: 'a' } }])
       await words.close()`,
    )
    node(script)
    lyrebird('batch', 'job.ts', '--log', 'written', '--state', 'of-program')
    expect(lyrebird('query', 'total', '--state', 'of-program')).toBe('{"key":"a","value":2}\n')
  })

  it('tests its job with the test kit', () => {
    const script = join(project, 'kit.mjs')
    onTestFinished(() => rmSync(script, { force: true }))
    writeFileSync(
      script,
      `import { testJob } from 'lyrebird/testing'
       const t = await testJob('job.ts')
       t.send('words', { t: 1, w: 'x' })
       console.log(JSON.stringify(t.view('total')))
       await t.toAgree({ interleavings: 3, restarts: 1, seed: 1 })
       console.log('agrees')`,
    )
    expect(node(script)).toMatch(/^\[\{"key":"x","value":1\}\]\n[\s\S]*agrees\n$/)
  })
})
