// How a run is heard: as lines for people, or as JSON.
//
// Promises: asked of the words of the command line as they are, so that what is wrong with them is told in that form
// too; the library is loaded only where JSON is asked for.

import { LyrebirdError } from '../../core/errors.ts'
import type { Tell } from './notice.ts'

const FLAG = '--log-format'

/** What `--log-format` says; undefined without it. */
function givenFormat(argv: readonly string[]): string | undefined {
  const at = argv.findLastIndex(word => word === FLAG || word.startsWith(`${FLAG}=`))
  return argv[at] === FLAG ? argv[at + 1] : argv[at]?.slice(FLAG.length + 1)
}

/** Null for people. */
export async function jsonTeller(argv: readonly string[]): Promise<Tell | null> {
  if (givenFormat(argv) !== 'json') return null
  const { jsonLog } = await import('./json-log.ts')
  return jsonLog()
}

/** Throws `usage` for another format. */
export function checkLogFormat(format: string | undefined): void {
  if (format === undefined || format === 'json' || format === 'text') return
  throw new LyrebirdError('usage', `${FLAG} is text or json, not ${JSON.stringify(format.slice(0, 80))}`)
}
