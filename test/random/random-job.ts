// Random jobs: from a short list of numbers to the description of a job that types and language accept.
//
// Promises: every list gives a job, and a shorter one a smaller job, so that fast-check shrinks jobs. Where several
// steps are possible, the one whose pair of operators has been met least is the likeliest. Not here: how a step is
// written (`words.ts`).

import fc from 'fast-check'
import type { NodeKind } from '../../core/plan/plan.ts'
import type { PairCounts } from './coverage.ts'
import { Draw } from './draw.ts'
import type { JobSpec, ResultSpec, SourceSpec, StepSpec } from './job-spec.ts'
import { resultsOf } from './results.ts'
import { isStream, type Place } from './shape.ts'
import { FORMATS, type FormatName } from './words/formats.ts'
import { canBeMade, converted, maybe, STRING, sameType, stringsIn, type ValueType } from './words/value-type.ts'
import type { Made, Surroundings, Versions, Word } from './words/word.ts'
import { serves, WORDS } from './words/words.ts'

/** The numbers from which a job is made: one for each source and each step, and one for the results. */
export interface JobChoices {
  readonly sources: readonly number[]
  readonly steps: readonly (readonly [which: number, detail: number])[]
  readonly rest: number
}

const seed = fc.nat(2 ** 31 - 1)

export const jobChoices: fc.Arbitrary<JobChoices> = fc.record({
  sources: fc.array(seed, { minLength: 1, maxLength: 3 }),
  steps: fc.array(fc.tuple(seed, seed), { minLength: 2, maxLength: 12, size: 'max' }),
  rest: seed,
})

/** The greatest depth of a step; a source has depth 0. */
const MAX_DEPTH = 9
/** Topics of random jobs, each with its most partitions. */
export const TOPICS: Readonly<Record<string, number>> = { a: 3, b: 2, c: 1 }

export interface JobOptions {
  /** Labels that do not occur. */
  readonly without?: ReadonlySet<string>
  /** Whether lambdas must not use the position of a record. Default false. */
  readonly unplaced?: boolean
  /** The disorder of all sources; then none has `ahead`. */
  readonly disorder?: string
}

/** The job of these numbers, given the pairs met so far. */
export function jobOf(choices: JobChoices, met: PairCounts, options: JobOptions = {}): JobSpec {
  const maker = new Maker(met, options)
  for (const number of choices.sources) maker.addSource(new Draw(number))
  for (const [which, detail] of choices.steps) maker.addStep(new Draw(which), new Draw(detail))
  return maker.job(new Draw(choices.rest))
}

const STEPS = Object.entries(WORDS).flatMap(([kind, word]) =>
  word === null ? [] : [[kind as NodeKind, word] as const],
)

interface Candidate {
  readonly kind: NodeKind
  readonly word: Word
  readonly input: Place
}

class Maker {
  readonly #met: PairCounts
  readonly #options: JobOptions
  /** Pairs of this job. */
  readonly #own = new Map<string, number>()
  readonly #places: Place[] = []
  readonly #sources: SourceSpec[] = []
  readonly #steps: StepSpec[] = []
  readonly #used = new Set<string>()
  readonly #formats = new Map<string, FormatName>()

  constructor(met: PairCounts, options: JobOptions) {
    this.#met = met
    this.#options = options
  }

