// Opens a state for reading, also while another process writes it.
//
// Promises: a reader shows the commit that was the last one when it was opened, whole, until it is closed; open another
// to see later ones. It takes no lock, but the writer cannot reuse the space of that commit: close it soon, and copy
// what is needed for longer.
// Not here: what the rows mean (the callers).

import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { LyrebirdError } from '../core/errors.ts'
import { type CopyOptions, copyState, type StateCopy } from './copied/copied-state.ts'
import { Lmdb, stateFile } from './lmdb.ts'
import { readRoot } from './read-root.ts'
import { StateView } from './state-view.ts'
import type { StateReader } from './store.ts'

interface CommitReader extends StateReader {
  /** Copies tables of the commit, and its documents: the copy outlives this reader. Throws `disk-full`. */
  copy(options: CopyOptions): StateCopy
}

/** Throws `state-missing`, `state-corrupt`, `state-too-new`, `process-number-taken`. */
export function openStateReader(directory: string): CommitReader {
  const dir = resolve(directory)
  if (!existsSync(stateFile(dir))) throw missing(directory)
  const lmdb = new Lmdb(dir, { readOnly: true })
  try {
    return readerOf(lmdb, directory)
  } catch (e) {
    void lmdb.close()
    throw e
  }
}

function readerOf(lmdb: Lmdb, directory: string): CommitReader {
  const root = readRoot(lmdb, lmdb.guard.transaction)
  if (root === undefined) throw missing(directory)
  const view = new StateView(lmdb, root)
  let open = true
  return {
    document: name => view.document(name),
    get: (table, key) => view.get(table, key),
    range: (table, from, to) => view.range(table, from, to),
    tables: () => view.tables(),
    copy: options => copyState(view, (run, ordinal) => lmdb.block(run, ordinal), options),
    async close() {
      if (!open) return
      open = false
      await lmdb.close()
    },
  }
}

function missing(directory: string): LyrebirdError {
  return new LyrebirdError('state-missing', `there is no state in ${directory}`, {
    where: { state: directory },
    hint: 'make one: lyrebird batch JOB.ts --log LOG --state DIR',
  })
}
