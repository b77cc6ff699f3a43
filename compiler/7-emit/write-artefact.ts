// Writes an artefact, and makes `lyrebird` resolve from its folder.
//
// Promises: each file appears whole or not at all, the manifest last; nothing else in the folder is touched.

import { mkdirSync, readFileSync, realpathSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { makeFolder } from '../../host/folders.ts'
import type { Artefact } from './artefact-text.ts'

export function writeArtefact(outDir: string, artefact: Artefact): void {
  makeFolder(outDir)
  for (const [name, text] of artefact) {
    const path = join(outDir, name)
    if (contentOf(path) === text) continue
    const fresh = `${path}.${process.pid}.new`
    try {
      writeFileSync(fresh, text)
      renameSync(fresh, path)
    } finally {
      rmSync(fresh, { force: true })
    }
  }
}

function contentOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}

/** Links `OUT/node_modules/lyrebird` to the package at `root`, unless `lyrebird` resolves to it from there already. */
export function linkPackage(outDir: string, root: string): void {
  if (resolvesTo(outDir, root)) return
  const link = join(outDir, 'node_modules', 'lyrebird')
  mkdirSync(dirname(link), { recursive: true })
  rmSync(link, { force: true, recursive: false })
  symlinkSync(root, link, 'junction')
}

function resolvesTo(outDir: string, root: string): boolean {
  try {
    const found = createRequire(join(realpathSync(outDir), 'functions.mjs')).resolve('lyrebird/package.json')
    return realpathSync(dirname(found)) === realpathSync(root)
  } catch {
    return false
  }
}
