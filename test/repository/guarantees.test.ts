// Every promise and fault of docs/guarantees.md has a test: the files and titles that it names exist.

import { expect, it } from 'vitest'
import { read, repositoryFiles } from '../support/repository.ts'

const PAGE = 'docs/guarantees.md'
/** Faults that a run must live through. */
const FAULTS = [
  [1, 2, 3, 4, 9, 10, 11],
  [13, 14, 15, 16, 17, 18, 19, 20, 21, 25, 26, 27, 28, 29],
  [31, 32, 33, 36, 37, 38, 39, 40, 42, 43],
  [44, 45, 46, 47, 48, 49, 50, 51, 52, 57, 58],
  [63, 64, 65, 66, 70, 71, 73],
  [78, 79, 80],
  [83],
].flat()

interface Shown {
  readonly file: string
  readonly titles: readonly string[]
}

/** Cells of the tables, without heads. */
const rows = read(PAGE)
  .split('\n')
  .filter(line => /^\| (?!no\.|promise)/.test(line))
  .map(line => line.split(' | ').map(cell => cell.replace(/^\| | \|$/g, '')))

const shownIn = (cell: string): readonly Shown[] =>
  [...cell.matchAll(/`(test\/[^`]+)` ((?:"[^"]+"(?:, )?)+)/g)].map(([, file = '', titles = '']) => ({
    file,
    titles: [...titles.matchAll(/"([^"]+)"/g)].map(([, title = '']) => title),
  }))

it('the faults of the guarantees are those that there are, in order', () => {
  expect(rows.flatMap(([no]) => (/^\d+$/.test(no ?? '') ? [Number(no)] : []))).toEqual(FAULTS)
  expect(rows.length).toBeGreaterThan(FAULTS.length + 10)
})

it.each(rows.map(cells => [cells.at(-2), cells.at(-1) as string] as const))('guaranteed: %s', (_, cell) => {
  if (cell.startsWith('none: ')) return
  const shown = shownIn(cell)
  // Nothing in the cell but files with their titles.
  expect(shown.map(({ file, titles }) => `\`${file}\` ${titles.map(t => `"${t}"`).join(', ')}`).join('; ')).toBe(cell)
  for (const { file, titles } of shown) {
    expect(repositoryFiles()).toContain(file)
    const text = read(file)
    const isThere = (title: string): boolean => [`'${title}'`, `"${title}"`, `\`${title}\``].some(t => text.includes(t))
    expect(titles.filter(title => !isThere(title))).toEqual([])
  }
})
