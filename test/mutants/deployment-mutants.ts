// Deliberate defects of deployments: archives before a log, and what operators are told.

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
]
