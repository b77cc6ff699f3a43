// Verdicts on the laws of aggregations, kept beside the compile cache.
//
// Promises: a verdict appears whole or not at all; one that cannot be read counts as missing, and a failed write is
// ignored. Not here: the hash of a verdict, which covers everything that determines it (`compiler/6-laws`).

import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { LawVerdict, VerdictStore } from '../../compiler/index.ts'
import { cacheDirectory } from './cache-place.ts'

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
    const verdict = JSON.parse(readFileSync(path, 'utf8')) as LawVerdict
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
  mkdirSync(folder, { recursive: true })
  const fresh = join(folder, `${hash}.${process.pid}.new`)
  writeFileSync(fresh, JSON.stringify(verdict))
  renameSync(fresh, join(folder, `${hash}.json`))
  const names = readdirSync(folder)
  if (names.length <= KEPT) return
  const ages = names.map(name => ({ name, at: statSync(join(folder, name), { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
  for (const { name } of ages.sort((a, b) => b.at - a.at).slice(KEPT)) rmSync(join(folder, name), { force: true })
}
