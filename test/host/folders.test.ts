// Folders that are made, and those where only this user may write.

import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { makeFolder, privateFolder } from '../../host/folders.ts'

let dir = ''
beforeEach(() => {
  dir = realpathSync(mkdtempSync(join(tmpdir(), 'lyrebird-folders-')))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

it('makes a folder with those that it lies in', () => {
  makeFolder(join(dir, 'a/b/c'), 0o700)
  expect(statSync(join(dir, 'a')).mode & 0o777).toBe(0o700)
  makeFolder(join(dir, 'a/b/c'))
})

it.runIf(process.platform === 'linux')('ends where the system makes no folders', () => {
  expect(() => makeFolder('/proc/none/state')).toThrow(expect.objectContaining({ code: 'usage' }))
})

it('says which folder cannot be made', () => {
  writeFileSync(join(dir, 'file'), '')
  expect(() => makeFolder(join(dir, 'file/state'))).toThrow(
    expect.objectContaining({ code: 'usage', message: expect.stringContaining(join(dir, 'file')) }),
  )
})

it('is private where nobody else may write, on the way neither', () => {
  const folder = join(dir, 'project/.lyrebird/cache')
  makeFolder(folder, 0o700)
  expect(privateFolder(folder)).toBe(folder)
  chmodSync(folder, 0o777)
  expect(privateFolder(folder)).toBeNull()
  chmodSync(folder, 0o700)
  chmodSync(join(dir, 'project'), 0o777)
  expect(privateFolder(folder)).toBeNull()
  chmodSync(join(dir, 'project'), 0o1777)
  expect(privateFolder(folder)).toBe(folder)
})

it('counts what a link leads to', () => {
  mkdirSync(join(dir, 'open'))
  makeFolder(join(dir, 'open/cache'), 0o700)
  symlinkSync(join(dir, 'open/cache'), join(dir, 'cache'))
  expect(privateFolder(join(dir, 'cache'))).toBe(join(dir, 'open/cache'))
  chmodSync(join(dir, 'open'), 0o777)
  expect(privateFolder(join(dir, 'cache'))).toBeNull()
})

it.runIf(process.getuid?.() === 0)('is not private where it, or one on the way, belongs to another user', async () => {
  const { chownSync } = await import('node:fs')
  const folder = join(dir, 'project/cache')
  makeFolder(folder, 0o700)
  chownSync(folder, 1234, 1234)
  expect(privateFolder(folder)).toBeNull()
  chownSync(folder, 0, 0)
  expect(privateFolder(folder)).toBe(folder)
  chownSync(join(dir, 'project'), 1234, 1234)
  expect(privateFolder(folder)).toBeNull()
})
