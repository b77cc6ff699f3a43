// What a file of rows holds when an owner takes it.

import { closeSync, openSync, readSync } from 'node:fs'
import type { SinkPosition } from '../../core/sink/row-sink.ts'
import { CLAIM, COMMIT, type CommitLine } from './lines.ts'
import { writeWhole } from './write-whole.ts'

export interface Found {
  /** The state whose rows it holds; null where no line says so. */
  readonly state: string | null
  /** The view whose rows they are. */
  readonly view: string | null
  /** The epoch of its last owner. */
  readonly epoch: number
  readonly position: SinkPosition | null
  /** Copies the whole commits. */
  copyTo(file: number): void
}

const CHUNK_BYTES = 1 << 20

export function readFound(path: string): Found {
  let [state, view, epoch, end]: [string | null, string | null, number, number] = [null, null, 0, 0]
  let commit: CommitLine | null = null
  for (const { line, after } of markLines(path)) {
    const parsed = JSON.parse(line) as CommitLine & { owner?: string; view?: string }
    if (parsed.owner !== undefined) [state, view, epoch] = [parsed.owner, parsed.view ?? null, parsed.epoch]
    else [commit, end] = [parsed, after]
  }
  const position = commit === null || state === null ? null : { ...commit, state, watermark: Number(commit.watermark) }
  return { state, view, epoch, position, copyTo: file => copyStart(path, end, file) }
}

/** The whole lines that are no rows, each with where the next one begins. */
function* markLines(path: string): Generator<{ readonly line: string; readonly after: number }> {
  let [rest, at] = [Buffer.alloc(0), 0]
  for (const chunk of chunksOf(path, Number.POSITIVE_INFINITY)) {
    const bytes = Buffer.concat([rest, chunk])
    let start = 0
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, start)) {
      const line = bytes.subarray(start, end)
      if (isMark(line)) yield { line: line.toString(), after: at + end + 1 }
      start = end + 1
    }
    at += start
    rest = bytes.subarray(start)
  }
}

const isMark = (line: Buffer): boolean =>
  [COMMIT, CLAIM].some(mark => line.subarray(0, mark.length).equals(Buffer.from(mark)))

function* chunksOf(path: string, until: number): Generator<Buffer> {
  const file = openSync(path, 'r')
  try {
    for (let at = 0; at < until; ) {
      const chunk = Buffer.alloc(Math.min(CHUNK_BYTES, until - at))
      const read = readSync(file, chunk, 0, chunk.length, at)
      if (read === 0) return
      yield chunk.subarray(0, read)
      at += read
    }
  } finally {
    closeSync(file)
  }
}

function copyStart(path: string, bytes: number, target: number): void {
  for (const chunk of chunksOf(path, bytes)) writeWhole(target, chunk)
}
