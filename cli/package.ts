// The package itself: where it lies and its version.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../compiler/package-root.ts'

let known: string | undefined

export function version(): string {
  known ??= (JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as { version: string }).version
  return known
}
