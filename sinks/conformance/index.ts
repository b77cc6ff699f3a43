// The entry `lyrebird/sinks/conformance`: whether a sink for rows keeps the contract of `RowSink`.
//
// Promises: the same checks for every sink, with any test runner; what is found is data, nothing is thrown by a sink
// that answers wrongly.
// Not here: failures of one system, such as a server that is killed (the tests of each sink).

export { type CheckOptions, checkRowSink, type Violation } from './check-row-sink.ts'
export type { SinkUnderTest } from './sink-under-test.ts'
