// Compiled code that is kept for the next start: used where it fits, never where it might not be this user's or whole.

import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, it, onTestFinished } from 'vitest'
import { program } from '../support/child.ts'

/** Loads the script of its argument; says what it exports, and whether code that was kept was used. */
const loader = program(`
  import { Script } from 'node:vm'
  import { pathToFileURL } from 'node:url'
  import { loadBundle } from './host/bundle/index.ts'
  let used = 'none'
  const run = Script.prototype.runInThisContext
  Script.prototype.runInThisContext = function (...given) {
    if (this.cachedDataRejected !== undefined) used = this.cachedDataRejected ? 'rejected' : 'kept'
    return run.apply(this, given)
  }
  const { answer } = loadBundle(pathToFileURL(process.argv[2]), process.argv[3])
  console.log(used, await answer())
`)

const SCRIPT = `"use strict";
const { basename } = require("node:path");
exports.answer = async () => [basename(moduleUrl), (await Import("./other.mjs")).value, (await Import("node:os")).EOL.length].join(" ");
`

let dir = ''
beforeEach(() => {
  dir = realpathSync(mkdtempSync(join(tmpdir(), 'lyrebird-code-')))
  writeFileSync(join(dir, 'script.cjs'), SCRIPT)
  writeFileSync(join(dir, 'other.mjs'), 'export const value = 7\n')
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
})

function loadFile(name: string, env: Readonly<Record<string, string>> = {}, rest: readonly string[] = []): string {
  const { stdout, stderr } = spawnSync(process.execPath, [loader, join(dir, name), ...rest], {
    env: { PATH: process.env.PATH, HOME: dir, ...env },
    encoding: 'utf8',
  })
  return `${stdout}${stderr}`.trim()
}

const load = (env: Readonly<Record<string, string>> = {}, ...rest: readonly string[]): string =>
  loadFile('script.cjs', env, rest)

const folder = (): string => join(dir, '.cache/lyrebird/code')
const files = (): readonly string[] => (existsSync(folder()) ? readdirSync(folder()) : [])
const only = (): string => join(folder(), files()[0] as string)

it('keeps what was compiled, for this user alone, and uses it from then on', () => {
  expect(load()).toBe('none script.cjs 7 1')
  expect(files()).toHaveLength(1)
  expect(statSync(folder()).mode & 0o777).toBe(0o700)
  expect(load()).toBe('kept script.cjs 7 1')
  expect(files()).toHaveLength(1)
})

it('keeps other code for another text of the same length, another purpose and other flags', () => {
  load()
  writeFileSync(join(dir, 'script.cjs'), SCRIPT.replace('other.mjs', 'ether.mjs'))
  writeFileSync(join(dir, 'ether.mjs'), 'export const value = 8\n')
  expect(load()).toBe('none script.cjs 8 1')
  expect(load({}, 'query')).toBe('none script.cjs 8 1')
  expect(load({ NODE_OPTIONS: '--stack-trace-limit=7' })).toBe('none script.cjs 8 1')
  expect(files()).toHaveLength(4)
})

it('names the file that was loaded, not another one of the same text', () => {
  const text = 'exports.answer = async () => /\\w+\\.cjs/.exec(new Error().stack)[0]\n'
  for (const name of ['one.cjs', 'two.cjs']) {
    writeFileSync(join(dir, name), text)
    expect(loadFile(name)).toBe(`none ${name}`)
    expect(loadFile(name)).toBe(`kept ${name}`)
  }
})

it('uses nothing that is damaged or cut, and writes it anew', () => {
  load()
  const whole = readFileSync(only())
  for (const bytes of [flipped(whole, 4), flipped(whole, whole.length - 1), whole.subarray(0, 9), Buffer.alloc(0)]) {
    writeFileSync(only(), bytes)
    expect(load()).toBe('none script.cjs 7 1')
    expect(load()).toBe('kept script.cjs 7 1')
  }
})

function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes)
  copy[at] = (copy[at] as number) ^ 1
  return copy
}

it('uses and writes nothing in a folder where others may write', () => {
  load()
  chmodSync(folder(), 0o777)
  expect(load()).toBe('none script.cjs 7 1')
  chmodSync(folder(), 0o700)
  expect(load()).toBe('kept script.cjs 7 1')
})

it('is nothing that a run needs', () => {
  expect(load({ NODE_DISABLE_COMPILE_CACHE: '1' })).toBe('none script.cjs 7 1')
  expect(load({}, '--help')).toBe('none script.cjs 7 1')
  expect(files()).toEqual([])
  mkdirSync(join(dir, '.cache'))
  writeFileSync(join(dir, '.cache/lyrebird'), 'no folder')
  expect(load()).toBe('none script.cjs 7 1')
})

it('does not grow for ever', () => {
  load()
  for (let i = 0; i < 30; i++) writeFileSync(join(folder(), `${i}.code`), '')
  load({}, 'another')
  expect(files()).toHaveLength(20)
})
