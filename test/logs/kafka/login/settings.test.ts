// Logging in, as the environment says: what is taken, and what cannot work and is told before a broker is asked.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { isLyrebirdError } from '../../../../core/errors.ts'
import { kafkaSettings } from '../../../../logs/kafka/settings.ts'
import { Authority } from './pki.ts'

const authority = new Authority()
afterAll(() => authority.end())

const settingsOf = (environment: Record<string, string>) => kafkaSettings('kafka://a:1,b:2', environment)

function refusal(environment: Record<string, string>): string {
  try {
    settingsOf(environment)
  } catch (e) {
    if (isLyrebirdError(e) && e.code === 'usage') return e.message
    throw e
  }
  return 'taken'
}

const USER = { LYREBIRD_KAFKA_USER: 'u', LYREBIRD_KAFKA_PASSWORD: 'p' }

test('nothing is wanted where nothing is set', () => {
  expect(settingsOf({})).toMatchObject({ brokers: ['a:1', 'b:2'], tls: null, sasl: null })
  expect(settingsOf({ LYREBIRD_KAFKA_TLS: '0', LYREBIRD_KAFKA_CA: authority.ca })).toMatchObject({ tls: null })
})

describe('SASL', () => {
  test('has mechanism, user and password, the last from the environment or a file that is read each time', () => {
    const plain = settingsOf({ LYREBIRD_KAFKA_SASL: 'SCRAM-SHA-256', ...USER })
    expect(plain.sasl?.()).toEqual({ mechanism: 'scram-sha-256', username: 'u', password: 'p' })
    const file = authority.file('password', 'first\n')
    const kept = settingsOf({
      LYREBIRD_KAFKA_SASL: 'plain',
      LYREBIRD_KAFKA_USER: 'u',
      LYREBIRD_KAFKA_PASSWORD_FILE: file,
    })
    expect(kept.sasl?.()).toMatchObject({ password: 'first' })
    writeFileSync(file, ' second ')
    expect(kept.sasl?.()).toMatchObject({ password: ' second ' })
  })

  test.each([
    [{ LYREBIRD_KAFKA_SASL: 'kerberos' }, /SASL is one of plain, .*oauthbearer/],
    [{ LYREBIRD_KAFKA_SASL: 'plain', LYREBIRD_KAFKA_USER: 'u' }, /plain needs .*_USER and .*_PASSWORD or .*_FILE/],
    [{ LYREBIRD_KAFKA_SASL: 'plain', LYREBIRD_KAFKA_PASSWORD: 'p' }, /plain needs/],
    [{ LYREBIRD_KAFKA_SASL: 'plain', ...USER, LYREBIRD_KAFKA_PASSWORD_FILE: authority.ca }, /both set/],
    [{ LYREBIRD_KAFKA_SASL: 'plain', LYREBIRD_KAFKA_USER: 'u', LYREBIRD_KAFKA_PASSWORD_FILE: '/no' }, /ENOENT.*\/no/],
    [{ LYREBIRD_KAFKA_SASL: 'oauthbearer', ...USER }, /needs .*TOKEN_FILE or .*TOKEN_URL/],
    [{ LYREBIRD_KAFKA_SASL: 'oauthbearer', LYREBIRD_KAFKA_TOKEN_FILE: '/no' }, /TOKEN_FILE.*ENOENT/],
    [{ LYREBIRD_KAFKA_SASL: 'oauthbearer', LYREBIRD_KAFKA_TOKEN_FILE: authority.ca }, /holds no token/],
    [{ LYREBIRD_KAFKA_SASL: 'oauthbearer', LYREBIRD_KAFKA_TOKEN_URL: 'https://a/t' }, /TOKEN_URL needs .*_USER/],
    [{ LYREBIRD_KAFKA_SASL: 'oauthbearer', LYREBIRD_KAFKA_TOKEN_URL: 'ftp://a', ...USER }, /no https address/],
    [{ LYREBIRD_KAFKA_SASL: 'oauthbearer', LYREBIRD_KAFKA_TOKEN_URL: 'http://a/t', ...USER }, /without TLS/],
    [{ LYREBIRD_KAFKA_SASL: 'oauthbearer', LYREBIRD_KAFKA_TOKEN_URL: 'https://x:y@a/t', ...USER }, /holds a user/],
    [{ LYREBIRD_KAFKA_SASL: 'plain', LYREBIRD_KAFKA_USER: 'u', LYREBIRD_KAFKA_PASSWORD_FILE: '/dev/null' }, /is empty/],
  ])('%j is a usage error', (environment, message) => {
    expect(refusal(environment as unknown as Record<string, string>)).toMatch(message)
  })
})

