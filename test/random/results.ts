// The results of random jobs: views, their changes, and outputs in several formats.

import type { Draw } from './draw.ts'
import type { ResultSpec } from './job-spec.ts'
import { isStream, type Place } from './shape.ts'
import { anything, lambda, type Subject } from './words/lambdas.ts'

/** A view, sometimes with its changes; or an output. */
export function resultsOf(place: Place, index: number, draw: Draw): ResultSpec[] {
  const of = place.name
  const partitions = draw.below(3) === 2 ? [`partitions: ${2 + draw.below(2)}`] : []
  if (isStream(place)) {
    const limit = draw.below(4) === 3 ? [`maxBytes: ${10 + draw.below(60)}`] : []
    const options = written([...partitions, ...limit, ...outputOptions(place, draw)])
    return [{ name: `output${index}`, kind: 'output', of, call: `.to('out${index}'${options})` }]
  }
  const view: ResultSpec = { name: `view${index}`, kind: 'view', of, call: '' }
  const call = `.changes().to('changes${index}'${written(partitions)})`
  return draw.once(3) ? [view, { name: `changes${index}`, kind: 'output', of, call }] : [view]
}

const written = (options: readonly string[]): string => (options.length === 0 ? '' : `, { ${options.join(', ')} }`)

/** Options of an output: a key, a format. */
function outputOptions({ value, lineage }: Place, draw: Draw): string[] {
  const subject: Subject = { type: value, second: lineage }
  const key = draw.once(4) ? [`key: ${lambda(draw, subject, anything(draw, subject))}`] : []
  if (!draw.once(4)) return key
  if (value.kind === 'string') return [...key, 'value: lines()']
  const flat =
    value.kind === 'record' && Object.values(value.fields).every(f => f.kind === 'string' || f.kind === 'number')
  if (!flat) return [...key, 'value: json()']
  return [
    ...key,
    `value: csv({ columns: [${Object.keys(value.fields)
      .map(name => `'${name}'`)
      .join(', ')}] })`,
  ]
}
