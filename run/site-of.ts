// The author's place in a stack trace: from the emitted functions module back to file, line and column of the job's
// source.
//
// Promises: throws nothing: a stack that leads nowhere has no place. Reads the source map, and loads what reads it,
// once, at the first error.
// Not here: how many stacks are mapped (core/emitted/recorder.ts).

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import type * as Tracing from '@jridgewell/trace-mapping'

const require = createRequire(import.meta.url)

type SiteOf = (error: unknown) => string | undefined

const FRAME = /\(?((?:file:\/\/)?[^\s()]+):(\d+):(\d+)\)?$/

/**
 * `functionsUrl`: file URL of `functions.mjs`, with its map beside it. `files`: the author's, relative to the job's
 * folder.
 */
export function siteFinder(functionsUrl: string | undefined, files: readonly string[]): SiteOf {
  if (functionsUrl === undefined || !functionsUrl.startsWith('file:')) return () => undefined
  const module = fileURLToPath(functionsUrl.replace(/[?#].*$/, ''))
  let map: PlaceMap | null | undefined
  return error => {
    const stack = error instanceof Error && typeof error.stack === 'string' ? error.stack : ''
    for (const line of stack.split('\n')) {
      const frame = FRAME.exec(line.trim())
      if (frame === null) continue
      const path = pathOf(frame[1] as string)
      const own = fileAt(files, path)
      if (own !== undefined) return `${own}:${frame[2]}:${frame[3]}`
      if (path !== module) continue
      if (map === undefined) map = readMap(module)
      const site = map?.(files, Number(frame[2]), Number(frame[3]))
      if (site !== undefined) return site
    }
    return undefined
  }
}

/** The author's file that a path ends in; the longest where several do. */
function fileAt(files: readonly string[], path: string): string | undefined {
  const ends = files.filter(file => path === file || path.endsWith(`/${file.replace(/^(\.\.?\/)+/, '')}`))
  return ends.sort((a, b) => b.length - a.length)[0]
}

function pathOf(url: string): string {
  try {
    return url.startsWith('file:') ? fileURLToPath(url.replace(/[?#].*$/, '')) : url
  } catch {
    return url
  }
}

/** The author's place of a line and a column, both from 1. */
type PlaceMap = (files: readonly string[], line: number, column: number) => string | undefined

function readMap(module: string): PlaceMap | null {
  try {
    const { originalPositionFor, TraceMap } = require('@jridgewell/trace-mapping') as typeof Tracing
    const map = new TraceMap(readFileSync(`${module}.map`, 'utf8'))
    return (files, line, column) => {
      const original = originalPositionFor(map, { line, column: column - 1 })
      if (original.source === null) return undefined
      const file = fileAt(files, original.source)
      return file === undefined ? undefined : `${file}:${original.line}:${original.column + 1}`
    }
  } catch {
    return null
  }
}
