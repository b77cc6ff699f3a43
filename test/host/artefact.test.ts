// The files of a compiled job: every byte of them is covered by a checksum that is read.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { checkArtefact, MANIFEST_FORMAT, sha256 } from '../../host/artefact.ts'

let dir = ''
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'lyrebird-artefact-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

const FILES = { 'functions.mjs': 'export const less = a => a < 500\n', 'functions.mjs.map': '{}', 'batch.mjs': '1\n' }

function manifest(format: number): string {
  const files = Object.fromEntries(Object.entries(FILES).map(([name, text]) => [name, sha256(text)]))
  const document = { format, abi: 1, results: { traffic: { hash: 'a1' } }, files }
  const sealed = format === 1 ? document : { ...document, checksum: sha256(JSON.stringify(document)) }
  return `${JSON.stringify(sealed, null, 2)}\n`
}

function write(format = MANIFEST_FORMAT): void {
  for (const [name, text] of Object.entries({ ...FILES, 'manifest.json': manifest(format) })) {
    writeFileSync(join(dir, name), text)
  }
}

const damaged = (file: string) => expect.objectContaining({ code: 'artefact-damaged', where: { artefact: dir, file } })

it('is whole as it was written, with the manifest of this version and of the one before', () => {
  write()
  checkArtefact(dir)
  write(1)
  checkArtefact(dir)
  rmSync(join(dir, 'functions.mjs.map'))
  checkArtefact(dir)
  rmSync(join(dir, 'manifest.json'))
  checkArtefact(dir)
})

it.each(Object.keys(FILES))('every bit of %s counts', name => {
  write()
  const bytes = Buffer.from(FILES[name as keyof typeof FILES])
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const flipped = Buffer.from(bytes)
    flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7))
    writeFileSync(join(dir, name), flipped)
    expect(() => checkArtefact(dir), `bit ${bit}`).toThrow(damaged(name))
  }
})

it('a flipped bit of the manifest counts, or means the same', () => {
  write()
  const bytes = Buffer.from(manifest(MANIFEST_FORMAT))
  let same = 0
  for (let bit = 0; bit < bytes.length * 8; bit += 5) {
    const flipped = Buffer.from(bytes)
    flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7))
    writeFileSync(join(dir, 'manifest.json'), flipped)
    try {
      checkArtefact(dir)
      same++
      expect(JSON.parse(flipped.toString())).toEqual(JSON.parse(bytes.toString()))
    } catch (error) {
      expect(error, `bit ${bit}`).toEqual(damaged('manifest.json'))
    }
  }
  // White space that stays white space.
  expect(same).toBeLessThan(bytes.length / 5)
})

it('a file that is missing or cut off is damage', () => {
  for (const name of ['functions.mjs', 'batch.mjs', 'manifest.json']) {
    write()
    writeFileSync(join(dir, name), '')
    expect(() => checkArtefact(dir)).toThrow(damaged(name))
  }
  write()
  rmSync(join(dir, 'batch.mjs'))
  expect(() => checkArtefact(dir)).toThrow(damaged('batch.mjs'))
})
