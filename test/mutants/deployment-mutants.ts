// Deliberate defects of deployments: archives before a log, what operators are told, and verifying a state that runs.

import type { Mutant } from './mutant.ts'

export const DEPLOYMENT_MUTANTS: readonly Mutant[] = [
  {
    name: 'seam-unchecked',
    defect: 'stored files are read before anybody looks whether the log goes on behind them',
    file: 'logs/archived/archived-log.ts',
    find: 'if (seam < to) await this.#checkSeam(topic, partition, seam)',
    put: '',
    suite: 'test/logs/archived-log.test.ts',
  },
  {
    name: 'first-stored-record-from-the-live-log',
    defect: 'a read that begins where the stored files begin does not see them',
    file: 'logs/archived/archived-log.ts',
    find: 'stored.start <= from && from < stored.end',
    put: 'stored.start < from && from < stored.end',
    suite: 'test/logs/archived-log.test.ts',
  },
  {
    name: 'lag-of-what-was-read',
    defect: 'a status counts the records that were read as the ones that are left',
    file: 'run/status/status.ts',
    find: 'Math.max(0, Number(end - position))',
    put: 'Number(position)',
    suite: 'test/run/status/status.test.ts',
  },
  {
    name: 'rows-of-a-commit-unread',
    defect: 'of a commit only the digest is compared that the state keeps, not its rows',
    file: 'testing/equivalence/state/compare-tables.ts',
    find: 'const ofRows = read === null || same(read, kept)',
    put: 'const ofRows = read === null || read.count >= 0',
    suite: 'test/testing/state/tampered.test.ts',
  },
  {
    name: 'timestamps-of-outputs-uncompared',
    defect: 'records of outputs may have any timestamp',
    file: 'testing/equivalence/state/compare-outputs.ts',
    find: 'canonicalBytes([timestamp, key,',
    put: 'canonicalBytes([timestamp < 0, key,',
    suite: 'test/testing/state/tampered.test.ts',
  },
  {
    name: 'changes-of-later-commits',
    defect: 'what a changelog adds up to includes changes behind the commit',
    file: 'testing/equivalence/state/compare-changelogs.ts',
    find: '(decodeBytes(row.subarray(at)) as number) < end',
    put: '(decodeBytes(row.subarray(at)) as number) >= 0',
    suite: 'test/testing/state/tampered.test.ts',
  },
  {
    name: 'commit-held-while-it-is-verified',
    defect: 'the snapshot of a commit is held to the end, and the file of the state grows',
    file: 'testing/equivalence/state/snapshot.ts',
    find: 'await reader.close()',
    put: 'process.once("exit", () => reader.tables())',
    suite: 'test/testing/state/live.test.ts',
  },
  {
    name: 'rest-of-a-log-without-time',
    defect: 'what is left of a log is computed as if no time had passed before it',
    file: 'testing/equivalence/state/recompute.ts',
    find: 'floors.set(source, of.set(partition, time))',
    put: 'floors.set(source, of)',
    suite: 'test/testing/state/verify-state.test.ts',
  },
]