describe('TLS', () => {
  const { cert, key } = authority.issue('ann')
  const locked = authority.issue('bob', { password: 'key-secret' })
  const own = (files: { cert: string; key: string }, more = {}) => ({
    LYREBIRD_KAFKA_CERT: files.cert,
    LYREBIRD_KAFKA_KEY: files.key,
    ...more,
  })

  test('has what to trust and our own certificate, and reads the files each time', () => {
    expect(settingsOf({ LYREBIRD_KAFKA_TLS: '1' }).tls?.()).toEqual({ ca: null, own: null })
    const settings = settingsOf({ LYREBIRD_KAFKA_CA: authority.ca, ...own({ cert, key }) })
    const first = settings.tls?.()
    expect(first).toMatchObject({ ca: expect.stringContaining('BEGIN CERT'), own: { passphrase: null } })
    const next = authority.issue('ann')
    const [copied, copiedKey] = [join(authority.dir, 'used.pem'), join(authority.dir, 'used.key')]
    const put = (from: { cert: string; key: string }) => {
      authority.file('used.pem', settingsOf(own(from)).tls?.().own?.cert ?? '')
      authority.file('used.key', settingsOf(own(from)).tls?.().own?.key ?? '')
    }
    put({ cert, key })
    const replaced = settingsOf(own({ cert: copied, key: copiedKey }))
    const before = replaced.tls?.().own?.cert
    put(next)
    expect(replaced.tls?.().own?.cert).not.toBe(before)
    // Half replaced is told, not used.
    authority.file('used.key', first?.own?.key ?? '')
    expect(() => replaced.tls?.()).toThrow(/does not belong/)
  })

  test('opens an encrypted key with a password from the environment or a file', () => {
    const password = authority.file('key-password', 'key-secret\n')
    for (const more of [
      { LYREBIRD_KAFKA_KEY_PASSWORD: 'key-secret' },
      { LYREBIRD_KAFKA_KEY_PASSWORD_FILE: password },
    ]) {
      expect(settingsOf(own(locked, more)).tls?.().own?.passphrase).toBe('key-secret')
    }
  })

  test.each([
    ['a word that is none', { LYREBIRD_KAFKA_TLS: 'maybe' }, /TLS is 1 or 0/],
    ['no such file', { LYREBIRD_KAFKA_CA: '/does/not/exist' }, /CA names cannot be read \(ENOENT\): \/does/],
    ['a CA that is none', { LYREBIRD_KAFKA_CA: key }, /CA names holds no certificate/],
    ['no key', { LYREBIRD_KAFKA_CERT: cert }, /CERT needs LYREBIRD_KAFKA_KEY/],
    ['no certificate', { LYREBIRD_KAFKA_KEY: key }, /KEY needs LYREBIRD_KAFKA_CERT/],
    ['a certificate that is none', own({ cert: key, key }), /CERT names holds no certificate/],
    ['a key that is none', own({ cert, key: cert }), /KEY names holds no private key/],
    ['the key of another', own({ cert, key: authority.issue('eve').key }), /does not belong to LYREBIRD_KAFKA_CERT/],
    ['an encrypted key alone', own(locked), /is encrypted; its password is missing/],
    ['a wrong password', own(locked, { LYREBIRD_KAFKA_KEY_PASSWORD: 'canary-1' }), /does not open the key/],
    ['a password without a key', { LYREBIRD_KAFKA_TLS: '1', LYREBIRD_KAFKA_KEY_PASSWORD: 'canary-1' }, /no LYREB/],
  ])('%s is a usage error', (_, environment, message) => {
    const text = refusal(environment as Record<string, string>)
    expect(text).toMatch(message)
    expect(text).not.toContain('canary-1')
  })
})