  addSource(draw: Draw): void {
    const { disorder, unplaced = false } = this.#options
    const topic = draw.oneOf(Object.keys(TOPICS))
    const format = this.#formats.get(topic) ?? draw.oneOf(FORMAT_NAMES)
    this.#formats.set(topic, format)
    const { type, kind, time } = FORMATS[format]
    const scale = draw.below(4)
    const name = `source${this.#sources.length + 1}`
    const times = time === null ? [null] : [time, time, `${time} - 1003600`, `${time} * 3600`]
    const place = times[scale % times.length] ?? null
    const fast = place?.endsWith('3600') === true && place.includes('*')
    const upserts = this.#sources.length > 0 && draw.once(3) && this.#options.without?.has('existing') !== true
    const keys = upserts ? tableKeys(draw, type) : null
    this.#sources.push({
      name,
      topic,
      format,
      time: place === null ? null : `v => ${place}`,
      disorder: disorder ?? draw.oneOf(fast ? ['5h', '0s', '20h'] : ['5s', '0s', '20s']),
      ahead: draw.once(5) && !fast && disorder === undefined ? '10s' : null,
      validate: kind === 'json' && draw.once(5) ? 'used' : 'full',
      table: keys === null ? null : { types: keys.types, options: keys.options },
    })
    this.#places.push({
      name,
      shape: keys === null ? 'stream' : 'upserts',
      key: keys?.type ?? null,
      value: type,
      lineage: keys !== null || unplaced ? 'derived' : 'log',
      labels: keys === null ? [`source:${kind}`] : ['existing'],
      versions: keys === null ? null : { labels: ['source:table'], text: name },
      depth: 0,
      window: null,
    })
  }

  /** Adds one step, and those that its partner needs. */
  addStep(which: Draw, detail: Draw): void {
    const candidates = this.#candidates()
    if (candidates.length === 0) return
    const { kind, word, input } = which.once(4) ? which.oneOf(candidates) : this.#rarest(which, candidates)
    const made = word.make(detail, input, this.#around())
    if (made !== null) this.#add(kind, input, made)
  }

  job(draw: Draw): JobSpec {
    for (const place of [...this.#places]) {
      if (place.shape === 'keyed' && !this.#used.has(place.name) && draw.once(2)) this.#aggregate(place, draw)
    }
    const results: ResultSpec[] = []
    for (const place of this.#places) {
      const leaf = !this.#used.has(place.name)
      if (isStream(place) ? leaf || draw.once(8) : leaf || draw.once(2))
        results.push(...resultsOf(place, results.length, draw))
    }
    const read = new Set(this.#sources.map(s => s.topic))
    const topics = [...read].map(topic => [topic, 1 + draw.below(TOPICS[topic] as number)] as const)
    return {
      name: 'random',
      topics: Object.fromEntries(topics),
      sources: this.#sources,
      steps: this.#steps,
      results,
    }
  }

  /** Ends a stream that nothing reads in an aggregation, for a view. */
  #aggregate(place: Place, draw: Draw): void {
    const made = WORDS.aggregate?.make(new Draw(draw.below(2 ** 31)), place, this.#around())
    if (made !== null && made !== undefined) this.#add('aggregate', place, made)
  }

  #candidates(): Candidate[] {
    return this.#places
      .filter(({ depth }) => depth < MAX_DEPTH)
      .flatMap(input =>
        STEPS.flatMap(([kind, word]) =>
          word.takes.includes(input.shape) && this.#options.without?.has(kind) !== true ? [{ kind, word, input }] : [],
        ),
      )
  }

  /** One of the candidates whose rarest pair has been met least. */
  #rarest(draw: Draw, candidates: readonly Candidate[]): Candidate {
    const counts = candidates.map(({ word, input }) => {
      if (word.pair !== undefined) return this.#met.get(word.pair)
      return Math.min(...word.labels.flatMap(label => input.labels.map(l => this.#count(l, label))))
    })
    const least = Math.min(...counts)
    return draw.oneOf(candidates.filter((_, i) => (counts[i] as number) <= least * 1.2 + 1))
  }

  #count(producer: string, consumer: string): number {
    const pair = `${producer} > ${consumer}`
    return this.#met.get(pair) + 3 * (this.#own.get(pair) ?? 0)
  }

  #around(): Surroundings {
    return {
      rarest: (labels, all) => {
        const options = all.filter(label => this.#options.without?.has(label) !== true)
        const counts = options.map(option => labels.reduce((sum, label) => sum + this.#count(label, option), 0))
        return options[counts.indexOf(Math.min(...counts))] as string
      },
      partner: (draw, label, want) => this.#partner(draw, label, want),
      versions: (draw, label, key) => this.#versions(draw, label, key),
      table: (label, like) =>
        this.#least(
          label,
          this.#places.filter(place => joins(place, like)),
        ),
    }
  }

  #partner(draw: Draw, label: string, want: Parameters<Surroundings['partner']>[2]): Place {
    const ready = this.#places.filter(place => serves(place, want))
    const makeable = want.value === null || canBeMade(want.value)
    if (ready.length > 0 && !(makeable && draw.once(5))) {
      return this.#least(label, ready)
    }
    // A keyed stream cannot be made unkeyed.
    const streams = this.#places.filter(
      place => isStream(place) && (want.shape === 'keyed' || place.shape === 'stream'),
    )
    return this.#converted(draw.oneOf(streams), want)
  }

  #versions(draw: Draw, label: string, key: ValueType): Versions {
    const same = (place: Place): boolean => place.key !== null && sameType(place.key, key)
    const ready: Versions[] = this.#places.flatMap(place => {
      if (!same(place)) return []
      if (place.shape === 'keyed') return [{ text: `${place.name}.toTable()`, value: place.value, place }]
      return place.versions === null ? [] : [{ text: place.versions.text, value: place.value, place }]
    })
    if (ready.length > 0 && !draw.once(6)) {
      const labels = ({ place }: Versions): readonly string[] => place.versions?.labels ?? place.labels
      const counts = ready.map(v => Math.min(...labels(v).map(l => this.#count(l, label))))
      return ready[counts.indexOf(Math.min(...counts))] as Versions
    }
    const place = this.#converted(draw.oneOf(this.#places.filter(isStream)), { shape: 'keyed', key, value: null })
    return { text: `${place.name}.toTable()`, value: place.value, place }
  }

  /** The place that has been met least as a producer for a label. */
  #least(label: string, places: readonly Place[]): Place {
    const counts = places.map(place => Math.min(...place.labels.map(l => this.#count(l, label))))
    return places[counts.indexOf(Math.min(...counts))] as Place
  }

  /** A stream with the wanted shape, key and value, made by `keyBy` and `map`. */
  #converted(from: Place, { shape, key, value }: Parameters<Surroundings['partner']>[2]): Place {
    let place = from
    if (shape === 'keyed' && (place.shape !== 'keyed' || (key !== null && !sameType(place.key ?? key, key)))) {
      const to = key ?? { kind: 'string' as const }
      const call = `.keyBy(v => ${converted(place.value, 'v', to)})`
      place = this.#add('keyBy', place, { call, others: [], place: { ...place, shape, key: to, labels: ['keyBy'] } })
    }
    if (value !== null && !sameType(place.value, value)) {
      const call = `.map(v => ${converted(place.value, 'v', value)})`
      place = this.#add('map', place, { call, others: [], place: { ...place, value, labels: ['map'] } })
    }
    return place
  }

  #add(kind: NodeKind, input: Place, { call, others, place }: Made): Place {
    const inputs = [input, ...others]
    const name = `step${this.#steps.length + 1}`
    this.#steps.push({ name, kind, inputs: inputs.map(p => p.name), call })
    const depth = 1 + Math.max(...inputs.map(p => p.depth))
    const made: Place = { ...place, name, depth }
    this.#places.push(made)
    for (const p of inputs) {
      this.#used.add(p.name)
      for (const producer of p.labels)
        for (const consumer of made.labels) {
          const pair = `${producer} > ${consumer}`
          this.#own.set(pair, (this.#own.get(pair) ?? 0) + 1)
        }
    }
    return made
  }
}

const FORMAT_NAMES: readonly FormatName[] = ['events', 'events', 'events', 'orders', 'csv', 'lines', 'bytes', 'custom']

const OWN_KEY = 'key: (_, r) => String(r.key), deletedKey: r => String(r.key)'

/** Whether keys of upserts are functions of the records' own. */
export const isOwnKey = (options: string): boolean => options === '' || options === OWN_KEY

/** The keys of a topic of upserts: of the value, or the record's own. */
function tableKeys(draw: Draw, type: ValueType): { types: string; options: string; type: ValueType } {
  if (draw.once(4)) return { types: '', options: '', type: maybe(STRING) }
  if (draw.once(3)) return { types: ', string', options: OWN_KEY, type: STRING }
  const key = `key: v => ${stringsIn(type, 'v')[0]}`
  return { types: ', string', options: `${key}, deletedKey: r => (r.key === 'k1' ? 'a' : 'b')`, type: STRING }
}

/** Whether `joinTables` accepts both tables. */
function joins(place: Place, like: Place): boolean {
  const timed = (p: Place): boolean => p.shape === 'timed'
  if (isStream(place) || place.shape === 'session' || timed(place) !== timed(like)) return false
  return place.window === like.window && sameType(place.key as ValueType, like.key as ValueType)
}
