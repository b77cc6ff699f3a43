// The libraries that are tried: for each its name in the table of docs/libraries.md, a module whose `use(n, s)` a job
// calls for each record, and what must come of it where that is not `equal`.

import { readFileSync } from 'node:fs'
import { COLLECTIONS } from './collections.mjs'
import { DATES } from './dates.mjs'
import { NUMBERS } from './numbers.mjs'
import { PARSERS } from './parsers.mjs'
import { TEXTS } from './texts.mjs'
import { VALIDATION } from './validation.mjs'

export const LIBRARIES = [...VALIDATION, ...DATES, ...NUMBERS, ...COLLECTIONS, ...PARSERS, ...TEXTS]

/** Exact versions by package. */
export const VERSIONS = JSON.parse(readFileSync(new URL('versions.json', import.meta.url), 'utf8'))

/** Packages that a text imports. */
export function packagesIn(code) {
  return [...code.matchAll(/(?:from|import) '((?:@[^/']+\/)?[^/']+)/g)].map(([, name]) => name)
}

/** The version of the package that a row is about: the longest that its name begins with. */
export function versionOf(name, code) {
  const [main] = packagesIn(code)
    .filter(known => name.startsWith(known))
    .toSorted((a, b) => b.length - a.length)
  return VERSIONS[main]
}
