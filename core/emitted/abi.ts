// The number of the contract between emitted modules and this core.
//
// It goes up with every change after which a module emitted for the number before would not run, or would do something
// else: to the link target, the runtime API, the scanners that emitted decoders call, the exports of `lyrebird` that
// the module uses. The compiler writes it into `functions.mjs` and the manifest; it is compared before an artefact
// runs.
// Promises: an artefact of another number, or of none, is refused.

import { LyrebirdError } from '../errors.ts'

export const ABI = 7

/** The parts of an artefact that the check reads. */
interface NumberedArtefact {
  /** Undefined where the artefact carries no number. */
  readonly abi?: unknown
  /** The author's files, the job's first. */
  readonly files?: readonly string[] | undefined
}

/**
 * Throws `artefact-incompatible` where an artefact was emitted for another number. `url`: that of a file in it, for the
 * hint.
 */
export function checkAbi({ abi, files }: NumberedArtefact, url?: string): void {
  if (abi === ABI) return
  const was = typeof abi === 'number' ? `for ABI ${abi}` : 'before artefacts had an ABI number'
  const artefact = url === undefined ? undefined : decodeURIComponent(new URL('.', url).pathname).replace(/\/$/, '')
  const out = artefact === undefined ? '' : ` --out ${artefact}`
  throw new LyrebirdError('artefact-incompatible', `the artefact was compiled ${was}; this version runs ABI ${ABI}`, {
    where: { artefact, abi: typeof abi === 'number' ? abi : undefined, runs: ABI },
    hint: `compile the job again, in its folder: lyrebird compile ${files?.[0] ?? 'JOB.ts'}${out}`,
  })
}
