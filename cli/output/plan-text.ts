// What a compiled plan will do, in words.
//
// Promises: every source, every step, every result, in the order in which elements pass them. Finding the plan is in
// `commands/explain.ts`.

import type { AggregationSpec } from '../../core/plan/aggregation-spec.ts'
import type { FormatSpec, Plan, PlanNode, PlanNodeOf, WindowSpec } from '../../core/plan/plan.ts'
import type { Uses } from '../../core/plan/schema.ts'

export function planLines(plan: Plan): readonly string[] {
  const numbers = new Map(plan.nodes.map((node, i) => [node.id, i + 1]))
  const width = String(plan.nodes.length).length
  const lines = [`job ${plan.job}`, '']
  for (const node of plan.nodes) {
    const from = node.inputs.length === 0 ? '' : `  from ${node.inputs.map(id => `#${numbers.get(id)}`).join(', ')}`
    const at = node.at === null ? '' : `  ${node.at}`
    lines.push(`  #${String(numbers.get(node.id)).padEnd(width)}  ${nodeText(node)}${from}${at}`)
  }
  lines.push('')
  const longest = Math.max(...plan.results.map(r => r.name.length))
  for (const { name, kind, node, hash } of plan.results) {
    lines.push(`  ${kind.padEnd(6)}  ${name.padEnd(longest)}  is #${numbers.get(node)}  plan hash ${hash}`)
  }
  return lines
}

function nodeText(node: PlanNode): string {
  switch (node.kind) {
    case 'source':
      return sourceText(node)
    case 'aggregate':
      return aggregateText(node)
    case 'keep':
      return `keep rows until ${duration(node.params.keepMs)} after their window's end`
    case 'closed':
      return 'hand on each window once it is closed'
    case 'lookup':
      return `look up in a snapshot (${node.params.type}, ${node.params.snapshot})`
    case 'joinTables':
      return `join (${node.params.type}) the rows of two tables by key${windowText(node.params.window)}`
    case 'changes':
      return `write each changed row to topic ${node.params.topic} (${node.params.partitions} partitions), as an upsert`
    case 'joinWithin':
      return `join (${node.params.type}) with what comes from ${duration(node.params.beforeMs)} before to ${duration(node.params.afterMs)} after`
    case 'output':
      return outputText(node)
    case 'existing':
      return 'leave out keys whose newest value is null'
    case 'scan':
      return 'step through the elements of each key in order of time'
    case 'distinct':
      return node.params.withinMs === null
        ? 'hand on the first of equal elements of each key'
        : `hand on one of equal elements of each key in ${duration(node.params.withinMs)}`
    case 'joinTable':
      return `join each element to the version ${node.params.at === 'before' ? 'before' : 'of'} its time (${node.params.type})`
    case 'mapTable':
      return 'change the rows of the table'
    case 'filterTable':
      return 'keep some rows of the table'
    case 'map':
    case 'filter':
    case 'flatMap':
    case 'keyBy':
    case 'mapValues':
    case 'filterKeys':
    case 'flatMapKeys':
    case 'merge':
      return node.kind
  }
}

function sourceText({ params, uses }: PlanNodeOf<'source'>): string {
  const { topic, format, disorderMs, aheadMs, upserts, validate } = params
  const ahead = aheadMs === null ? '' : `, no more than ${duration(aheadMs)} ahead of the log`
  return `read topic ${topic} as ${upserts ? 'versions of keys, ' : ''}${formatText(format)}, up to ${duration(disorderMs)} out of order${ahead}; ${usesText(uses)}${validate === 'used' ? ', and no other is checked' : ''}`
}

function outputText({ params }: PlanNodeOf<'output'>): string {
  const { topic, partitions, keyed, format } = params
  const written = format.kind === 'json' ? '' : ` as ${formatText(format)}`
  return `write to topic ${topic}${written} (${partitions} partitions${keyed ? ', by key' : ''}), in order of time`
}

const formatText = (format: FormatSpec): string => (format.kind === 'custom' ? format.name : format.kind)

function usesText(uses: Uses): string {
  if (uses === true) return 'the whole value is used'
  const fields = Object.keys(uses)
  return fields.length === 0 ? 'no field is used' : `of its fields it uses ${fields.join(', ')}`
}

function aggregateText({ params }: PlanNodeOf<'aggregate'>): string {
  const fields = params.fields.map(field => {
    const { name, kind } = field
    const call = `${kind}${parametersText(field)}`
    return params.bare || name === kind ? call : `${name}: ${call}`
  })
  return `aggregate ${fields.join(', ')} per key${windowText(params.window)}`
}

function parametersText(field: AggregationSpec): string {
  switch (field.kind) {
    case 'topK':
    case 'sample':
      return `(${field.k})`
    case 'histogram':
      return field.bounds === undefined ? '' : `(bounds ${field.bounds.join(', ')})`
    case 'approxCountDistinct':
      return `(precision ${field.precision})`
    case 'approxQuantiles':
      return `(${field.quantiles.join(', ')} within ${field.accuracy})`
    case 'approxMembership':
      return `(${field.bits} bits, ${field.hashes} for a value)`
    case 'approxFrequency':
      return `(${field.depth} rows of ${field.width} cells)`
    default:
      return ''
  }
}

function windowText(window: WindowSpec): string {
  switch (window.kind) {
    case 'global':
      return ''
    case 'session':
      return ` and session with gaps of up to ${duration(window.gapMs)}`
    case 'calendar':
      return ` and ${window.unit} of ${window.tz}`
    case 'tumbling':
      return ` and window of ${duration(window.sizeMs)}${shiftText(window.offsetMs)}`
    case 'hopping':
      return ` and window of ${duration(window.sizeMs)} every ${duration(window.everyMs)}${shiftText(window.offsetMs)}`
  }
}

const shiftText = (offsetMs: number): string => (offsetMs === 0 ? '' : `, shifted by ${duration(offsetMs)}`)

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
] as const

/** As written in a job, in the largest unit that is exact. */
function duration(ms: number): string {
  if (ms === 0) return '0s'
  for (const [unit, size] of UNITS) if (ms % size === 0) return `${ms / size}${unit}`
  return `${ms}ms`
}
