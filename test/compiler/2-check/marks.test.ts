// Marks: every call of the language gets one, wherever and however it is written, and the job means the same.

import { transformSync } from 'esbuild'
import { describe, expect, it } from 'vitest'
import type { JobAnalysis } from '../../../compiler/2-check/job-analysis.ts'
import { type GraphNode, graphOf, topologicalOrder } from '../../../core/plan/graph.ts'
import * as language from '../../../dsl/index.ts'
import { analyseFiles } from '../support/check-cases.ts'

interface Marked {
  readonly analysis: JobAnalysis
  readonly nodes: readonly GraphNode[]
  readonly errors: readonly string[]
}

/** Evaluates jobs with their marks, all read as one program; each has a file of helpers. */
function markedAll(jobs: readonly { readonly job: string; readonly helpers: string }[]): readonly Marked[] {
  const files = jobs.flatMap(({ job, helpers }, i) => [
    [`case${i}.ts`, job.replace('./helpers', `./helpers${i}`)] as const,
    [`helpers${i}.ts`, helpers] as const,
  ])
  const main = jobs.map((_, i) => `import './case${i}'`).join('\n')
  const analysis = analyseFiles({ ...Object.fromEntries(files), 'job.ts': main })
  return jobs.map((_, i) => {
    const graph = graphOf(load(analysis, `case${i}`).default)
    if (graph === null) throw new Error('no job')
    const errors = analysis.diagnostics.filter(d => d.span?.file.endsWith(`${i}.ts`)).map(d => `${d.word}: ${d.label}`)
    return { analysis, nodes: topologicalOrder(graph), errors }
  })
}

const marked = (job: string, helpers = ''): Marked => markedAll([{ job, helpers }])[0] as Marked

function load(analysis: JobAnalysis, name: string): Record<string, unknown> {
  let text = analysis.texts.get(`${name}.ts`) as string
  const marks = [...analysis.insertions].find(([file]) => file.endsWith(`/${name}.ts`))?.[1] ?? []
  for (const { position, text: mark } of [...marks].reverse())
    text = text.slice(0, position) + mark + text.slice(position)
  const { code } = transformSync(text, { loader: 'ts', format: 'cjs' })
  const module = { exports: {} as Record<string, unknown> }
  const require = (id: string): unknown => (id === 'lyrebird' ? language : load(analysis, id.slice(2)))
  new Function('module', 'exports', 'require', code)(module, module.exports, require)
  return module.exports
}

const HEAD = `import { count, job, source, sum, tumbling } from 'lyrebird'
interface Event { user: string; bytes: number; kind: string }
`

const SHAPES: readonly (readonly [string, string, string?])[] = [
  ['plain', `export default job('j', { r: source<Event>('t').keyBy(v => v.user).count() })`],
  [
    'lines, comments and trailing commas',
    `export default job('j', {
  r: source<Event>('t', /* none */)
    .filter(v => {
      // inside
      return v.bytes > 0
    } /* after */,)
    .keyBy(v => v.user, // the user
    )
    .window(tumbling('1h',))
    .aggregate({ n: count(/* all */), s: sum(v => v.bytes) },),
},)`,
  ],
  [
    'options',
    `const options = { time: (v: Event) => v.bytes }
export default job('j', { r: source<Event>('t', { ...options, disorder: '1s' }).to('out', { key(v) { return v.user } }) })`,
  ],
  [
    'aliases',
    `const from = source\nconst s = from<Event>('t')\nexport default job('j', { r: s.keyBy(v => v.user).count() })`,
  ],
  [
    'loops and helpers',
    `import { users } from './helpers'
const all = ['a', 'b'].map(kind => users(source<Event>('t').filter(v => v.kind === kind)))
export default job('j', { a: all[0]!, b: all[1]! })`,
    `import type { Stream } from 'lyrebird'
export function users(s: Stream<{ user: string; bytes: number; kind: string }>) {
  const one = s?.keyBy(v => v.user)
  return one.count()
}`,
  ],
  [
    'texts before',
    `const flag = '🇰🇷 \\u{1F600} 😀'; const t = \`\${flag}\${1}\`
export default job('j', { r: source<Event>('t' as string).filter(v => v.user !== t).keyBy(v => v.user).count() })`,
  ],
  [
    'spread',
    `const parts = [source<Event>('a'), source<Event>('b')] as const\nexport default job('j', { r: source<Event>('t').merge(...parts).keyBy(v => v.user).count() })`,
  ],
  [
    'parentheses',
    `export default job('j', { r: (((source<Event>('t'))).keyBy((((v) => (v.user)))))!.sum(((v => v.bytes))) })`,
  ],
  [
    'function expressions and methods',
    `const tools = { big(v: Event) { return v.bytes > 1 }, user: function (v: Event) { return v.user } }
export default job('j', { r: source<Event>('t').filter(tools.big).keyBy(tools.user).count() })`,
  ],
  [
    'classes and enums',
    `enum Kind { view = 'view' }
class Builder { readonly s = source<Event>('t'); of(kind: Kind) { return this.s.filter(v => v.kind === kind).keyBy(v => v.user).count() } }
export default job('j', { r: new Builder().of(Kind.view) })`,
  ],
]

describe('marks', () => {
  const shapes = markedAll(SHAPES.map(([, job, helpers = '']) => ({ job: HEAD + job, helpers })))

  it.each(SHAPES.map(([name], i) => [name, i] as const))('%s', (_, i) => {
    const { nodes, errors, analysis } = shapes[i] as Marked
    expect(errors).toEqual([])
    for (const node of nodes) {
      expect(node.callId).not.toBeNull()
      const facts = analysis.calls.get(node.callId as number)
      expect(facts?.schema === null).toBe(node.kind !== 'source')
      for (const lambda of Object.values(node.lambdas)) {
        expect(analysis.calls.get(lambda.callId as number)?.lambdas[lambda.slot]?.hash).toMatch(/^[0-9a-f]{32}$/)
      }
    }
  })

  it('carry the values of variables of enclosing functions and loops', () => {
    const { nodes } = marked(`${HEAD}const tables = []
for (const kind of ['a', 'b']) {
  const least = kind.length
  tables.push(source<Event>('t').filter(v => v.kind === kind && v.bytes >= least).keyBy(v => v.user).count())
}
export default job('j', { a: tables[0]!, b: tables[1]! })`)
    const values = nodes.filter(n => n.kind === 'filter').map(n => n.lambdas.fn?.captured?.())
    expect(values).toEqual([
      { kind: 'a', least: 1 },
      { kind: 'b', least: 1 },
    ])
  })

  it('are right after Windows line ends and a byte order mark', () => {
    const { nodes, errors } = marked(
      `\uFEFF${`${HEAD}export default job('j', {\n  r: source<Event>('t').keyBy(v => v.user).count(),\n})`.replaceAll('\n', '\r\n')}`,
    )
    expect(errors).toEqual([])
    expect(nodes.every(n => n.callId !== null)).toBe(true)
  })

  it('number sites by place, the same at every reading', () => {
    const job = `${HEAD}export default job('j', { r: source<Event>('t').keyBy(v => v.user).count() })`
    const [a, b] = [marked(job), marked(job)]
    expect([...a.analysis.calls]).toEqual([...b.analysis.calls])
    expect(a.nodes.map(n => n.callId)).toEqual(b.nodes.map(n => n.callId))
  })
})
