// Rows of each part of a result, as plain objects ready for JSON (docs/cli.md).
//
// Promises: rows come in the order of their canonical keys and are read as they are printed. Not here: their shape
// (core/result/result-json.ts), and reading a state (run/state/read-state.ts).

import { existsSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import { LyrebirdError } from '../../core/errors.ts'
import { type Cut, sortedCut } from '../../core/log/cut.ts'
import type { PlanNodeOf } from '../../core/plan/plan.ts'
import { nodeOf } from '../../core/plan/plan-index.ts'
import { deadLetterJson, lateJson, offsetJson, recordJson, rowJson, windowOf } from '../../core/result/result-json.ts'
import { openLog } from '../../logs/index.ts'
import { isKafkaAddress } from '../../logs/kafka/login/address.ts'
import type { PartitionRange } from '../../logs/log.ts'
import { writtenTo } from '../../run/state/folders.ts'
import { viewRowsPrintedAs } from '../../run/state/lookup.ts'
import {
  type CommittedState,
  countedRecords,
  deadLetters,
  lateRows as lateRowsOf,
  viewOf,
  viewRowsByKey,
  watermarkAt,
  writtenRecords,
} from '../../run/state/read-state.ts'
import { newRowSorter, type StateReader } from '../../store/index.ts'

/** Can be iterated more than once: formats with columns read all rows first. */
export type PrintedRows = () => AsyncIterable<object> | Iterable<object>

/** Rows of a view, by key, then by window; with a key only those whose printed key is equal to it. */
export function viewRows(
  { plan, progress }: CommittedState,
  state: StateReader,
  name: string,
  key: { json: unknown } | null,
): PrintedRows {
  const { node } = viewOf(plan, name)
  const window = windowOf(plan, node)
  const watermark = watermarkAt(progress, plan, node)
  return function* () {
    // Those of one key come in the order of windows however they are stored.
    const rows =
      key === null ? viewRowsByKey(state, plan, name, newRowSorter) : viewRowsPrintedAs(state, plan, name, key.json)
    for (const row of rows) yield rowJson(row, window, watermark)
  }
}

export function lateRows(state: StateReader): PrintedRows {
  return function* () {
    for (const row of lateRowsOf(state)) yield lateJson(row)
  }
}

export function deadRows({ plan, job, directory }: CommittedState, state: StateReader): PrintedRows {
  const folder = job?.folder
  const placeOf = (at: string): string => (folder === undefined ? at : relative('', resolve(directory, folder, at)))
  return function* () {
    for (const letter of deadLetters(state)) yield deadLetterJson(letter, plan, placeOf)
  }
}

/** The form that `--until` reads. */
export function cutRows({ progress }: CommittedState): PrintedRows {
  return () => [cutJson(progress.cutNow)]
}

/** Number, time and epoch of the commit, null where the state has no commit number; and its cut. */
export function commitRows({ commit, progress }: CommittedState): PrintedRows {
  const row = {
    commit: commit?.number ?? null,
    time: commit === null ? null : new Date(commit.time).toISOString(),
    epoch: commit?.epoch ?? null,
    cut: cutJson(progress.cutNow),
  }
  return () => [row]
}

const cutJson = (cut: Cut): Record<string, unknown> =>
  Object.fromEntries(sortedCut(cut).map(([name, offset]) => [name, offsetJson(offset)]))

/**
 * Records of an output up to the commit; those that the commit counts but that are not published yet are in a later
 * query.
 */
export function outputRows(state: CommittedState, name: string, out: string | undefined): PrintedRows {
  const { plan, written, directory } = state
  const node = nodeOf(plan, plan.results.find(r => r.name === name && r.kind === 'output')?.node as string)
  const { topic, format } = (node as PlanNodeOf<'output' | 'changes'>).params
  return async function* () {
    const committed = written.get(topic) ?? []
    if (committed.every(end => end === 0n)) return
    const folder = out ?? writtenTo(directory)
    const isCluster = isKafkaAddress(folder)
    if (!isCluster && !existsSync(folder)) checkThere([], committed, topic, folder)
    const log = await openLog(folder)
    try {
      const partitions = (await log.topics()).includes(topic) ? await log.partitions(topic) : []
      checkThere(partitions, committed, topic, folder)
      for (const range of partitions) {
        const { partition, start, end } = range
        const counted = committed[partition] ?? 0n
        const records = isCluster
          ? countedRecords(log, range, counted)
          : writtenRecords(log, topic, partition, start, end < counted ? end : counted)
        for await (const record of records) yield recordJson(record, partition, format)
      }
    } finally {
      await log.close()
    }
  }
}

/**
 * Throws `range-lost` where a partition that the commit counts records of is not there. One that ends earlier is not
 * published yet.
 */
function checkThere(
  partitions: readonly PartitionRange[],
  committed: readonly bigint[],
  topic: string,
  folder: string,
): void {
  const gone = committed.findIndex((end, p) => end > 0n && !partitions.some(range => range.partition === p))
  if (gone < 0) return
  throw new LyrebirdError(
    'range-lost',
    `${folder} has no records of ${topic}/${gone}; the state has written ${committed[gone]} to it`,
    {
      where: { topic, partition: gone, path: folder },
      hint: 'name where the job writes its outputs to with --out OUT, or put the log directory back to that place',
    },
  )
}
