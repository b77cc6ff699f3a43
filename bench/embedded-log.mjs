// The events of the benches as an embedded log: in each partition in the order of their times, with some disorder.

import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { generate } from './generate.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** Appends them to a new topic `events`, by user. */
export function fillLog(log, events, partitions) {
  // One sequence: files of several, read one after the other, would be late for each other.
  const archive = join(root, '.lyrebird', 'bench', `sequence-${events}-1`)
  generate(archive, events, 1, 1)
  const folder = join(archive, 'events')
  const files = readdirSync(folder).flatMap(p =>
    readdirSync(join(folder, p))
      .sort()
      .map(name => join(folder, p, name)),
  )
  const to = ['--log', log, '--partitions', String(partitions), '--key', 'user', '--timestamp', 'ts']
  const args = [join(root, 'bin', 'lyrebird.mjs'), 'append', 'events', ...to, ...files]
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' })
  if (status !== 0) throw new Error(`append ended with ${status}: ${stderr}`)
}
