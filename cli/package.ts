// The package's version, read once for each process.

import { packageVersion } from '../compiler/package-root.ts'

let known: string | undefined

export function version(): string {
  known ??= packageVersion()
  return known
}
