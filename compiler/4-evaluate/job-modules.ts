// The modules that a bundled job requires: parts of this very package, loaded when a job asks for them.
//
// Promises: a format that a job does not use is never loaded.

import type { Bundle } from '../3-bundle/bundle.ts'

/** By the name that a job imports it under. */
export type JobModules = ReadonlyMap<string, unknown>

/** The entries that a job may import. They are those of `FORMAT_ENTRIES`, and the language. */
const LOAD: Readonly<Record<string, () => Promise<unknown>>> = {
  lyrebird: () => import('../../dsl/index.ts'),
  'lyrebird/avro': () => import('../../formats/avro/index.ts'),
  'lyrebird/protobuf': () => import('../../formats/protobuf/index.ts'),
}

export async function jobModules({ requires }: Pick<Bundle, 'requires'>): Promise<JobModules> {
  const known = requires.filter(name => Object.hasOwn(LOAD, name))
  return new Map(await Promise.all(known.map(async name => [name, await LOAD[name]?.()] as const)))
}
