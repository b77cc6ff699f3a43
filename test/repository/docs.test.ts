// Documents match the repository: every path that they name exists, jobs in them compile, and console blocks print what
// they show.
//
// Promises: the blocks of a document marked `console` are run, one command after the other, in one folder that holds
// the examples; `...` matches any text or any lines. `scripts/console-blocks.mjs` rewrites them.

import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { checkJob } from '../../compiler/index.ts'
import * as language from '../../dsl/index.ts'
import { ROOT, read, repositoryFiles } from '../support/repository.ts'

const documents = repositoryFiles().filter(f => f.endsWith('.md') && !f.startsWith('compiler/'))

/** Pages of the language have one example each, which `scripts/language-pages.mjs` runs. */
const isPage = (file: string): boolean => file.startsWith('docs/language/')

const { source, tumbling } = language

function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'lyrebird-docs-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  symlinkSync(join(ROOT, 'examples'), join(folder, 'examples'))
  return folder
}

const blocks = (file: string, language: string): string[] =>
  [...read(file).matchAll(/^```(\S*)\n([\s\S]*?)^```/gm)].filter(m => m[1] === language).map(m => m[2] as string)

describe.each(documents)('%s', file => {
  it('names only paths that exist', () => {
    const text = read(file)
    const links = [...text.matchAll(/\]\((?!https?:)([^)#]+)[^)]*\)/g)].map(m => join(dirname(file), m[1] as string))
    const named = [...text.matchAll(/`((?:\.ci|[a-z0-9-]+)\/[\w./-]+)`/g)].map(m => m[1] as string)
    const known = named.filter(path => existsSync(join(ROOT, path.split('/')[0] as string)))
    const missing = [...links, ...known].filter(path => !existsSync(join(ROOT, path)))
    expect(missing).toEqual([])
  })

  const all = blocks(file, 'ts').filter(code => /from 'lyrebird'/.test(code) && /export default job\(/.test(code))
  // The last jobs of language pages are run below, all in one process.
  const runs = isPage(file) && blocks(file, 'console').length > 0
  const jobs = runs ? all.slice(0, -1) : all
  it.each(jobs.map((code, i) => [i + 1, code] as const))('job %i compiles', async (_, code) => {
    const path = join(scratch(), 'job.ts')
    writeFileSync(path, code)
    expect((await checkJob(path)).diagnostics).toEqual([])
  })

  const consoles = blocks(file, 'console')
  if (consoles.length === 0 || isPage(file)) return
  it('prints what its console blocks show', () => {
    const folder = scratch()
    for (const { command, output } of consoles.flatMap(commandsOf)) {
      const line = command.replace(/^npx lyrebird/, `"${process.execPath}" "${join(ROOT, 'bin', 'lyrebird.mjs')}"`)
      const env = { ...process.env, NO_COLOR: '1' }
      const run = spawnSync('sh', ['-c', `${line} 2>&1`], { cwd: folder, encoding: 'utf8', env })
      expect(run.stdout.trimEnd(), command).toMatch(patternOf(output))
    }
  })
})

it('every word of the language has a page', () => {
  const stream = source<{ k: string }>('t')
  const keyed = stream.keyBy(v => v.k)
  const values: object[] = [stream, keyed, keyed.window(tumbling('1h')), keyed.count(), keyed.count().changes()]
  const methods = values.flatMap(value => Object.getOwnPropertyNames(Object.getPrototypeOf(value)))
  const functions = Object.entries(language).flatMap(([name, value]) => (typeof value === 'function' ? [name] : []))
  const words = [...new Set([...methods, ...functions])].filter(word => !NO_WORDS.includes(word))
  expect(words.length).toBeGreaterThan(50)
  const page = (word: string): string => word.replaceAll(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)
  const missing = words.filter(word => !existsSync(join(ROOT, 'docs/language', `${PAGE_OF[word] ?? page(word)}.md`)))
  expect(missing).toEqual([])
})

/** Exports that are no words of a job: those for compiled jobs, errors, configuration. */
const NO_WORDS = [
  'constructor',
  'keyed',
  'graphOf',
  'lambdasOf',
  'checkAbi',
  'closedRealm',
  'isJobError',
  'JobError',
  'defineConfig',
]

/** Words described on the page of another one. */
const PAGE_OF: Readonly<Record<string, string>> = {
  snapshot: 'lookup',
  mightContain: 'approx-membership',
  frequencyOf: 'approx-frequency',
}

it('the examples of language pages print what they show', { timeout: 120_000 }, () => {
  const pages = documents.filter(isPage)
  const run = spawnSync(process.execPath, [join(ROOT, 'scripts/language-pages.mjs'), ...pages], {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  })
  expect(run.status, run.stderr).toBe(0)
  const printed = run.stdout
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as Printed)
  const shown = pages.flatMap(file =>
    blocks(file, 'console')
      .flatMap(commandsOf)
      .map(c => ({ file, ...c })),
  )
  expect(printed.map(p => [p.file, p.command])).toEqual(shown.map(s => [s.file, s.command]))
  for (const [i, { file, command, output }] of shown.entries()) {
    expect(printed[i]?.output.trimEnd(), `${file}: ${command}`).toMatch(patternOf(output))
  }
})

interface Printed {
  readonly file: string
  readonly command: string
  readonly output: string
}

function commandsOf(text: string): { command: string; output: string }[] {
  return text
    .split(/^\$ /m)
    .slice(1)
    .map(part => {
      const [command = '', ...output] = part.split('\n')
      return { command, output: output.join('\n').trimEnd() }
    })
}

/** A line `...` matches any lines, `...` within a line any text. */
function patternOf(output: string): RegExp {
  const escaped = output.split('\n').map(line => {
    if (line === '...') return '[\\s\\S]*'
    return line
      .split('...')
      .map(part => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
      .join('.*')
  })
  return new RegExp(`^${escaped.join('\n')}$`)
}

it('the guarantees of the README name tests that exist', () => {
  const section =
    read('README.md')
      .split(/^## /m)
      .find(part => part.startsWith('What is guaranteed')) ?? ''
  const rows = section.split('\n').filter(line => /^\| [A-Z]/.test(line))
  expect(rows.length).toBeGreaterThan(10)
  const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { cwd: ROOT, encoding: 'utf8' }).split(
    '\n',
  )
  for (const row of rows) {
    const tests = [...row.matchAll(/`(test\/[^`]+)`/g)].map(m => m[1] as string)
    expect(tests.length, row).toBeGreaterThan(0)
    for (const test of tests)
      expect(
        files.some(f => f.startsWith(test) && f.endsWith('.test.ts')),
        test,
      ).toBe(true)
  }
})
