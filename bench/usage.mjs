// Preloaded into measured Node processes (`--import`): writes the peak of resident memory and the processor time when
// the main thread ends.

import { writeFileSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'

const file = process.env.LYREBIRD_BENCH_USAGE
if (isMainThread && file !== undefined) {
  process.on('exit', () => {
    const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage()
    const cpuSeconds = (userCPUTime + systemCPUTime) / 1e6
    writeFileSync(file, JSON.stringify({ rssMb: maxRSS / 1024, cpuSeconds }))
  })
}
