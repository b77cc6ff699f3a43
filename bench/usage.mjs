// Preloaded into measured Node processes (`--import`): writes the peak of resident memory when the main thread ends.

import { writeFileSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'

const file = process.env.LYREBIRD_BENCH_USAGE
if (isMainThread && file !== undefined) {
  process.on('exit', () => writeFileSync(file, JSON.stringify({ rssMb: process.resourceUsage().maxRSS / 1024 })))
}
