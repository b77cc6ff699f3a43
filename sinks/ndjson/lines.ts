// The lines of a file of rows.

import { printed, printedTime } from '../../core/result/result-json.ts'
import type { RowSinkOptions, SinkPosition, SinkRow } from '../../core/sink/row-sink.ts'

/** What the lines between rows begin with. */
export const COMMIT = '{"commit":'
export const CLAIM = '{"owner":'

/** Forms as `lyrebird query` prints them. */
export function rowLine({ id, key, window, content }: SinkRow): string {
  const row = {
    row: Buffer.from(id.buffer, id.byteOffset, id.length).toString('base64'),
    key: printed(key),
    ...(window === null ? {} : { window: { start: printedTime(window.start), end: printedTime(window.end) } }),
    ...(content.kind === 'value' ? { value: printed(content.value) } : {}),
    ...(content.kind === 'failed' ? { error: { node: content.node, reason: content.reason } } : {}),
    ...(content.kind === 'gone' ? { gone: true } : {}),
  }
  return `${JSON.stringify(row)}\n`
}

export const claimLine = ({ state, epoch, view }: RowSinkOptions): string =>
  `${JSON.stringify({ owner: state, epoch, view: view.name })}\n`

/** Infinities are `null` to JSON. */
export const commitLine = ({ commit, run, epoch, cut, watermark }: SinkPosition): string =>
  `${JSON.stringify({ commit, run, epoch, cut, watermark: Number.isFinite(watermark) ? watermark : String(watermark) })}\n`

export interface CommitLine extends Omit<SinkPosition, 'state' | 'watermark'> {
  readonly watermark: number | string
}
