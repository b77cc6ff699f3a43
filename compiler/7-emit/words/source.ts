// Emitted code of a source: the loop over the records of a chunk.
//
// Promises: for each record, in this order (semantics.md 2.1): tick; decode; time; ahead; late; the greatest time `T`;
// then the steps behind the source.

import type { SourceNode } from '../../../core/plan/plan.ts'
import { MAX_TIME } from '../../../core/time/event-time.ts'
import { text } from '../code.ts'
import { emitDecoder } from '../decoder/decoder.ts'
import type { Flow } from '../flow.ts'

/** A function declaration; returns its name. */
export function sourceFunction(flow: Flow, node: SourceNode): string {
  const { upserts } = node.params
  const name = flow.fresh('source')
  const id = text(node.id)
  const decoder = emitDecoder(flow.fresh('decode'), node)
  flow.setup(decoder.setup)
  const behind = flow.behind(node.id, {
    value: 'value',
    time: 'time',
    key: upserts ? 'key' : 'null',
    keyed: String(upserts),
    lineage: 'i',
  })
  flow.setup(`function ${name}(chunk, first, last, state) {
    const bytes = plainBytes(chunk.bytes)
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    const padded = bytes.length - SCAN_PADDING
    const { valueStart, valueEnd, ticks } = chunk
    let newest = state.maxTime
    let leap = state.leap
    ${decoder.enter ?? ''}
    for (let i = first; i < last; i++) {
      if (ticks !== null && ticks[i] === 1) {
        const tick = api.timestamp(chunk, i)
        if (tick > newest && api.isTime(tick)) {
          ${moveNewest('tick')}
        }
        continue
      }
      const start = valueStart[i]
      const end = valueEnd[i]
      let value
      if (start >= 0) {
        if (end <= padded) value = ${decoder.name}(bytes, view, start, end)
        else {
          const copy = paddedCopy(bytes, start, end)
          value = ${decoder.name}(copy, new DataView(copy.buffer), 0, end - start)
        }
      }
      ${upserts ? 'else value = null' : ''}
      if (value === undefined) {
        value = report.decodeSlow(${id}, i)
        if (value === FAIL) continue
      }
      ${eventTime(flow, node)}
      ${aheadTest(node)}
      if (time < newest - ${node.params.disorderMs}) {
        report.late(${id}, i, time)
        continue
      }
      if (time > newest) {
        ${moveNewest('time')}
      }
      ${upserts ? upsertKey(flow, node) : ''}
      ${behind}
    }
    state.maxTime = newest
    state.leap = leap
  }`)
  return name
}

/** Moves `T`, and notes by which record it moved farthest. The step to the first time is none. */
const moveNewest = (time: string): string => `if (${time} - newest > leap) {
          leap = newest === -Infinity ? 0 : ${time} - newest
          state.leapAt = i
          state.leapTime = ${time}
        }
        newest = ${time}`

/** Declares `time`, or goes on with the next record. Adding 0 makes 0 of -0. */
function eventTime(flow: Flow, node: SourceNode): string {
  const id = text(node.id)
  const lambda = flow.lambda(node, 'time')
  const record = node.lambdas.time?.usesRecord === false ? '' : ', report.sourceRecord(i)'
  const fromLog = 'time = api.timestamp(chunk, i)'
  const timeIsLogs = lambda === undefined ? 'true' : node.params.upserts ? 'start < 0' : 'false'
  const get =
    lambda === undefined
      ? fromLog
      : `${node.params.upserts ? `if (start < 0) ${fromLog}\n        else ` : ''}try {
          time = ${lambda}(value${record})
        } catch (error) {
          report.threw(${id}, i, error)
          continue
        }`
  return `let time
    ${get}
    if (typeof time === 'number' && Math.floor(time) === time && time >= -${MAX_TIME} && time <= ${MAX_TIME}) time += 0
    else {
      time = api.time(${id}, i, time, ${timeIsLogs})
      if (time !== time) continue
    }`
}

/**
 * Declares `key`, or goes on with the next record: of a version its key, of a record without value the key that it
 * deletes.
 */
function upsertKey(flow: Flow, node: SourceNode): string {
  const record = 'report.record(i, time, null, false)'
  const second = node.lambdas.key?.usesRecord === false ? '' : `, ${record}`
  const keyOf = flow.lambda(node, 'key')
  const deletedKeyOf = flow.lambda(node, 'deletedKey')
  const version = keyOf === undefined ? `${record}.key` : `${keyOf}(value${second})`
  const deleted = deletedKeyOf === undefined ? `${record}.key` : `${deletedKeyOf}(${record})`
  return `let key
      try {
        key = start < 0 ? ${deleted} : ${version}
      } catch (error) {
        report.threw(${text(node.id)}, i, error)
        continue
      }
      key = api.key(${text(node.id)}, i, key)
      if (key === FAIL) continue`
}

function aheadTest(node: SourceNode): string {
  const { aheadMs } = node.params
  if (aheadMs === null) return ''
  // Not `>`: a record without a timestamp (NaN) does not pass either.
  return `if (!(time - api.timestamp(chunk, i) <= ${aheadMs})) {
      report.ahead(${text(node.id)}, i)
      continue
    }`
}
