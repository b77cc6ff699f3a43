// Nothing is exported that nobody imports: an unused export misleads the reader of a file.

import { expect, it } from 'vitest'
import { codeFiles, read } from '../support/repository.ts'
import { moduleOf } from './support/modules.ts'

const PRODUCT =
  /^(core|dsl|formats|compiler|host|logs|store|sinks|run|runtime-batch|runtime-stream|deployment|serving|testing|cli)\/.*\.ts$/

/** The sources of the entries of package.json, whose exports are all public. */
function publicEntries(): ReadonlySet<string> {
  const { exports } = JSON.parse(read('package.json')) as { exports: Record<string, string | { types: string }> }
  const types = Object.values(exports).flatMap(entry => (typeof entry === 'string' ? [] : [entry.types]))
  return new Set(types.map(path => path.replace(/^\.\/build\//, '').replace(/\.d\.ts$/, '.ts')))
}

/** What only a built file imports (scripts/build.mjs). */
const BUILT = ['host/bundle/index.ts loadBundle', 'runtime-batch/bundle.ts runWorker']

it('nothing is exported that nobody imports', () => {
  const files = codeFiles()
  const taken = new Map<string, Set<string>>()
  for (const { to, names } of files.flatMap(file => moduleOf(file).imports)) {
    const of = taken.get(to) ?? new Set<string>()
    taken.set(to, of)
    for (const name of names === '*' ? ['*'] : names) of.add(name)
  }
  const entries = publicEntries()
  expect([...entries].filter(entry => !files.includes(entry))).toEqual([])
  const unused = files
    .filter(file => PRODUCT.test(file) && !file.endsWith('.d.ts') && !entries.has(file))
    .flatMap(file => {
      const of = taken.get(file)
      return of?.has('*')
        ? []
        : moduleOf(file)
            .exports.filter(name => !of?.has(name))
            .map(name => `${file} ${name}`)
    })
  expect(unused.toSorted()).toEqual(BUILT)
})
