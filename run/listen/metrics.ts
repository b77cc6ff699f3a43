// The status of a deployment as metrics in Prometheus' text format.
//
// Promises: each metric is a number of the status of the last commit, asked when it is scraped; times are in seconds,
// as Prometheus has them; what is not known has no sample. The process's own (memory, processor time, event loop) are
// beside them under `process_` and `nodejs_`.

import { collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import type { Status } from '../status/status.ts'

type Labels = Readonly<Record<string, string>>

interface Sample {
  readonly labels: Labels
  readonly value: number | null
}

interface Metric {
  readonly name: string
  readonly help: string
  readonly labels: readonly string[]
  readonly samples: (status: Status) => readonly Sample[]
}

const one = (value: number | null): readonly Sample[] => [{ labels: {}, value }]

const seconds = (ms: number | null): number | null => (ms === null ? null : ms / 1000)

const partitionsOf = (status: Status, value: (p: Status['sources'][number]['partitions'][number]) => number | null) =>
  status.sources.flatMap(({ partitions }) =>
    partitions.map(p => ({ labels: { partition: p.partition }, value: value(p) })),
  )

const viewsOf = (status: Status, value: (view: Status['views'][number]) => number | null) =>
  status.views.map(view => ({ labels: { view: view.name }, value: value(view) }))

const METRICS: readonly Metric[] = [
  {
    name: 'lyrebird_commit_number',
    help: 'Number of the last commit',
    labels: [],
    samples: s => one(s.commit?.number ?? null),
  },
  {
    name: 'lyrebird_commit_age_seconds',
    help: 'Time since the last commit',
    labels: [],
    samples: s => one(seconds(s.commit?.ageMs ?? null)),
  },
  {
    name: 'lyrebird_position',
    help: 'Offset up to which a partition was read',
    labels: ['partition'],
    samples: s => partitionsOf(s, p => Number(p.position)),
  },
  {
    name: 'lyrebird_lag_records',
    help: 'Offsets of a partition that were not read yet',
    labels: ['partition'],
    samples: s => partitionsOf(s, p => p.lag),
  },
  {
    name: 'lyrebird_lag_seconds',
    help: 'Age of the oldest record of a partition that was not read yet; 0 where there is none',
    labels: ['partition'],
    samples: s => partitionsOf(s, p => (p.lag === 0 ? 0 : seconds(p.lagMs))),
  },
  {
    name: 'lyrebird_watermark_seconds',
    help: 'Event time up to which all elements of a topic have come, since 1970',
    labels: ['topic'],
    samples: s => s.sources.map(({ topic, watermark }) => ({ labels: { topic }, value: seconds(watermark) })),
  },
  { name: 'lyrebird_view_rows', help: 'Rows of a view', labels: ['view'], samples: s => viewsOf(s, v => v.rows) },
  {
    name: 'lyrebird_view_age_seconds',
    help: 'How long ago the event time was up to which a view is complete',
    labels: ['view'],
    samples: s => viewsOf(s, v => seconds(v.ageMs)),
  },
  {
    name: 'lyrebird_output_records',
    help: 'Records that an output has written, by the state',
    labels: ['output'],
    samples: s => s.outputs.map(({ name, records }) => ({ labels: { output: name }, value: records })),
  },
  {
    name: 'lyrebird_output_waiting_records',
    help: 'Records of an output that are not in its cluster yet',
    labels: ['output'],
    samples: s =>
      s.outputs.map(({ name, records, arrived }) => ({
        labels: { output: name },
        value: arrived === null ? null : Math.max(0, records - arrived),
      })),
  },
  {
    name: 'lyrebird_sink_behind_commits',
    help: 'Commits whose rows are not in the sink of a view yet',
    labels: ['view'],
    samples: s => s.sinks.map(({ view, behind }) => ({ labels: { view }, value: behind })),
  },
  {
    name: 'lyrebird_sink_altered_texts',
    help: 'Texts of rows that the sink of a view could not hold as they were',
    labels: ['view'],
    samples: s => s.sinks.map(({ view, altered }) => ({ labels: { view }, value: altered })),
  },
  { name: 'lyrebird_late_records', help: 'Late records so far', labels: [], samples: s => one(s.late) },
  { name: 'lyrebird_dead_letters', help: 'Dead letters so far', labels: [], samples: s => one(s.dead) },
  {
    name: 'lyrebird_unreachable',
    help: 'Logs and clusters that did not answer when this was asked',
    labels: [],
    samples: s => one(s.problems.length),
  },
]

/** Gauges of the library that have the name of a counter, which Prometheus' own tools refuse. */
const MISNAMED = ['handles', 'requests', 'resources'].map(what => `nodejs_active_${what}_total`)

const LIVE = 'Whether the run follows its log live: 0 while it reads the history'

export class Metrics {
  readonly #registry = new Registry()
  readonly #live: Gauge
  readonly #gauges: ReadonlyMap<Metric, Gauge>

  constructor() {
    collectDefaultMetrics({ register: this.#registry })
    for (const name of MISNAMED) this.#registry.removeSingleMetric(name)
    const registers = [this.#registry]
    this.#live = new Gauge({ name: 'lyrebird_live', help: LIVE, registers })
    this.#gauges = new Map(
      METRICS.map(metric => {
        const { name, help, labels } = metric
        return [metric, new Gauge({ name, help, labelNames: [...labels], registers })]
      }),
    )
  }

  get contentType(): string {
    return this.#registry.contentType
  }

  /** The text of a scrape; without a status only whether the run is live, and the process's own metrics. */
  async text(status: Status | null, isLive: boolean): Promise<string> {
    this.#live.set(isLive ? 1 : 0)
    for (const [metric, gauge] of this.#gauges) {
      gauge.reset()
      // A metric without labels begins with a sample of 0.
      if (metric.labels.length === 0) gauge.remove({})
      for (const { labels, value } of status === null ? [] : metric.samples(status)) {
        if (value !== null) gauge.set(labels, value)
      }
    }
    return await this.#registry.metrics()
  }
}
