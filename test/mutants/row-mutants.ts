// Deliberate defects of rows in sinks: one for each step between a commit and a table.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the texts of SQL

import type { Mutant } from './mutant.ts'

const CONTRACT = 'test/sinks/rows/conformance.test.ts'

export const ROW_MUTANTS: readonly Mutant[] = [
  {
    name: 'feed-of-another-run',
    defect: 'a sink goes on from a commit of its number, whichever line of commits it is of',
    file: 'run/feed/view-feed.ts',
    find: 'entry.commit === commit && entry.run === run',
    put: 'entry.commit === commit',
    suite: 'test/run/feed/view-feed.test.ts',
  },
  {
    name: 'feed-without-its-keys',
    defect: 'a commit whose changed rows are not known counts as one without changes',
    file: 'run/feed/view-feed.ts',
    find: 'entry.complete && e.commit >= this.#kept',
    put: 'e.commit >= this.#kept',
    suite: 'test/run/feed/view-feed.test.ts',
  },
  {
    name: 'feed-over-a-gap',
    defect: 'commits of runs without a feed are passed over',
    file: 'run/feed/view-feed.ts',
    find: 'if (found.at(-1)?.commit === last) this.#entries = found',
    put: 'if (found.length > 0) this.#entries = found',
    suite: 'test/run/feed/view-feed.test.ts',
  },
  {
    name: 'position-not-asked-again',
    defect: 'after a failure whose outcome is not known, a sink is taken to be where it was',
    file: 'run/feed/feeder.ts',
    find: 'this.#position = undefined\n        if (!isSinkAway(error)) throw error',
    put: 'if (!isSinkAway(error)) throw error',
    suite: 'test/run/feed/agreement.test.ts',
  },
  {
    name: 'fill-without-what-changed',
    defect: 'rows that change while a sink is filled are left out',
    file: 'sinks/postgres/postgres-sink.ts',
    find: 'for await (const some of changes) await this.#write(transaction, target, some)',
    put: 'for await (const some of changes) void some',
    suite: CONTRACT,
  },
  {
    name: 'table-without-fence',
    defect: 'an owner that was overtaken takes hold of a table again',
    file: 'sinks/postgres/fence.ts',
    find: 'if (ours && Number(row.epoch) > epoch && !takesOver) throw',
    put: 'if (ours && takesOver) throw',
    suite: CONTRACT,
    test: 'postgres keeps the contract',
  },
]
