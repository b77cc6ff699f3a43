// The one test command: lint, types, build, and every suite; closes with `N passed, N failed`.
//
// Promises: installs what is missing, stops at the first failing step of the first three, and exits non-zero on any
// failure. A suite that fails to load counts as failed. The broker that the Kafka suites start is fetched by
// `scripts/kafka`.

import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')

function run(command, args) {
  console.log(`\n> ${command} ${args.join(' ')}`)
  return spawnSync(command, args, { cwd: root, stdio: 'inherit', env: { ...process.env, TZ: 'UTC' } }).status ?? 1
}

function mustRun(command, args) {
  if (run(command, args) === 0) return
  console.log('\n0 passed, 1 failed')
  process.exit(1)
}

/** Side by side; what each has printed comes when all have ended. */
async function mustRunTogether(...commands) {
  const runs = commands.map(
    ([command, args]) =>
      new Promise(resolve => {
        const child = spawn(command, args, { cwd: root, env: { ...process.env, TZ: 'UTC' } })
        let text = `\n> ${command} ${args.join(' ')}\n`
        child.stdout.on('data', part => (text += part))
        child.stderr.on('data', part => (text += part))
        child.on('error', error => resolve({ text: `${text}${error.message}\n`, status: 1 }))
        child.on('close', status => resolve({ text, status }))
      }),
  )
  const ended = await Promise.all(runs)
  for (const { text } of ended) process.stdout.write(text)
  if (ended.every(({ status }) => status === 0)) return
  console.log('\n0 passed, 1 failed')
  process.exit(1)
}

const bin = name => join(root, 'node_modules', '.bin', name)
if (!existsSync(bin('vitest'))) mustRun('npm', ['ci', '--ignore-scripts'])
mustRun(bin('biome'), ['check', '.'])
await mustRunTogether([bin('tsc'), ['-p', 'tsconfig.json', '--noEmit']], [process.execPath, ['scripts/build.mjs']])
if (run(process.execPath, ['scripts/kafka/run.mjs', 'fetch']) !== 0)
  console.log('Kafka is not to be had here: its suites will skip.')

const folder = mkdtempSync(join(tmpdir(), 'lyrebird-test-'))
const report = join(folder, 'report.json')
const status = run(bin('vitest'), [
  'run',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${report}`,
  ...process.argv.slice(2),
])
let passed = 0
let failed = status === 0 ? 0 : 1
let skipped = 0
if (existsSync(report)) {
  const result = JSON.parse(readFileSync(report, 'utf8'))
  passed = result.numPassedTests
  skipped = result.numPendingTests
  const unloaded = result.testResults.filter(t => t.status === 'failed' && t.assertionResults.length === 0).length
  failed = Math.max(result.numFailedTests + unloaded, failed)
}
rmSync(folder, { recursive: true, force: true })
console.log(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
process.exit(failed === 0 && passed > 0 ? 0 : 1)
