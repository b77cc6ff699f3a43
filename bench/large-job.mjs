// The text of a job with many nodes, for measuring what its types cost.

/** About `nodes` nodes: steps, merges, two stages of windows, tables. `from` is the module of the language. */
export function largeJob(nodes, from) {
  const parts = [
    `import { count, first, job, max, source, sum, topK, tumbling } from '${from}'`,
    `interface View { at: string; user: string; page: string; country: 'KR' | 'US'; bytes: number; ref?: string; device: { os: string } }`,
    `const views = source<View>('views', { time: v => Date.parse(v.at), disorder: '30s' })`,
  ]
  const results = []
  for (let i = 0; i < Math.ceil(nodes / NODES_OF_A_BLOCK); i++) {
    parts.push(block(i))
    results.push(`table${i}`, `daily${i}`)
  }
  return `${parts.join('\n')}\nexport default job('large', { ${results.join(', ')} })\n`
}

const NODES_OF_A_BLOCK = 11

const block = i => `
const some${i} = views.map(v => ({ ...v, n: v.bytes + ${i} })).filter(v => v.n > ${i})
const keyed${i} = some${i}.merge(some${i}.filter(v => v.country === 'KR')).keyBy(v => ({ country: v.country, page: v.page }))
const hourly${i} = keyed${i}.window(tumbling('1h')).aggregate({
  n: count(), bytes: sum(v => v.bytes), top: topK(3, v => v.n, v => v.page), user: max(v => v.user), first: first(),
})
const table${i} = hourly${i}.mapValues(v => ({ mean: v.bytes / v.n, ...v })).filter(v => v.mean > 1)
const daily${i} = table${i}.closed().keyBy(v => v.user).mapValues(v => v.n).window(tumbling('1d')).sum(n => n)`
