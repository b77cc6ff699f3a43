// Verdicts on the laws of aggregations, kept beside the compile cache.
//
// Promises: a verdict appears whole or not at all; one that cannot be read counts as missing, and a failed write is
// ignored. Not here: the hash of a verdict, which covers everything that determines it (`compiler/6-laws`).

import { readdirSync, rmSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { LawVerdict, VerdictStore } from '../../compiler/index.ts'
import { makeFolder } from '../../host/folders.ts'
import { cacheDirectory } from './cache-place.ts'
import { readSealed, writeSealed } from './sealed-text.ts'

const KEPT = 200

/** The verdicts of the jobs that share this job's compile cache. */
export function keptVerdicts(job: string): VerdictStore {
  const folder = join(cacheDirectory(resolve(job)), 'laws')
  return {
    read: hash => read(join(folder, `${hash}.json`)),
    write: (hash, verdict) => {
      try {
        write(folder, hash, verdict)
      } catch {
        // The next check tests again.
      }
    },
  }
}

function read(path: string): LawVerdict | null {
  try {
    const verdict = JSON.parse(readSealed(path) ?? 'null') as LawVerdict
    return isWhole(verdict) ? verdict : null
  } catch {
    return null
  }
}

/** False where a part is missing. */
function isWhole({ breach, refused }: LawVerdict): boolean {
  const texts = breach === null ? [] : [breach.law, breach.part, breach.label, breach.fix, ...breach.lines]
  const more = [refused.lift, refused.present].flatMap(r => (r === null ? [] : [r.value, r.error]))
  return [...texts, ...more].every(text => typeof text === 'string')
}

function write(folder: string, hash: string, verdict: LawVerdict): void {
  makeFolder(folder)
  writeSealed(join(folder, `${hash}.json`), JSON.stringify(verdict))
  const names = readdirSync(folder)
  if (names.length <= KEPT) return
  const ages = names.map(name => ({ name, at: statSync(join(folder, name), { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
  for (const { name } of ages.sort((a, b) => b.at - a.at).slice(KEPT)) rmSync(join(folder, name), { force: true })
}
