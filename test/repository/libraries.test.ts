// The table of libraries: a row for each job of `scripts/libraries`, of the version that is pinned.

import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { LIBRARIES, versionOf } from '../../scripts/libraries/index.mjs'

/** What the columns for check and runs say, by what is expected. */
const COLUMNS: Readonly<Record<string, string>> = {
  equal: 'ok | equal to plain Node',
  refused: 'ok | refused when called',
  'library-failed': 'refused |',
  'local-time': 'refused |',
}

it('docs/libraries.md has a row for each library that is tried, and no other', () => {
  const text = readFileSync(new URL('../../docs/libraries.md', import.meta.url), 'utf8')
  const rows = [...text.matchAll(/^\| (.*?) \| (.*?) \| (.*?) \| ?(.*?) ?\| .*$/gm)].slice(1)
  const found = rows.map(([, name, version, check, runs]) => `${name} ${version} ${check} | ${runs}`.trimEnd())
  const expected = LIBRARIES.map(
    ([name, code, outcome = 'equal']) => `${name} ${versionOf(name, code)} ${COLUMNS[outcome]}`,
  )
  expect(found.toSorted()).toEqual(expected.toSorted())
})

it('has names that are there once, and 97 at least', () => {
  const names = LIBRARIES.map(([name]) => name)
  expect(new Set(names).size).toBe(names.length)
  expect(names.length).toBeGreaterThanOrEqual(97)
})
