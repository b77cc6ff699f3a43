// The text of a random job: as a job file with its types, and as JavaScript that is evaluated with the real language.
//
// Promises: both are one text but for what is between « and », so the file means what was run.

import type { CallFactsById } from '../../compiler/call-facts.ts'
import { CALL_MARK, type JobGraph } from '../../core/plan/graph.ts'
import type { Lambdas, Plan } from '../../core/plan/plan.ts'
import * as language from '../../dsl/index.ts'
import { graph, programOf } from '../support/run-job.ts'
import type { JobSpec, SourceSpec } from './job-spec.ts'
import { FORMATS } from './words/formats.ts'

/** A file for `lyrebird check`, `compile`, `verify`. */
export function jobFile(spec: JobSpec): string {
  const body = lines(spec, () => '').map(line => line.replaceAll(/[«»]/g, ''))
  const words = Object.keys(language).filter(word => body.some(line => new RegExp(`(?<![.\\w])${word}\\b`).test(line)))
  return [`import { ${words.sort().join(', ')} } from 'lyrebird'`, '', ...body, ''].join('\n')
}

/** Plan and lambdas of a job, made by calling the language; sources have schemas as if they had been compiled. */
export function programOfSpec(spec: JobSpec): { plan: Plan; lambdas: Lambdas } {
  const facts: CallFactsById = new Map(
    spec.sources.map(({ format }, i) => [i, { at: `job.ts:${i + 1}:1`, schema: FORMATS[format].schema, lambdas: {} }]),
  )
  return programOf(evaluated(spec), facts)
}

export const graphOfSpec = (spec: JobSpec): JobGraph => graph(evaluated(spec))

function evaluated(spec: JobSpec): unknown {
  const body = lines(spec, i => `, { [site]: ${i} }`).map(line =>
    line.replace('export default', 'return').replaceAll(/«[^»]*»/g, ''),
  )
  const names = Object.keys(language)
  const values = Object.values(language)
  return new Function('site', ...names, `'use strict'\n${body.join('\n')}`)(CALL_MARK, ...values)
}

function lines(spec: JobSpec, mark: (source: number) => string): string[] {
  const results = spec.results.map(({ name, of, call }) => `${name}: ${of}${call}`)
  return [
    ...spec.sources.map((source, i) => `const ${source.name} = ${sourceText(source, mark(i))}`),
    ...spec.steps.map(({ name, inputs, call }) => `const ${name} = ${inputs[0]}${call}`),
    `export default job('${spec.name}', { ${results.join(', ')} })`,
  ]
}

function sourceText(source: SourceSpec, mark: string): string {
  const { topic, format, time, disorder, ahead, validate, table } = source
  const { typeText, option } = FORMATS[format]
  const options = [
    ...(option === null ? [] : [`format: ${option}`]),
    ...(time === null ? [] : [`time: ${time}`]),
    `disorder: '${disorder}'`,
    ...(ahead === null ? [] : [`ahead: '${ahead}'`]),
    ...(validate === 'full' ? [] : [`validate: '${validate}'`]),
    ...(table === null || table.options === '' ? [] : [table.options]),
  ]
  const word = table === null ? `source«<${typeText}>»` : `table«<${typeText}${table.types}>»`
  return `${word}('${topic}', { ${options.join(', ')} }${mark})`
}
