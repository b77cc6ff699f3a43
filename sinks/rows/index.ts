// The entry `lyrebird/sinks`: where the rows of views go besides the state, for `lyrebird.config.ts`.
//
// `postgres` and `ndjson` are sinks that come with lyrebird. Another one is an object of the type `RowSinkDefinition`,
// whose sinks keep the contract of `RowSink`; `lyrebird/sinks/conformance` checks that they do.

export {
  type RowSink,
  type RowSinkDefinition,
  type RowSinkOptions,
  SinkAway,
  type SinkChange,
  type SinkComparison,
  type SinkContent,
  type SinkHeld,
  type SinkPosition,
  type SinkRow,
  type SinkRows,
  type SinkSnapshot,
  type SinkView,
} from '../../core/sink/row-sink.ts'
export { ndjson } from '../ndjson/index.ts'
export { type EnvironmentValue, env } from '../postgres/address.ts'
export { type PostgresOptions, postgres } from '../postgres/index.ts'
