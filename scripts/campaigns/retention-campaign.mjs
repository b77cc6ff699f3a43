// Runs a stream against a real broker with short retention, killed and restarted over and over; then compares it with
// an unbroken run over everything that was produced.
//
//   node scripts/campaigns/retention-campaign.mjs [--seed 1] [--duration 5m] [--retention 60s]
//
// Promises: the same test as test/logs/kafka/retention-campaign.test.ts, longer; exits with 1 on the first difference.
// Needs Java (docs/kafka.md).

import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    duration: { type: 'string', default: '5m' },
    retention: { type: 'string', default: '60s' },
  },
})

/** `90s` or `5m` in ms. */
function milliseconds(text) {
  const parts = /^(\d+)(s|m|h)$/.exec(text)
  if (parts === null) throw new Error(`${text} is no duration; write 90s, 5m or 1h`)
  return Number(parts[1]) * { s: 1000, m: 60_000, h: 3_600_000 }[parts[2]]
}

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
const env = {
  ...process.env,
  LYREBIRD_SEED: values.seed,
  LYREBIRD_DURATION_MS: String(milliseconds(values.duration)),
  LYREBIRD_RETENTION_MS: String(milliseconds(values.retention)),
}
const args = [vitest, 'run', 'test/logs/kafka/retention-campaign.test.ts', '--disableConsoleIntercept']
process.exit(spawnSync(process.execPath, args, { cwd: root, env, stdio: 'inherit' }).status ?? 1)
