// Loads a bundled script of this package with what V8 compiled of it in an earlier run: the built entries come through
// here, so that a start does not compile the same functions again.
//
// Promises: what is kept was written by this user into a folder that nobody else may change, for this very file, its
// text, version of V8, flags and processor; what is damaged or does not fit is not used and written anew. Nothing fails
// for want of it. `NODE_DISABLE_COMPILE_CACHE`, Node's own switch, turns it off.
// Not here: which entries there are (scripts/build.mjs); artefacts of jobs, which are checked before they are loaded
// (host/artefact.ts).

import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { cachedDataVersionTag } from 'node:v8'
import { Script } from 'node:vm'
import { isMainThread } from 'node:worker_threads'
import { keepCode, keptCode } from './kept-code.ts'

const BEFORE = '(function (exports, require, module, moduleUrl, Import) {'
const AFTER = '\n})'

type Factory = (
  exports: object,
  require: NodeJS.Require,
  module: { exports: object },
  moduleUrl: string,
  /** `import()` of the script, which has none of its own. */
  Import: (name: string) => Promise<unknown>,
) => void

/**
 * What a CommonJS bundle exports. Runs of different `purpose` use different parts of it, so each keeps its own. Throws
 * what the bundle throws.
 */
export function loadBundle(url: URL, purpose = ''): object {
  const filename = fileURLToPath(url)
  const text = readFileSync(filename, 'utf8')
  const name = nameFor(filename, text, purpose)
  const cachedData = keptCode(name)
  const script = new Script(`${BEFORE}${text}${AFTER}`, {
    filename,
    columnOffset: -BEFORE.length,
    cachedData,
  })
  const module = { exports: {} }
  const factory = script.runInThisContext() as Factory
  const importFrom = (name: string) => import(name.startsWith('.') ? new URL(name, url).href : name)
  factory(module.exports, createRequire(url), module, url.href, importFrom)
  if (cachedData === undefined || script.cachedDataRejected === true) keepAtEnd(name, script)
  return module.exports
}

/**
 * At the end of a run that did its work: by then everything that it needs has been compiled. Not in worker threads,
 * which are ended from outside.
 */
function keepAtEnd(name: string, script: Script): void {
  if (!isMainThread) return
  process.once('exit', code => {
    if (code === 0 && !process.argv.includes('--help')) keepCode(name, () => script.createCachedData())
  })
}

/** The file's name counts, since what V8 makes holds it and stack traces show it. */
function nameFor(filename: string, text: string, purpose: string): string {
  const { version, arch } = process
  const hash = createHash('sha256').update(JSON.stringify([filename, purpose, version, arch, cachedDataVersionTag()]))
  return hash.update(text).digest('hex').slice(0, 32)
}
