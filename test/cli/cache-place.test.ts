// The folder of the compile cache: only one where nobody else may write, since what lies there is run.

import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { program } from '../support/child.ts'

let dir = ''
beforeEach(() => {
  dir = realpathSync(mkdtempSync(join(tmpdir(), 'lyrebird-place-')))
  mkdirSync(join(dir, 'project'))
  writeFileSync(join(dir, 'project/package.json'), '{}')
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

/** Prints the folder of a job's cache and its mode: a process of its own, since each chooses once. */
const asker = program(`
  import { statSync } from 'node:fs'
  import { cacheDirectory } from './cli/cache/cache-place.ts'
  const place = cacheDirectory(process.argv[2])
  console.log(JSON.stringify([place, statSync(place).mode & 0o777]))
`)

function placeOf(home: string): [string, number] {
  const env = { PATH: process.env.PATH, HOME: home, TMPDIR: dir }
  const { stdout, stderr } = spawnSync(process.execPath, [asker, join(dir, 'project/job.ts')], {
    env,
    encoding: 'utf8',
  })
  if (stdout === '') throw new Error(stderr)
  return JSON.parse(stdout)
}

it('is made beside package.json, for this user alone', () => {
  expect(placeOf(dir)).toEqual([join(dir, 'project/.lyrebird/cache'), 0o700])
})

it('is not beside package.json where others may write', () => {
  placeOf(dir)
  chmodSync(join(dir, 'project/.lyrebird/cache'), 0o777)
  expect(placeOf(dir)[0]).toBe(join(dir, '.cache/lyrebird'))
  chmodSync(join(dir, 'project/.lyrebird/cache'), 0o700)
  chmodSync(join(dir, 'project'), 0o777)
  expect(placeOf(dir)[0]).toBe(join(dir, '.cache/lyrebird'))
})

it('is new, private and gone afterwards where there is no other', () => {
  writeFileSync(join(dir, 'file'), '')
  writeFileSync(join(dir, 'project/.lyrebird'), 'a file in the way')
  const [first, mode] = placeOf(join(dir, 'file'))
  const [second] = placeOf(join(dir, 'file'))
  expect(first.startsWith(join(dir, 'lyrebird-cache-'))).toBe(true)
  expect(mode).toBe(0o700)
  expect(second).not.toBe(first)
  expect(existsSync(first) || existsSync(second)).toBe(false)
  expect(statSync(join(dir, 'project')).isDirectory()).toBe(true)
})
