// Loads the functions module of an artefact.

import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { FunctionsModule } from '../core/emitted/emitted-module.ts'

/** The functions module of an artefact. Each content is loaded once for each process. */
export async function loadFunctions(dir: string): Promise<FunctionsModule> {
  const path = join(resolve(dir), 'functions.mjs')
  const content = createHash('sha256').update(readFileSync(path)).digest('hex').slice(0, 16)
  return (await import(`${pathToFileURL(path).href}?content=${content}`)) as FunctionsModule
}
