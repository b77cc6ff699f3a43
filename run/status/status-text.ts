// A status as lines of text.
//
// Not here: where they are printed, and colours (the callers).

import { timeText } from '../../core/time/time-text.ts'
import { countText, durationText } from '../number-text.ts'
import type { Rates } from './rates.ts'
import type { SinkStatus, SourceStatus, Status, ViewStatus } from './status.ts'

/** Lines without line ends. */
export function statusLines(status: Status, rates: Rates | null): readonly string[] {
  const rows: [string, string][] = [['commit', commitText(status)]]
  for (const source of status.sources) {
    rows.push([`source ${source.topic}`, sourceText(source)])
    for (const { partition, position, end, lag, lagMs } of source.partitions) {
      const behind = lag === null ? '' : ` of ${end}${lag === 0 ? '' : `, ${countText(lag)} behind`}`
      const age = lagMs === null ? '' : `, for ${durationText(lagMs)}`
      rows.push([`  ${partition}`, `read to ${position}${behind}${age}`])
    }
  }
  for (const view of status.views) rows.push([`view ${view.name}`, viewText(view)])
  for (const { name, topic, records, arrived } of status.outputs) {
    const there =
      arrived === null ? '' : arrived >= records ? ', all there' : `, ${countText(records - arrived)} on the way`
    rows.push([`output ${name}`, `${countText(records)} records to ${topic}${there}`])
  }
  for (const sink of status.sinks) rows.push([`sink ${sink.view}`, sinkText(sink)])
  rows.push(['late', countText(status.late)], ['dead letters', countText(status.dead)])
  if (rates !== null)
    rows.push([
      'a second',
      `${rateText(rates.records)} records, ${rateText(rates.late)} late, ${rateText(rates.dead)} dead`,
    ])
  const { versions } = status
  if (versions !== null)
    rows.push(['versions', `node ${versions.node}, icu ${versions.icu}, time zones ${versions.tz}`])
  const width = Math.max(...rows.map(([name]) => name.length))
  const head = `${status.job}: ${status.sealed ? 'complete; nothing can follow' : writerText(status)}`
  return [head, ...rows.map(([name, text]) => `  ${name.padEnd(width)}  ${text}`), ...status.problems]
}

const writerText = ({ writer }: Status): string =>
  writer === null ? 'no process writes it' : `process ${writer.pid} writes it`

function commitText({ commit }: Status): string {
  if (commit === null) return 'without a number'
  return `${countText(commit.number)}, ${durationText(commit.ageMs)} ago`
}

function sourceText({ watermark, heldBy }: SourceStatus): string {
  if (heldBy === null) return 'no partition yet'
  if (watermark === null) return `no watermark: ${heldBy} has no record with a time yet`
  return `watermark ${timeText(watermark)}, held back by ${heldBy}`
}

function viewText({ rows, digest, completeTo, ageMs }: ViewStatus): string {
  const age = ageMs === null ? '' : `, ${durationText(ageMs)} ago`
  const complete = completeTo === null ? '' : `  complete up to ${timeText(completeTo)}${age}`
  return `${countText(rows)} rows  digest ${digest}${complete}`
}

function sinkText({ place, commit, behind, altered }: SinkStatus): string {
  if (commit === null) return `${place}: not filled yet`
  const late = behind === null || behind === 0 ? '' : `, ${countText(behind)} behind`
  const texts = altered === null || altered === 0 ? '' : `; ${countText(altered)} texts altered to fit`
  return `${place}: at commit ${countText(commit)}${late}${texts}`
}

const rateText = (rate: number): string => (rate >= 10 || rate === 0 ? countText(Math.round(rate)) : rate.toFixed(1))
