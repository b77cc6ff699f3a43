// The language of jobs: the public entry `lyrebird`.

export { graphOf, lambdasOf } from '../core/graph.ts' // for compiled jobs
export { isJobError, JOB_ERROR_WORDS, JobError, type JobErrorWord } from '../core/job-error.ts'
export { closedRealm } from '../core/realm/closed-realm.ts' // for compiled jobs
export { type FrequencySketch, frequencyOf } from '../core/sketch/frequency.ts'
export { type MembershipFilter, mightContain } from '../core/sketch/membership.ts'
export { type AggregationMaker, type AggregationOptions, aggregation, type Liftable } from './aggregation.ts'
export {
  type Aggregated,
  type Aggregation,
  type AggregationOver,
  collectList,
  collectSet,
  count,
  countDistinct,
  first,
  last,
  max,
  maxBy,
  mean,
  min,
  minBy,
  stddev,
  sum,
  topK,
  variance,
} from './aggregations.ts'
export { defineConfig, type LyrebirdConfig } from './config.ts'
export type { Duration, DurationUnit } from './duration.ts'
export {
  bytes,
  type CsvOptions,
  type CustomFormat,
  csv,
  type Decodes,
  type Encodes,
  type Format,
  type FormatOptions,
  format,
  json,
  lines,
} from './format.ts'
export { type HistogramOptions, histogram, type RangeCount, type ValueCount } from './histogram.ts'
export { type Job, job } from './job.ts'
export type { Joined, JoinType } from './joined.ts'
export type { Mistake } from './mistake.ts'
export type {
  DerivedRecord,
  Header,
  Origin,
  RecordOf,
  RowContext,
  SourceRecord,
  TimedRecord,
  TimeWindow,
  Windowing,
} from './record.ts'
export type {
  OutputName,
  OutputValue,
  Printed,
  PrintedWindow,
  ViewKey,
  ViewName,
  ViewRow,
  ViewValue,
} from './results.ts'
export {
  approxCountDistinct,
  approxFrequency,
  approxMembership,
  approxQuantiles,
  type CountDistinctOptions,
  type FrequencyOptions,
  type MembershipOptions,
  type QuantilesOptions,
  sample,
} from './sketches.ts'
export { type Snapshot, snapshot } from './snapshot.ts'
export { type SourceOptions, source } from './source.ts'
export type { Changes, KeyedStream, Output, Stream, Table, ToOptions, UpsertTable, WindowedStream } from './streams.ts'
export { type KeyedTopicOptions, type TableOptions, table } from './table.ts'
export {
  type CalendarOptions,
  calendar,
  hopping,
  session,
  tumbling,
  type Window,
  type WindowOptions,
} from './window.ts'
