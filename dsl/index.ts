// The language of jobs: the public entry `lyrebird`.

export { checkAbi } from '../core/emitted/abi.ts' // for compiled jobs
export { graphOf, lambdasOf } from '../core/plan/graph.ts' // for compiled jobs
export { isJobError, JOB_ERROR_WORDS, JobError, type JobErrorWord } from '../core/plan/job-error.ts'
export { closedRealm } from '../core/realm/closed-realm.ts' // for compiled jobs
export { type FrequencySketch, frequencyOf } from '../core/sketches/frequency.ts'
export { type MembershipFilter, mightContain } from '../core/sketches/membership.ts'
export {
  type AggregationMaker,
  type AggregationOptions,
  aggregation,
  type Liftable,
} from './aggregations/aggregation.ts'
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
} from './aggregations/aggregations.ts'
export { type HistogramOptions, histogram, type RangeCount, type ValueCount } from './aggregations/histogram.ts'
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
} from './aggregations/sketches.ts'
export { defineConfig, type LyrebirdConfig } from './config.ts'
export type { Duration, DurationUnit } from './duration.ts'
export { type Job, job } from './job.ts'
export type { Mistake } from './mistake.ts'
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
} from './sources/format.ts'
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
} from './sources/record.ts'
export { type Snapshot, snapshot } from './sources/snapshot.ts'
export { type SourceOptions, source } from './sources/source.ts'
export { type KeyedTopicOptions, type TableOptions, table } from './sources/table.ts'
export type { Joined, JoinType } from './streams/joined.ts'
export type {
  Changes,
  KeyedStream,
  Output,
  Stream,
  Table,
  ToOptions,
  UpsertTable,
  WindowedStream,
} from './streams/streams.ts'
export {
  type CalendarOptions,
  calendar,
  hopping,
  session,
  tumbling,
  type Window,
  type WindowOptions,
} from './window.ts'
