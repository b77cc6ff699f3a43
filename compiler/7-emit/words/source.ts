// Emitted code of a source: the loop over the records of a chunk.
//
// Promises: for each record, in this order (semantics.md 2.1): tick; decode; time; ahead; late; the greatest time `T`;
// then the steps behind the source. A record of a table's topic is never late, and one that is a dead letter deletes
// its key (3.8).

import type { SourceNode } from '../../../core/plan/plan.ts'
import { MAX_TIME } from '../../../core/time/event-time.ts'
import { text } from '../code.ts'
import { emitDecoder } from '../decoder/decoder.ts'
import type { ElementNames, Flow } from '../flow.ts'
import { plainLambda } from '../lambda.ts'
import { recordColumns } from '../record-columns.ts'

/** Statements for what stands behind a record, and for one that is a dead letter. */
interface Ways {
  /** Before anything else. */
  readonly enter: string
  /** Before the greatest time moves. */
  readonly take: string
  readonly give: string
  readonly lost: string
}

/** A function declaration; returns its name. */
export function sourceFunction(flow: Flow, node: SourceNode): string {
  const name = flow.fresh('source')
  const decoder = emitDecoder(flow.fresh('decode'), node)
  flow.setup(decoder.setup)
  const columns = node.params.upserts ? null : recordColumns(flow, node)
  const element = { time: 'time', key: 'null', keyed: 'false', lineage: 'i', ...(columns?.names ?? { value: 'value' }) }
  const { enter, take, give, lost } = node.params.upserts ? versionWays(flow, node) : elementWays(flow, node, element)
  flow.setup(`function ${name}(chunk, first, last, state) {
    const bytes = plainBytes(chunk.bytes)
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    const padded = bytes.length - SCAN_PADDING
    const { valueStart, valueEnd, ticks } = chunk
    let newest = state.maxTime
    let leap = state.leap
    ${decoder.enter ?? ''}
    ${columns?.enter ?? ''}
    for (let i = first; i < last; i++) {
      ${columns?.next ?? ''}
      if (ticks !== null && ticks[i] === 1) {
        const tick = api.timestamp(chunk, i)
        if (tick > newest && api.isTime(tick)) {
          ${moveNewest('tick')}
        }
        continue
      }
      ${enter}
      let value
      ${columns === null ? decodeOne(node, decoder.name, lost) : columns.readOr(decodeOne(node, decoder.name, lost))}
      ${eventTime(flow, node, element, lost)}
      ${aheadTest(node, lost)}
      ${take}
      if (time > newest) {
        ${moveNewest('time')}
      }
      ${give}
    }
    state.maxTime = newest
    state.leap = leap
  }`)
  return name
}

/** Gives `value` what record i decodes to, or goes on with the next record. */
function decodeOne(node: SourceNode, decode: string, lost: string): string {
  return `const start = valueStart[i]
      const end = valueEnd[i]
      if (start >= 0) {
        if (end <= padded) value = ${decode}(bytes, view, start, end)
        else {
          const copy = paddedCopy(bytes, start, end)
          value = ${decode}(copy, new DataView(copy.buffer), 0, end - start)
        }
      }
      ${node.params.upserts ? 'else value = null' : ''}
      if (value === undefined) {
        value = report.decodeSlow(${text(node.id)}, i)
        if (value === FAIL) ${lost}
      }`
}

/** Moves `T`, and notes by which record it moved farthest. The step to the first time is none. */
const moveNewest = (time: string): string => `if (${time} - newest > leap) {
          leap = newest === -Infinity ? 0 : ${time} - newest
          state.leapAt = i
          state.leapTime = ${time}
        }
        newest = ${time}`

/** Of a stream: a late record goes to the late records, the others to the steps. */
function elementWays(flow: Flow, node: SourceNode, element: ElementNames): Ways {
  const behind = flow.behind(node.id, element)
  return {
    enter: '',
    take: `if (time < newest - ${node.params.disorderMs}) {
        report.late(${text(node.id)}, i, time)
        continue
      }`,
    give: behind,
    lost: 'continue',
  }
}

/** Of a table: every version goes to the steps, with the time from which joins see it. */
function versionWays(flow: Flow, node: SourceNode): Ways {
  const [version, lost] = [flow.fresh('version'), flow.fresh('lost')]
  const deletedKeyOf = flow.lambda(node, 'deletedKey') ?? 'null'
  const element = { value: 'value', time: 'time', key: 'key', keyed: 'true', lineage: 'i', asOf: 'asOf' }
  flow.setup(`function ${version}(i, key, value, time, asOf) {
      ${flow.behind(node.id, element)}
    }
    function ${lost}(i, bound) {
      const key = bound === -Infinity ? FAIL : api.deletedKey(${text(node.id)}, i, bound, ${deletedKeyOf})
      if (key !== FAIL) ${version}(i, key, null, bound, bound)
    }`)
  const leave = `{
          ${lost}(i, bound)
          continue
        }`
  return {
    enter: `const bound = newest - ${node.params.disorderMs}`,
    take: '',
    give: `${upsertKey(flow, node, leave)}
      ${version}(i, key, value, time, time < bound ? bound : time)`,
    lost: leave,
  }
}

/** Declares `time`, or goes on with the next record. Adding 0 makes 0 of -0. */
function eventTime(flow: Flow, node: SourceNode, element: ElementNames, lost: string): string {
  const id = text(node.id)
  const plain = plainLambda(node, 'time', element)
  const lambda = flow.lambda(node, 'time')
  const record = node.lambdas.time?.usesRecord === false ? '' : ', report.sourceRecord(i)'
  const fromLog = 'time = api.timestamp(chunk, i)'
  const timeIsLogs = lambda === undefined ? 'true' : node.params.upserts ? 'start < 0' : 'false'
  const called =
    lambda === undefined
      ? fromLog
      : `${node.params.upserts ? `if (start < 0) ${fromLog}\n        else ` : ''}try {
          time = ${lambda}(${element.value}${record})
        } catch (error) {
          report.threw(${id}, i, error)
          ${lost}
        }`
  const get = plain === null ? called : `if (plain) time = ${plain}\nelse ${called}`
  return `let time
    ${get}
    if (typeof time === 'number' && Math.floor(time) === time && time >= -${MAX_TIME} && time <= ${MAX_TIME}) time += 0
    else {
      time = api.time(${id}, i, time, ${timeIsLogs})
      if (time !== time) ${lost}
    }`
}

/**
 * Declares `key`, or goes on with the next record: of a version its key, of a record without value the key that it
 * deletes.
 */
function upsertKey(flow: Flow, node: SourceNode, lost: string): string {
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
        ${lost}
      }
      key = api.key(${text(node.id)}, i, key)
      if (key === FAIL) ${lost}`
}

function aheadTest(node: SourceNode, lost: string): string {
  const { aheadMs } = node.params
  if (aheadMs === null) return ''
  // Not `>`: a record without a timestamp (NaN) does not pass either.
  return `if (!(time - api.timestamp(chunk, i) <= ${aheadMs})) {
      report.ahead(${text(node.id)}, i)
      ${lost}
    }`
}
