// Places of the author's code in stack traces.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, it } from 'vitest'
import { siteFinder } from '../../run/site-of.ts'
import { testFolder } from './support/folder.ts'

it('finds the place of the author in a stack, through the map of the emitted module', () => {
  const folder = testFolder()
  const module = join(folder, 'functions.mjs')
  // Line 2, column 5 of the module is line 7, column 3 of jobs/views.ts (source map revision 3).
  writeFileSync(
    `${module}.map`,
    JSON.stringify({ version: 3, sources: ['../src/jobs/views.ts'], names: [], mappings: ';IAME' }),
  )
  const siteOf = siteFinder(pathToFileURL(module).href, ['jobs/views.ts'])
  const error = new Error('x')
  error.stack = `Error: x\n    at normalise (/elsewhere/core.js:1:1)\n    at Object.fn (${pathToFileURL(module).href}:2:5)`
  expect(siteOf(error)).toBe('jobs/views.ts:7:3')
  expect(siteOf('no error')).toBeUndefined()
  expect(siteFinder(undefined, [])(error)).toBeUndefined()
})
