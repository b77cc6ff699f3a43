// Deliberate defects of deployments: archives before a log, what operators are told, and upgrades.

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
    name: 'upgrade-keeps-letters-of-closed-rows',
    defect: 'an upgrade keeps the dead letters of closed rows, whatever takes such rows now',
    file: 'deployment/upgrade/compare-plans.ts',
    find: 'old.size === own.size && [...own].every(',
    put: '[...own].every(',
    suite: 'test/deployment/upgrade/taken-over.test.ts',
  },
  {
    name: 'upgrade-counts-letters-of-what-is-gone',
    defect: 'the digest of dead letters goes on counting those of steps that are gone',
    file: 'deployment/upgrade/compose-progress.ts',
    find: 'digest.removeRow(key, compared(table, value))',
    put: 'void compared(table, value)',
    suite: 'test/deployment/upgrade/taken-over.test.ts',
  },
  {
    name: 'upgrade-calls-every-lambda',
    defect: 'an upgrade calls the lambdas of what it takes over',
    file: 'core/emitted/reduced-module.ts',
    find: 'runs: id => findNode(reduced, id) !== undefined',
    put: 'runs: () => true',
    suite: 'test/deployment/upgrade/taken-over.test.ts',
  },
  {
    name: 'upgrade-forgets-topics',
    defect: 'the topic of an output that is gone may be written by another one',
    file: 'deployment/upgrade/check-outputs.ts',
    find: 'old !== undefined || retired.includes(topic)',
    put: 'old !== undefined',
    suite: 'test/deployment/upgrade/refusals.test.ts',
  },
  {
    name: 'upgrade-takes-unproved-rows',
    defect: 'rows are taken over that are not those of their digest',
    file: 'deployment/upgrade/proof.ts',
    find: 'if (rows.count === kept.count && rows.hex() === kept.hex()) continue',
    put: 'if (names !== undefined) continue',
    suite: 'test/deployment/upgrade/refusals.test.ts',
  },
]
