// The number of the contract between emitted modules and this core.
//
// It counts up with every change after which a module that was emitted before would not run, or would not do the same: the
// link target, the runtime API, the scanners that emitted decoders call, the exports of `lyrebird` that the module uses. The
// compiler writes it into `functions.mjs` and the manifest; whoever runs an artefact compares it first.

import { LyrebirdError } from '../errors.ts'

export const ABI = 1

/** What of an artefact is asked for its number. */
export interface NumberedArtefact {
  /** Missing in artefacts that were compiled before there was a number. */
  readonly abi?: unknown
  /** The author's files, the job's first. */
  readonly files?: readonly string[]
}

/** Throws `artefact-incompatible` where an artefact was emitted for another number. `url`: of a file in it, for the hint. */
export function checkAbi({ abi, files }: NumberedArtefact, url?: string): void {
  if (abi === ABI) return
  const was = typeof abi === 'number' ? `for ABI ${abi}` : 'before artefacts had an ABI number'
  const artefact = url === undefined ? undefined : decodeURIComponent(new URL('.', url).pathname).replace(/\/$/, '')
  const out = artefact === undefined ? '' : ` --out ${artefact}`
  throw new LyrebirdError('artefact-incompatible', `the artefact was compiled ${was}; this version runs ABI ${ABI}`, {
    where: { artefact, abi: typeof abi === 'number' ? abi : undefined, runs: ABI },
    hint: `compile the job again: lyrebird compile ${files?.[0] ?? 'JOB.ts'}${out}`,
  })
}
