// Asking a fake schema registry that fails: what is asked again, what is told, and that no secret is in any text.

import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openRegistry, type Registry } from '../../cli/registry/registry.ts'
import type { RegistryLimits } from '../../cli/registry/request.ts'
import { registrySettings } from '../../cli/registry/settings.ts'
import { LyrebirdError } from '../../core/errors.ts'
import { type FakeRegistry, type FakeRegistryOptions, type Fault, fakeRegistry } from './fake-registry.ts'

const LIMITS: RegistryLimits = { answerMs: 20_000, attempts: 3, pauseMs: 1, answerBytes: 20_000 }
const NONE = {}

async function fake(options: FakeRegistryOptions = {}): Promise<FakeRegistry> {
  const server = await fakeRegistry(options)
  onTestFinished(() => server.end())
  server.put('trades-value', { type: 'record', name: 'T', fields: [] })
  return server
}

const open = (
  url: string,
  environment: Record<string, string> = NONE,
  limits: Partial<RegistryLimits> = {},
): Registry => openRegistry(registrySettings(url, environment), { ...LIMITS, ...limits })

async function failureOf(work: Promise<unknown>): Promise<LyrebirdError> {
  const error = await work.then(
    () => new Error('it did not fail'),
    (e: unknown) => e,
  )
  if (error instanceof LyrebirdError) return error
  throw error
}

describe('what fails for a moment is asked again', () => {
  const passing: readonly (readonly [string, Fault])[] = [
    ['500', { status: 500 }],
    ['503 with a wish', { status: 503, headers: { 'retry-after': '0' } }],
    ['429', { status: 429 }],
    ['a connection that is reset', 'reset'],
    ['an answer that is cut off', 'cut'],
  ]

  it.each(passing)('%s', async (_, fault) => {
    const server = await fake()
    server.faults.push(fault, fault)
    expect(await open(server.url).subjects()).toEqual(['trades-value'])
    expect(server.asked).toEqual(Array(3).fill('GET /subjects'))
  })

  it('registering too, which gives the same id', async () => {
    const server = await fake()
    server.faults.push({ status: 500 })
    const schema = { file: 'f', type: 'AVRO', text: '"string"', references: [] }
    const id = await open(server.url).register('s', schema)
    expect(await open(server.url).register('s', schema)).toBe(id)
    expect(server.asked).toHaveLength(3)
  })

  it('and given up in the end, with what the registry says', async () => {
    const server = await fake()
    const body = JSON.stringify({ error_code: 50002, message: 'Operation\n timed\u001b[31m out' })
    server.faults.push(...Array(3).fill({ status: 500, body }))
    const failure = await failureOf(open(server.url).subjects())
    expect(failure.code).toBe('registry-error')
    expect(failure.message).toBe(`the registry ${server.url} answers GET /subjects with 500: Operation timed [31m out`)
    expect(failure.hint).toContain('later')
  })

  it('nobody there, and nobody who answers', async () => {
    const server = await fake()
    server.faults.push('hang', 'hang')
    const slow = await failureOf(open(server.url, NONE, { answerMs: 100, attempts: 2 }).subjects())
    expect(slow.message).toBe(
      `the registry ${server.url} cannot be reached after 2 attempts: no whole answer within 100 ms`,
    )
    expect(slow.code).toBe('registry-unreachable')
    const gone = await fakeRegistry()
    await gone.end()
    const failure = await failureOf(open(gone.url).subjects())
    expect(failure.message).toContain('ECONNREFUSED')
    expect(failure.exitCode).toBe(4)
  })
})

describe('what does not pass is told at once', () => {
  it.each([
    ['no JSON', { status: 200, body: '<html>' }, 'registry-error', 'without JSON'],
    ['something else', { status: 200, body: '{"a":1}' }, 'registry-error', 'something else than asked'],
    ['another path', { status: 404, body: '<html>' }, 'registry-error', 'path included'],
    ['a redirection', { status: 302, headers: { location: 'http://127.0.0.1:1/' } }, 'registry-error', 'with 302'],
    ['a huge answer', { status: 200, body: ' '.repeat(20_001) }, 'registry-error', 'more than 20000 bytes'],
    ['no credentials', { status: 401, body: '{}' }, 'registry-auth', 'set LYREBIRD_REGISTRY_USER'],
    ['a subject that is forbidden', { status: 403, body: '{}' }, 'registry-auth', '(403)'],
  ] as const)('%s', async (_, fault, code, text) => {
    const server = await fake()
    server.faults.push(fault)
    const failure = await failureOf(open(server.url).subjects())
    expect(failure.code).toBe(code)
    expect(`${failure.message}\n${failure.hint}`).toContain(text)
    expect(server.asked).toHaveLength(1)
  })

  it.each([
    ['versions that are none', '[0]', '[1,"2"]'],
    ['a schema without text', '[1]', '{"id":1,"version":1}'],
    ['an id that is none', '[1]', '{"id":-1,"version":1,"schema":"\\"int\\""}'],
    ['references that are none', '[1]', '{"id":1,"schema":"\\"int\\"","references":[{"name":"x"}]}'],
  ])('%s', async (_, versions, version) => {
    const server = await fake()
    server.faults.push({ status: 200, body: versions }, { status: 200, body: version })
    expect((await failureOf(open(server.url).versions('trades-value'))).message).toContain('something else than asked')
  })
})

