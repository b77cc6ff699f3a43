// The Dockerfile of a compiled job: its commands are run in bare roots, and what comes out runs the job as a user
// without rights on a read-only root.

import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { JOB, project, records, run } from '../lyrebird.ts'
import { build, type Image, noBareImages, start } from './bare-image.ts'

const LIMIT_MS = 300_000
/** A supervisor's patience. */
const STOP_LIMIT_MS = 10_000

const reason = noBareImages()
if (reason !== null) console.log(`SKIPPED: the commands of the Dockerfile are not tried: ${reason}`)

let folder = ''
beforeAll(async () => {
  folder = project({ 'job.ts': JOB })
  chmodSync(folder, 0o755)
  const { code, err } = await run(folder, ['compile', 'job.ts', '--docker'])
  expect([code, err]).toEqual([0, expect.stringContaining('dist/page-views/Dockerfile')])
  await run(folder, ['append', 'page-views', '--log', 'log', '--partitions', '2'], { input: records(100) })
})

it('compile --docker writes what the image is built from, of this very version', () => {
  const out = join(folder, 'dist/page-views')
  const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../../../package.json'), 'utf8'))
  expect(readdirSync(out)).toEqual(
    expect.arrayContaining(['.dockerignore', 'Dockerfile', `lyrebird-${version}.tgz`, 'package.json', 'run.mjs']),
  )
  const { dependencies } = JSON.parse(readFileSync(join(out, 'package.json'), 'utf8'))
  expect(dependencies).toEqual({ lyrebird: `file:lyrebird-${version}.tgz` })
})

describe.skipIf(reason !== null)('the image', { timeout: LIMIT_MS }, () => {
  let image: Image
  const bases: string[] = []
  beforeAll(() => {
    image = build(join(folder, 'dist/page-views'), join(folder, 'images'), bases)
  }, LIMIT_MS)

  /** A life of the container; `address` of its metrics once it says so. */
  async function begin(state: string) {
    const child = start(image, ['--log', '/log', '--listen', '127.0.0.1:0', '--commit-interval', '50ms'], {
      '/log': join(folder, 'log'),
      '/state': state,
    })
    onTestFinished(() => void child.kill('SIGKILL'))
    let said = ''
    const address = new Promise<string>((resolve, reject) => {
      child.once('close', () => reject(new Error(said)))
      createInterface({ input: child.stderr as NodeJS.ReadableStream }).on('line', line => {
        said += `${line}\n`
        const found = /metrics on (http:\/\/\S+)\/metrics/.exec(line)
        if (found !== null) resolve(found[1] as string)
      })
    })
    const ended = new Promise<number | null>(resolve => child.once('close', code => resolve(code)))
    return { child, address: await address, ended }
  }

  const get = async (url: string) => {
    const response = await fetch(url)
    return { code: response.status, text: await response.text() }
  }

  const rowsOf = async (state: string) => (await run(folder, ['query', 'users', '--state', state])).out

  it('is of the Node that has compiled the job, and holds what a run needs and nothing to build or test with', () => {
    expect(new Set(bases)).toEqual(new Set([`node:${process.versions.node}-slim`]))
    const modules = readdirSync(join(image.root, 'app/node_modules'))
    expect(modules).toEqual(expect.arrayContaining(['lyrebird', 'lmdb', 'kafkajs']))
    expect(modules).not.toContain('vitest')
    expect(existsSync(join(image.root, 'app/lyrebird.tgz'))).toBe(false)
    const { uid, gid } = statSync(join(image.root, 'state'))
    expect([uid, gid]).toEqual([1000, 1000])
  })

  it('runs the job without rights, on a read-only root, until it is told to stop, and goes on', async () => {
    const state = join(folder, 'volume')
    mkdirSync(state)
    chownSync(state, 1000, 1000)
    const first = await begin(state)
    const { address, child } = first
    await expect.poll(async () => (await get(`${address}/readyz`)).code, { timeout: 30_000 }).toBe(200)
    expect((await get(`${address}/healthz`)).code).toBe(200)
    expect((await get(`${address}/metrics`)).text).toMatch(/^lyrebird_commit_number [1-9]/m)
    const process = readFileSync(`/proc/${child.pid}/status`, 'utf8')
    expect(process).toMatch(/^Uid:\t1000\t1000\t1000\t1000$/m)
    expect(process).toMatch(/^CapEff:\t0+$/m)
    // Its root, as it sees it: the image, which is mounted read-only.
    expect(readFileSync(`/proc/${child.pid}/mountinfo`, 'utf8')).toMatch(/^\d+ \d+ \S+ \S+\/images\/1 \/ ro,/m)
    const begun = performance.now()
    child.kill('SIGTERM')
    expect(await first.ended).toBe(0)
    expect(performance.now() - begun).toBeLessThan(STOP_LIMIT_MS)
    expect(new Set(readdirSync(state).map(name => statSync(join(state, name)).uid))).toEqual(new Set([1000]))

    const looking = { ...image, entrypoint: ['node', 'node_modules/lyrebird/bin/lyrebird.mjs'] }
    const status = start(looking, ['status', '--state', '/state'], { '/state': state })
    let shown = ''
    status.stdout?.on('data', part => (shown += part))
    expect(await new Promise(resolve => status.once('close', resolve))).toBe(0)
    expect(shown).toContain('page-views: no process writes it')

    await run(folder, ['append', 'page-views', '--log', 'log'], { input: records(60, 100) })
    const second = await begin(state)
    await expect
      .poll(async () => (await get(`${second.address}/metrics`)).text, { timeout: 30_000 })
      .toMatch(/^lyrebird_position\{partition="page-views\/1"\} 80$/m)
    second.child.kill('SIGTERM')
    expect(await second.ended).toBe(0)
    await run(folder, ['batch', 'job.ts', '--log', 'log', '--state', 'other'])
    expect(await rowsOf(state)).toBe(await rowsOf('other'))
  })
})
