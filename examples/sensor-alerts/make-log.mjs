// Makes log/: two days of readings of five machines, keyed by machine over three partitions, as the embedded log's
// segments. The readings are always the same; they go into the log by `lyrebird append`, as a user's would.
//
//     node examples/sensor-alerts/make-log.mjs

import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const HERE = dirname(fileURLToPath(import.meta.url))
const LYREBIRD = join(HERE, '..', '..', 'bin', 'lyrebird.mjs')
const LOG = join(HERE, 'log')
const START = Date.parse('2026-03-01T00:00:00Z')
const MINUTES = 2 * 24 * 60
const EVERY = 12

/** Numbers in [0, 1) from a seed, by a linear congruence modulo 2^32. */
function random(seed) {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

const MACHINES = ['oslo/press-1', 'oslo/press-2', 'busan/kiln', 'busan/mixer', 'belém/dryer']
const next = random(31)
const lines = []
for (let minute = 0; minute < MINUTES; minute += EVERY) {
  for (const [index, machine] of MACHINES.entries()) {
    // A daily swing, a rise of each machine's own, noise; the kiln runs away on the second evening.
    const hour = minute / 60
    const swing = 12 * Math.sin(((hour - 9) / 24) * 2 * Math.PI)
    const runaway = machine === 'busan/kiln' && hour > 42 ? (hour - 42) * 6 : 0
    const celsius = Math.round((55 + index * 4 + swing + runaway + next() * 6) * 10) / 10
    const late = next() < 0.01 ? 400_000 : next() * 90_000
    const at = new Date(Math.max(START, START + minute * 60_000 - Math.floor(late))).toISOString()
    const vibration = index % 2 === 0 ? { vibration: Math.round(next() * 1000) / 1000 } : {}
    lines.push(JSON.stringify({ machine, at, celsius: next() < 0.004 ? null : celsius, ...vibration }))
  }
}

rmSync(LOG, { recursive: true, force: true })
const options = ['--log', LOG, '--partitions', '3', '--key', 'machine', '--timestamp', 'at']
execFileSync(process.execPath, [LYREBIRD, 'append', 'readings', ...options], {
  input: `${lines.join('\n')}\n`,
  stdio: ['pipe', 'inherit', 'inherit'],
})
