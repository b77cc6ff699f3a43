// A state in a process that may map little, or write little.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { mapBytesFor } from '../../store/map-bytes.ts'
import { program, start } from '../support/child.ts'

let dir = ''
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'lyrebird-store-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

/** Makes commits of 200 kB until one fails; prints how that one failed, and the number that the state has. */
const fill = program(`
  import { openStateWriter, openStateReader } from './store/index.ts'
  process.on('SIGXFSZ', () => {})
  const last = reader => Number(new TextDecoder().decode(reader.document('n') ?? new Uint8Array(0)))
  let n = 0
  try {
    const writer = await openStateWriter(process.argv[2])
    for (; n < Number(process.argv[3]); n++) {
      await writer.commit(txn => {
        txn.putDocument('n', new TextEncoder().encode(String(n + 1)))
        txn.replaceTable('t' + n, Array.from({ length: 200 }, (_, i) => [Uint8Array.of(i), new Uint8Array(1000)]))
      })
    }
    await writer.close()
    console.log('done', last(openStateReader(process.argv[2])))
  } catch (e) {
    console.log(e.code ?? e.stack, n)
  }
`)

async function outcome(commits: number, shell: string) {
  const child = start(fill, [dir, String(commits)], shell)
  const line = await child.line()
  const { code, signal, stderr } = await child.ended
  return { line, code, signal, stderr }
}

test('is opened with a smaller map where the address space is limited', async () => {
  expect(await outcome(20, 'ulimit -v 6000000')).toEqual({ line: 'done 20', code: 0, signal: null, stderr: '' })
})

test('is refused where the address space is too small for it', () => {
  const gigabyte = 2 ** 30
  expect(mapBytesFor(dir, gigabyte, Number.POSITIVE_INFINITY)).toBe(2 ** 40)
  expect(mapBytesFor(dir, gigabyte, 4 * gigabyte)).toBe(2 * gigabyte)
  expect(() => mapBytesFor(dir, gigabyte, 2 * gigabyte)).toThrow(
    expect.objectContaining({ code: 'system-limit', where: { state: dir } }),
  )
})

test('a full disk is told before lmdb meets it', async () => {
  const { line, signal, stderr } = await outcome(1000, 'ulimit -f 4096')
  expect(line).toMatch(/^disk-full \d+$/)
  expect({ signal, stderr }).toEqual({ signal: null, stderr: '' })
  expect(await outcome(1, 'ulimit -f unlimited')).toMatchObject({ line: 'done 1' })
})
