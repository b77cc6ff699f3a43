// A run's summary as lines of text.
//
// Not here: where they are printed, and colours (the callers).

import { timeText } from '../../core/time/time-text.ts'
import { countText } from '../number-text.ts'
import type { RunSummary, SourceSummary } from '../summary.ts'
import { waitingLines } from '../waiting.ts'

/** Lines without line ends. Counts with separators, times in ISO 8601 UTC. */
export function summaryLines(summary: RunSummary): readonly string[] {
  const { job, target, records, sealed } = summary
  const lines = [
    `${job} ${target}: ${countText(records)} ${records === 1 ? 'record' : 'records'} read${sealed ? ', history complete' : ''}`,
  ]
  const rows: [string, string][] = []
  for (const view of summary.views)
    rows.push([`view ${view.name}`, `${countText(view.rows)} rows  digest ${view.digest}`])
  for (const output of summary.outputs) {
    const digest = output.digest === null ? '' : `  digest ${output.digest}`
    rows.push([`output ${output.name}`, `${countText(output.rows)} records to ${output.topic}${digest}`])
  }
  for (const source of summary.sources) rows.push([`watermark ${source.topic}`, watermarkText(source)])
  rows.push(['late', countText(summary.late)], ['dead letters', deadText(summary)])
  rows.push([
    'cut',
    Object.entries(summary.cut)
      .map(([name, offset]) => `${name}:${offset}`)
      .join(','),
  ])
  const width = Math.max(...rows.map(([name]) => name.length))
  for (const [name, text] of rows) lines.push(`  ${name.padEnd(width)}  ${text}`)
  for (const line of waitingLines(summary.waiting)) lines.push(`  ${line}`)
  for (const warning of summary.warnings) lines.push(`warning: ${warning}`)
  return lines
}

function deadText({ dead, unlisted }: RunSummary): string {
  return unlisted === 0
    ? countText(dead)
    : `${countText(dead)}, of which the first ${countText(dead - unlisted)} are listed`
}

function watermarkText({ watermark, heldBy }: SourceSummary): string {
  const time = watermark === null ? 'none yet' : timeText(watermark)
  return heldBy === null ? time : `${time} (held back by ${heldBy})`
}
