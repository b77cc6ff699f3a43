// Loads the functions module of an artefact, once its files have been checked.

import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { FunctionsModule } from '../core/emitted/emitted-module.ts'
import { checkArtefact, sha256 } from '../host/artefact.ts'

/** The functions module of an artefact. Each content is loaded once for each process. Throws `artefact-damaged`. */
export async function loadFunctions(dir: string): Promise<FunctionsModule> {
  const path = join(resolve(dir), 'functions.mjs')
  checkArtefact(resolve(dir))
  const content = sha256(readFileSync(path)).slice(0, 16)
  return (await import(`${pathToFileURL(path).href}?content=${content}`)) as FunctionsModule
}
