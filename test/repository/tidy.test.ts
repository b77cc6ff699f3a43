// House rules that can be checked: heads, lengths, leftovers, and no paths or hosts of a machine.

import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { codeFiles, read, repositoryFiles } from '../support/repository.ts'

const LINES_MAX = 400
const TEST_LINES_MAX = 600
const FUNCTION_LINES_MAX = 70
const COLUMNS_MAX = 240
const COMMENT_COLUMNS_MAX = 120
const FILES_MAX = 16

const product = codeFiles().filter(f => !f.startsWith('test/') && !/\.test\.ts$/.test(f))
const lineCount = (text: string): number => text.split('\n').length - 1
const isGenerated = (file: string): boolean => /^(\/\/ biome-ignore.*\n)?\/\/ Generated/.test(read(file))

it('every code file opens with a comment that says what it is', () => {
  const headless = codeFiles().filter(f => !/^(#!.*\n)?(\/\/ \S|\/\*\*)/.test(read(f)))
  expect(headless).toEqual([])
})

describe('lengths', () => {
  it('of files', () => {
    const long = codeFiles()
      .filter(f => !isGenerated(f))
      .map(f => [f, lineCount(read(f))] as const)
      .filter(([f, n]) => n > (product.includes(f) ? LINES_MAX : TEST_LINES_MAX))
    expect(long).toEqual([])
  })

  it('of functions', () => {
    expect(product.filter(f => f.endsWith('.ts') && !isGenerated(f)).flatMap(longFunctions)).toEqual([])
  })

  it('of lines', () => {
    const wide = codeFiles()
      .filter(f => !isGenerated(f))
      .flatMap(f =>
        read(f)
          .split('\n')
          .map((line, i) => [`${f}:${i + 1}`, line.length] as const),
      )
      .filter(([, length]) => length > COLUMNS_MAX)
    expect(wide).toEqual([])
  })
})

it('comments are at most 120 columns wide', () => {
  const isComment = (line: string): boolean => /^\s*(\/\/|\/?\*)/.test(line)
  const wide = codeFiles()
    .filter(f => !isGenerated(f))
    .flatMap(f =>
      read(f)
        .split('\n')
        .flatMap((line, i) => (isComment(line) && line.length > COMMENT_COLUMNS_MAX ? [`${f}:${i + 1}`] : [])),
    )
  expect(wide).toEqual([])
})

it('no folder has more code files than a reader can survey', () => {
  const counts = new Map<string, number>()
  for (const f of codeFiles().filter(f => !f.startsWith('examples/'))) {
    const folder = f.slice(0, f.lastIndexOf('/') + 1)
    counts.set(folder, (counts.get(folder) ?? 0) + 1)
  }
  expect([...counts].filter(([, files]) => files > FILES_MAX)).toEqual([])
})

it('comments cite sections of docs/semantics.md that are there', () => {
  const headings = [...read('docs/semantics.md').matchAll(/^#+ (\d+(?:\.\d+)?)\.? /gm)].map(m => m[1] as string)
  const cited = codeFiles().flatMap(f =>
    [...read(f).matchAll(/semantics\.md,? (?:section )?(\d+(?:\.\d+)?)/g)].map(m => [f, m[1] as string] as const),
  )
  expect(cited.length).toBeGreaterThan(50)
  expect(cited.filter(([, section]) => !headings.includes(section))).toEqual([])
})

/** Functions of a file that do not fit a screen, as `file:line name lines`. */
function longFunctions(file: string): string[] {
  const tree = ts.createSourceFile(file, read(file), ts.ScriptTarget.Latest, true)
  const found: string[] = []
  const lineOf = (position: number): number => tree.getLineAndCharacterOfPosition(position).line + 1
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body !== undefined) {
      const [first, last] = [lineOf(node.getStart(tree)), lineOf(node.end)]
      const name = node.name?.getText(tree) ?? 'function'
      if (last - first + 1 > FUNCTION_LINES_MAX) found.push(`${file}:${first} ${name} ${last - first + 1}`)
    }
    ts.forEachChild(node, visit)
  }
  visit(tree)
  return found
}

it('no product code knows the type of everything', () => {
  const knows = product.filter(f => f.endsWith('.ts') && !f.startsWith('compiler/messages/')).flatMap(looseTypes)
  expect(knows).toEqual([])
})

/** Uses of `any` as a type, as `file:line`. */
function looseTypes(file: string): string[] {
  const tree = ts.createSourceFile(file, read(file), ts.ScriptTarget.Latest, true)
  const found: string[] = []
  const visit = (node: ts.Node): void => {
    if (node.kind === ts.SyntaxKind.AnyKeyword)
      found.push(`${file}:${tree.getLineAndCharacterOfPosition(node.pos).line + 1}`)
    ts.forEachChild(node, visit)
  }
  visit(tree)
  return found
}

describe('leftovers', () => {
  const texts = repositoryFiles().filter(f => !/\.(gz|log|png|jar|jsa|mdb)$/.test(f) && f !== 'package-lock.json')
  const banned: readonly [RegExp, string][] = [
    [/\b(TO[D]O|FIX[M]E|X[X]X|HA[C]K)\b/, 'finish it or write an issue'],
    [/\.(on[l]y|sk[i]p)\(/, 'run it, or skipIf with a loud reason'],
    [/@ts-igno[r]e/, 'use @ts-expect-error with a reason'],
    [/(^|[\s"'`(=])\/(wor[k]|ho[m]e|ro[o]t)\//, 'no path of a machine'],
    [/\bdeci[s]ions? \d+\b/, 'cite docs/semantics.md'],
    [/regis[t]ry\.npmjs|repo1?\.mav[e]n|deb\.debi[a]n\.org|pyp[i]\.org/, 'no name of a registry host'],
  ]
  for (const [pattern, remedy] of banned) {
    it(`no ${pattern.source}: ${remedy}`, () => {
      const found = texts.flatMap(f =>
        read(f)
          .split('\n')
          .map((line, i) => [`${f}:${i + 1}`, line] as const)
          .filter(([, line]) => pattern.test(line))
          .map(([place]) => place),
      )
      expect(found).toEqual([])
    })
  }
})
