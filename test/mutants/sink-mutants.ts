// Deliberate defects of outputs to Kafka: one for each step of the protocol.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the texts of code that emits code

import type { Mutant } from './mutant.ts'

const KAFKA_OUT = 'test/sinks/kafka/exactly-once.test.ts'
const KAFKA_FAULTS = 'test/sinks/kafka/faults.test.ts'
const KAFKA_OWNED = 'test/sinks/kafka/ownership.test.ts'
const KAFKA_MARKERS = 'test/sinks/kafka/lost-markers.test.ts'

export const SINK_MUTANTS: readonly Mutant[] = [
  {
    name: 'no-control-record',
    defect: 'transactions do not say how many records a topic of Kafka has',
    file: 'sinks/kafka/session.ts',
    find: 'return await committed(this.#producer, await controlBatch(cluster, { topic, state }, record, clock()))',
    put: 'if (record?.run === "" || record === null) return await committed(this.#producer, await controlBatch(cluster, { topic, state }, record, clock())); await this.#producer.commit(); return 0n',
    suite: KAFKA_OUT,
  },
  {
    name: 'count-of-kafka-as-zero',
    defect: 'what Kafka has of an output is taken for nothing',
    file: 'sinks/kafka/forwarder.ts',
    find: '(this.#isOutdated ? this.#wanted[p] : record?.records[p]) ?? 0n',
    put: '0n',
    suite: KAFKA_OUT,
  },
  {
    name: 'replay-without-skipping',
    defect: 'a state that was restored writes again what Kafka has beyond its last commit',
    file: 'sinks/kafka/forwarder.ts',
    find: 'this.#sent = this.#outbox.map((_, p) => (this.#isOutdated ? this.#wanted[p] : record?.records[p]) ?? 0n)',
    put: 'this.#sent = this.#outbox.map((_, p) => [record?.records[p] ?? 0n, this.#wanted[p] ?? 0n].reduce((a, b) => (a < b ? a : b)))',
    suite: KAFKA_OUT,
    test: 'are passed over where a restored state makes them again',
  },
  {
    name: 'no-second-look-at-the-owner',
    defect:
      'a process that was fenced takes its transactional id back without looking whether the state is still its own',
    file: 'sinks/kafka/session.ts',
    find: 'topic.checkOwner()',
    put: '',
    suite: KAFKA_FAULTS,
    test: 'has taken the state over and this one is cut off',
  },
  {
    name: 'control-record-unseen',
    defect: 'the control topic is read while an earlier transaction is open in it, or from a leader of the past',
    file: 'sinks/kafka/control-topic.ts',
    find: 'if (range.end > written) return range',
    put: 'if (range.end >= 0n) return range',
    suite: KAFKA_OWNED,
  },
  {
    name: 'news-for-another-question',
    defect: 'what a long fetch has brought is taken for records from wherever the reader is',
    file: 'logs/kafka/follow/news.ts',
    find: 'answer?.offset === offset && answer.lastEpoch === lastEpoch ? answer.fetched : null',
    put: 'answer?.fetched ?? null',
    suite: 'test/logs/kafka/follow/follower.test.ts',
  },
  {
    name: 'kept-batch-of-another-place',
    defect: 'a batch that is kept in memory is sent wherever the reader of the outbox is',
    file: 'logs/embedded/stored-batches.ts',
    find: 'return first?.start === offset && first.end <= to ? this.#shift() : null',
    put: 'return first !== undefined && first.end <= to ? this.#shift() : null',
    suite: 'test/logs/stored-batches.test.ts',
  },
  {
    name: 'lost-markers-as-commits',
    defect: 'a transaction whose markers were lost is committed, however it ended',
    file: 'sinks/kafka/left-open.ts',
    find: 'await producer.endLeftOpen(open, outcome)',
    put: "await producer.endLeftOpen(open, 'commit')",
    suite: KAFKA_MARKERS,
    test: 'may say that all was aborted: then it is sent again',
  },
  {
    name: 'last-record-unchecked',
    defect: 'a state goes on behind records of its output that are gone',
    file: 'sinks/kafka/session.ts',
    find: 'if (own !== null) await checkLastRecords(cluster, topic, own)',
    put: '',
    suite: KAFKA_MARKERS,
    test: 'the last one must be where the control topic says',
  },
]