describe('credentials', () => {
  const SECRET = 'canary-5e9ca1'
  const basic = (user: string): string => `Basic ${Buffer.from(`${user}:${SECRET}`).toString('base64')}`

  it.each([
    ['user and password', { LYREBIRD_REGISTRY_USER: 'ann', LYREBIRD_REGISTRY_PASSWORD: SECRET }, basic('ann')],
    ['a token', { LYREBIRD_REGISTRY_TOKEN: SECRET }, `Bearer ${SECRET}`],
  ])('%s are sent, and in no text where they are refused', async (_, environment, authorization) => {
    const server = await fake({ authorization })
    expect(await open(server.url, environment).subjects()).toEqual(['trades-value'])
    // This registry says what it was sent; others do so in errors of other kinds.
    const echo = JSON.stringify({ message: `not ${authorization}, ${SECRET}` })
    server.faults.push({ status: 401, body: echo }, { status: 400, body: echo })
    for (const code of ['registry-auth', 'registry-error']) {
      const failure = await failureOf(open(server.url, environment).subjects())
      const { message, hint, where } = failure
      expect(failure.code).toBe(code)
      const texts = JSON.stringify([message, hint, where, failure.stack])
      expect(texts).not.toContain(SECRET)
      expect(texts).not.toContain(authorization.slice(6))
    }
  })

  it.each([
    ['http://ann:canary-5e9ca1@h:1', {}, 'holds no user or password'],
    ['h:8081', {}, 'is not the URL of a registry'],
    ['ftp://h:8081', {}, 'is not the URL of a registry'],
    ['http://h:1/?token=x', {}, 'is not the URL of a registry'],
    ['http://h:1', { LYREBIRD_REGISTRY_USER: 'ann' }, 'one alone is set'],
    ['http://h:1', { LYREBIRD_REGISTRY_PASSWORD: SECRET }, 'one alone is set'],
    ['http://h:1', { LYREBIRD_REGISTRY_USER: 'a:b', LYREBIRD_REGISTRY_PASSWORD: SECRET }, 'holds a colon'],
    ['http://h:1', { LYREBIRD_REGISTRY_TOKEN: `${SECRET}\n` }, 'holds blanks'],
    ['http://h:1', { LYREBIRD_REGISTRY_TOKEN: SECRET, LYREBIRD_REGISTRY_USER: 'ann' }, 'too'],
    ['http://h:1', { LYREBIRD_REGISTRY_CA: 'none.pem' }, 'cannot be read: none.pem'],
  ])('%s with %j is refused', async (url, environment, text) => {
    const failure = await failureOf(Promise.resolve().then(() => registrySettings(url, environment as never)))
    expect(failure.code).toBe('usage')
    expect(failure.message).toContain(text)
    expect(JSON.stringify([failure.message, failure.hint, failure.where])).not.toContain(SECRET)
  })

  it('the path of the URL stays, and its last slash does not count', async () => {
    const asked: string[] = []
    const server = createServer((request, response) => {
      asked.push(request.url ?? '')
      response.end('[]')
    })
    await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
    onTestFinished(() => void server.close())
    const { port } = server.address() as AddressInfo
    await open(`http://127.0.0.1:${port}/apis/ccompat/v7/`).subjects()
    await open(`http://127.0.0.1:${port}/`).subjects()
    expect(asked).toEqual(['/apis/ccompat/v7/subjects', '/subjects'])
  })
})

const noOpenssl = spawnSync('openssl', ['version']).status !== 0
describe.skipIf(noOpenssl)(`TLS${noOpenssl ? ' (skipped: there is no openssl)' : ''}`, () => {
  it('takes a certificate by the authority of the environment, and names the variable where it does not', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'lyrebird-tls-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
    const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '3650']
    const made = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', cert, ...subject]
    execFileSync('openssl', made, { stdio: 'ignore' })
    const server = await fake({ tls: { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') } })
    expect(await open(server.url, { LYREBIRD_REGISTRY_CA: cert }).subjects()).toEqual(['trades-value'])
    const failure = await failureOf(open(server.url).subjects())
    expect(failure.code).toBe('registry-unreachable')
    expect(failure.hint).toContain('LYREBIRD_REGISTRY_CA')
    expect(failure.message).not.toContain('attempts')
  })
})
