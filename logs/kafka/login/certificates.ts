// TLS from PEM files: the certificates to trust, and our own one with its key (mTLS).
//
// Promises: the files are read anew for each connection, so that certificates which were replaced on the disk are used
// from then on; a pair that cannot work is told before a broker is asked. No text holds the key or its password.

import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { LyrebirdError } from '../../../core/errors.ts'
import { fileOf, secretOf } from './secrets.ts'
import { type Environment, settingOf, VARIABLES } from './variables.ts'

interface OwnCertificate {
  readonly cert: string
  readonly key: string
  readonly passphrase: string | null
  readonly validFrom: Date
  readonly validTo: Date
}

export interface TlsFiles {
  /** Null: those that Node trusts. */
  readonly ca: string | null
  readonly own: OwnCertificate | null
}

/** Null where TLS is not wanted; what is returned reads the files. Both throw `usage`. */
export function tlsOf(environment: Environment): (() => TlsFiles) | null {
  const files = [VARIABLES.ca, VARIABLES.cert, VARIABLES.key].filter(name => settingOf(environment, name) !== null)
  const wanted = environment[VARIABLES.tls] ?? (files.length === 0 ? '' : '1')
  if (wanted === '' || wanted === '0') return null
  if (wanted !== '1') throw new LyrebirdError('usage', `${VARIABLES.tls} is 1 or 0`)
  return () => ({ ca: trusted(environment), own: ownCertificate(environment) })
}

/** The certificates to trust; null where no file is named. Throws `usage`. */
export function trusted(environment: Environment): string | null {
  const ca = fileOf(environment, VARIABLES.ca)
  if (ca !== null) certificateIn(ca, VARIABLES.ca)
  return ca
}

function ownCertificate(environment: Environment): OwnCertificate | null {
  const cert = fileOf(environment, VARIABLES.cert)
  const key = fileOf(environment, VARIABLES.key)
  const passphrase = secretOf(environment, VARIABLES.keyPassword, VARIABLES.keyPasswordFile)
  if (cert === null && key === null) {
    if (passphrase === null) return null
    throw new LyrebirdError('usage', `${VARIABLES.keyPassword} is set, but no ${VARIABLES.key}`)
  }
  if (cert === null || key === null) {
    const [set, missing] = cert === null ? [VARIABLES.key, VARIABLES.cert] : [VARIABLES.cert, VARIABLES.key]
    throw new LyrebirdError('usage', `${set} needs ${missing}: a certificate is of no use without its key`)
  }
  const certificate = certificateIn(cert, VARIABLES.cert)
  if (!certificate.checkPrivateKey(privateKey(key, passphrase))) {
    throw new LyrebirdError('usage', `the key of ${VARIABLES.key} does not belong to ${VARIABLES.cert}`, {
      hint: `${VARIABLES.cert} holds our own certificate first, then those between it and the CA`,
    })
  }
  const { validFrom, validTo } = certificate
  return { cert, key, passphrase, validFrom: new Date(validFrom), validTo: new Date(validTo) }
}

/** The first certificate of a PEM file. */
function certificateIn(pem: string, variable: string): X509Certificate {
  try {
    return new X509Certificate(pem)
  } catch {
    throw new LyrebirdError('usage', `the file that ${variable} names holds no certificate in PEM`, {
      hint: 'a file in PEM has the line -----BEGIN CERTIFICATE-----',
    })
  }
}

function privateKey(pem: string, passphrase: string | null): KeyObject {
  try {
    return createPrivateKey({ key: pem, ...(passphrase === null ? {} : { passphrase }) })
  } catch (e) {
    const isEncrypted = /ENCRYPTED/.test(pem)
    const password = `${VARIABLES.keyPassword} or ${VARIABLES.keyPasswordFile}`
    if (isEncrypted && passphrase === null) {
      throw new LyrebirdError('usage', `the key of ${VARIABLES.key} is encrypted; its password is missing`, {
        hint: `set ${password}`,
      })
    }
    if (isEncrypted) {
      throw new LyrebirdError('usage', `the password does not open the key of ${VARIABLES.key}`, {
        hint: `see ${password}`,
      })
    }
    const { code = 'no PEM' } = e as { code?: string }
    throw new LyrebirdError('usage', `the file that ${VARIABLES.key} names holds no private key (${code})`, {
      hint: 'a file in PEM has the line -----BEGIN PRIVATE KEY-----',
    })
  }
}

/** What is wrong with the time of our own certificate; null where nothing is. Brokers do not say it. */
export function outOfDate({ own }: TlsFiles, now: Date): string | null {
  if (own === null) return null
  const { validFrom, validTo } = own
  if (now > validTo) return `our own certificate (${VARIABLES.cert}) has expired on ${validTo.toISOString()}`
  if (now < validFrom) return `our own certificate (${VARIABLES.cert}) is not valid before ${validFrom.toISOString()}`
  return null
}

/** Codes of failed TLS handshakes: wrong name, unknown or expired certificate, no TLS at the other end. */
const TLS_CODE = /^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|EPROTO|ERR_OSSL)/

export const isTlsRefusal = (code: unknown): boolean => typeof code === 'string' && TLS_CODE.test(code)
