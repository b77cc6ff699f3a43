// Every step, on unkeyed and keyed streams, each written to a topic of its own.

import { job } from 'lyrebird'
import { events } from './event.ts'

const keyed = events.keyBy(e => e.k)
const picky = events.map(e => {
  if (e.k === 'b') throw new Error('not b')
  return { n: e.n, tags: e.tags ?? [] }
})

export default job('steps', {
  map: events.map(e => e.n).to('map'),
  mapThrows: picky.to('map-throws', { partitions: 2 }),
  filter: events.filter(e => e.n > 0).to('filter', { key: e => e.tags }),
  flatMap: events.flatMap(e => e.tags ?? [e.k]).to('flat-map'),
  generated: events
    .flatMap(function* (e) {
      for (const tag of e.tags ?? []) yield { tag, n: e.n }
      if (e.n === 3) throw new Error('half way')
    })
    .to('generated'),
  merge: picky
    .map(e => e.n)
    .merge(
      events.map(e => e.n),
      picky.flatMap(e => [e.n, -e.n]),
    )
    .to('merge', { partitions: 3 }),
  keyBy: events.keyBy(e => ({ k: e.k, big: e.n > 1 })).to('key-by', { partitions: 2 }),
  mapValues: keyed.mapValues((e, r) => [r.key, e.n, r.time, r.partition, r.offset]).to('map-values'),
  filterKeys: keyed.filterKeys(k => k.length > 0 && k !== '__proto__').to('filter-keys', { partitions: 2 }),
  flatMapKeys: keyed
    .flatMapKeys((k, r) => [k, k.length, r.topic])
    .map(e => e.n)
    .to('flat-map-keys'),
  keyedMerge: keyed
    .merge(events.keyBy(e => e.n))
    .map(e => e.t)
    .to('keyed-merge'),
  again: keyed
    .keyBy(e => e.n)
    .filter(e => e.n < 1e16)
    .flatMap(e => [e.k])
    .to('again'),
})
