// Job folders of tests: files on disk, compiled, removed afterwards.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { cleanUpAfterEach } from '../../support/suites/clean-up.ts'

const folders: string[] = []

cleanUpAfterEach('file', () => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

/** A fresh folder with the files given by their paths in it. */
export function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'lyrebird-compile-'))
  folders.push(folder)
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return folder
}

/** The path of a job file `job.ts` in a folder of its own, with further files beside it. */
export function jobFile(text: string, more: Readonly<Record<string, string>> = {}): string {
  return join(folderOf({ 'job.ts': text, ...more }), 'job.ts')
}
