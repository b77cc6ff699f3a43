// The options `--upgrade` and `--as` of a run, which exclude each other.

import { LyrebirdError } from '../../core/errors.ts'

/** Throws `usage` where both are given. */
export function upgradesOf(upgrade: boolean, as: string | undefined): boolean {
  if (!upgrade || as === undefined) return upgrade
  throw new LyrebirdError('usage', '--upgrade and --as exclude each other', {
    hint: '--upgrade puts the new version in place of the old one, --as NEW-DIR keeps both',
  })
}
