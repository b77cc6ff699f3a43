// Whether the files of a compiled job are those that the compiler wrote.
//
// Promises: each file that the manifest lists has the SHA-256 that stands there, and the manifest that of itself, or it
// is a typed error with the file's name: one flipped bit could mean another answer under the same plan hash. An
// artefact without a manifest is not checked, and the manifest of an older version not itself.
// Not here: which version of lyrebird an artefact was compiled for (core/emitted/abi.ts).

import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { LyrebirdError } from '../core/errors.ts'

/** Format of the manifests that are written. Those of format 1 have no checksum of their own. */
export const MANIFEST_FORMAT = 2

/** What is read of a manifest here and by those who run an artefact. */
interface Manifest {
  readonly format?: unknown
  readonly abi?: unknown
  readonly sources?: readonly string[]
  /** SHA-256 of each file by its name. */
  readonly files?: Readonly<Record<string, string>>
  /** SHA-256 of the manifest without this field, as one line of JSON. */
  readonly checksum?: unknown
}

export const sha256 = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex')

/** Undefined where the folder has no manifest. Throws `artefact-damaged` where it cannot be read. */
export function readManifest(folder: string): Manifest | undefined {
  const bytes = contentOf(folder, 'manifest.json')
  if (bytes === undefined) return undefined
  try {
    const manifest: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    if (typeof manifest === 'object' && manifest !== null) return manifest
  } catch {
    // The same as a manifest that holds something else.
  }
  throw damaged(folder, 'manifest.json', 'it is no manifest')
}

/** Throws `artefact-damaged`. The map is only read to show places, so it may be missing. */
export function checkArtefact(folder: string): void {
  const manifest = readManifest(folder)
  if (manifest === undefined) return
  const { checksum, ...rest } = manifest
  const { format, files } = rest
  if (format !== 1 && (format !== MANIFEST_FORMAT || checksum !== sha256(JSON.stringify(rest)))) {
    throw damaged(folder, 'manifest.json', 'its checksum does not match')
  }
  for (const [name, expected] of Object.entries(files ?? {})) {
    const content = /^[\w-][\w.-]*$/.test(name) ? contentOf(folder, name) : undefined
    if (content === undefined && name.endsWith('.map')) continue
    if (content === undefined) throw damaged(folder, name, 'it is missing')
    if (sha256(content) !== expected) throw damaged(folder, name, 'its checksum does not match')
  }
}

function contentOf(folder: string, name: string): Uint8Array | undefined {
  try {
    return readFileSync(join(folder, name))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

function damaged(folder: string, file: string, why: string): LyrebirdError {
  return new LyrebirdError('artefact-damaged', `${file} of the compiled job in ${folder} is damaged: ${why}`, {
    where: { artefact: folder, file },
    hint: `compile the job again: lyrebird compile JOB.ts --out ${folder}`,
  })
}
