// A certificate authority of the test's own, made by openssl: certificates for a broker and for users.
//
// Promises: one folder a file of tests, removed afterwards; nothing is valid for longer than two days.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Issued {
  /** Paths of PEM files. */
  readonly cert: string
  readonly key: string
}

export class Authority {
  readonly dir = mkdtempSync(join(tmpdir(), 'lyrebird-pki-'))
  /** Path of the authority's own certificate. */
  readonly ca: string

  constructor() {
    this.ca = join(this.dir, 'ca.pem')
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', this.#path('ca.key')]
    this.#openssl('req', '-x509', ...key, '-out', this.ca, '-subj', '/CN=ca of a test', '-days', '2')
    writeFileSync(this.#path('names'), 'subjectAltName=IP:127.0.0.1\n')
  }

  /** A certificate for 127.0.0.1; with days below 0 one that has expired. */
  issue(user: string, { days = 2, password }: { days?: number; password?: string } = {}): Issued {
    const file = `${user}-${Math.random().toString(36).slice(2)}`
    const [plain, key] = [this.#path(`${file}.plain`), this.#path(`${file}.key`)]
    const [request, cert] = [this.#path(`${file}.csr`), this.#path(`${file}.pem`)]
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', plain]
    this.#openssl('req', ...curve, '-out', request, '-subj', `/CN=${user}`)
    const signer = ['-CA', this.ca, '-CAkey', this.#path('ca.key'), '-CAcreateserial', '-days', String(days)]
    this.#openssl('x509', '-req', '-in', request, ...signer, '-extfile', this.#path('names'), '-out', cert)
    if (password === undefined) return { cert, key: plain }
    this.#openssl('pkcs8', '-topk8', '-in', plain, '-out', key, '-v2', 'aes-256-cbc', '-passout', `pass:${password}`)
    return { cert, key }
  }

  /** One file with key, certificate and authority, as brokers want it. */
  keystore(user: string): string {
    const { cert, key } = this.issue(user)
    const file = this.#path(`${user}.keystore.pem`)
    writeFileSync(file, [key, cert, this.ca].map(part => readFileSync(part, 'utf8')).join(''))
    return file
  }

  /** A file with this text. */
  file(name: string, text: string): string {
    writeFileSync(this.#path(name), text)
    return this.#path(name)
  }

  end(): void {
    rmSync(this.dir, { recursive: true, force: true })
  }

  #path(name: string): string {
    return join(this.dir, name)
  }

  #openssl(...args: string[]): void {
    const { status, stderr, error } = spawnSync('openssl', args, { encoding: 'utf8' })
    if (status !== 0) throw new Error(`openssl ${args[0]}: ${error?.message ?? stderr}`)
  }
}

/** Settings of a broker's TLS listener. */
export function tlsListener(authority: Authority, clients: 'none' | 'required'): Record<string, string> {
  return {
    'listener.name.tls.ssl.keystore.type': 'PEM',
    'listener.name.tls.ssl.keystore.location': authority.keystore('broker'),
    'listener.name.tls.ssl.truststore.type': 'PEM',
    'listener.name.tls.ssl.truststore.location': authority.ca,
    'listener.name.tls.ssl.client.auth': clients,
  }
}
