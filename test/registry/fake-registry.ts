// A fake schema registry: as much of the REST interface of Confluent's as the tests need, in memory.
//
// Promises: a free loopback port; schemas keep their id, the same schema has the same one under every subject;
// registering refuses what is no schema (42201), and Avro that cannot read the version before it (409), as avsc finds
// it. The faults of a test come before any answer, in their order. Not a real one: no contexts, no normalising.

import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import avsc from 'avsc'
import protobuf from 'protobufjs'

interface Reference {
  readonly name: string
  readonly subject: string
  readonly version: number
}

interface Stored {
  readonly id: number
  readonly schema: string
  readonly schemaType: string
  readonly references: readonly Reference[]
}

interface Version {
  readonly version: number
  readonly stored: Stored
  deleted: boolean
}

/** What happens to one request instead of an answer. */
export type Fault =
  | { readonly status: number; readonly body?: string; readonly headers?: Readonly<Record<string, string>> }
  | 'reset'
  | 'hang'
  | 'cut'

export interface FakeRegistryOptions {
  /** The header that every request must have. */
  readonly authorization?: string
  readonly tls?: { readonly key: string; readonly cert: string }
}

export interface FakeRegistry {
  readonly url: string
  /** `METHOD /path` of every request. */
  readonly asked: string[]
  /** Faults of the next requests. */
  readonly faults: Fault[]
  /** Registers without a look at what the schema is. Returns its id. */
  put(subject: string, schema: string | object, more?: Partial<Stored>): number
  /** Deletes a version softly. */
  delete(subject: string, version: number): void
  end(): Promise<void>
}

export async function fakeRegistry(options: FakeRegistryOptions = {}): Promise<FakeRegistry> {
  const content = new Content()
  const asked: string[] = []
  const faults: Fault[] = []
  const sockets = new Set<Socket>()
  const listener: RequestListener = (request, response) => {
    asked.push(`${request.method} ${request.url}`)
    void answer(content, options, faults.shift(), request, response)
  }
  const server = options.tls === undefined ? createServer(listener) : createTlsServer(options.tls, listener)
  server.on('connection', (socket: Socket) => sockets.add(socket.on('close', () => sockets.delete(socket))))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `${options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    asked,
    faults,
    put: (subject, schema, more = {}) =>
      content.add(subject, {
        schema: typeof schema === 'string' ? schema : JSON.stringify(schema),
        schemaType: 'AVRO',
        references: [],
        ...more,
      }).id,
    delete: (subject, version) => {
      const found = content.subjects.get(subject)?.find(one => one.version === version)
      if (found !== undefined) found.deleted = true
    },
    async end() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

class Refusal extends Error {
  readonly status: number
  readonly code: number

  constructor(status: number, code: number, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

async function answer(
  content: Content,
  { authorization }: FakeRegistryOptions,
  fault: Fault | undefined,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  const say = (status: number, body: unknown): void => {
    response.writeHead(status, { 'content-type': 'application/vnd.schemaregistry.v1+json' }).end(JSON.stringify(body))
  }
  if (fault === 'hang') return
  if (fault === 'reset') return void request.socket.resetAndDestroy()
  if (fault === 'cut')
    return void response.writeHead(200, { 'content-length': '1000' }).write('[', () => request.socket.destroy())
  if (fault !== undefined) return void response.writeHead(fault.status, fault.headers).end(fault.body ?? '')
  try {
    if (authorization !== undefined && request.headers.authorization !== authorization) {
      throw new Refusal(401, 40101, `User cannot be authenticated with ${request.headers.authorization}`)
    }
    say(200, routed(content, request, Buffer.concat(parts).toString()))
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    say(error.status, { error_code: error.code, message: error.message })
  }
}

function routed(content: Content, { method, url = '' }: IncomingMessage, body: string): unknown {
  const { pathname, searchParams } = new URL(url, 'http://registry')
  const path = pathname.split('/').slice(1).map(decodeURIComponent)
  const deleted = searchParams.get('deleted') === 'true'
  const [first, second = '', third, fourth] = path
  if (method === 'POST' && first === 'subjects' && third === 'versions' && path.length === 3) {
    return { id: content.register(second, body) }
  }
  if (method === 'GET' && pathname === '/config') return { compatibilityLevel: 'BACKWARD' }
  if (method === 'GET' && pathname === '/subjects') return content.names(deleted)
  if (method === 'GET' && first === 'subjects' && third === 'versions') {
    if (path.length === 3) return content.versions(second, deleted).map(({ version }) => version)
    return content.version(second, fourth ?? '', deleted)
  }
  if (method === 'GET' && first === 'schemas' && second === 'ids' && path.length === 3) return content.byId(third ?? '')
  throw new Refusal(404, 404, 'HTTP 404 Not Found')
}

class Content {
  readonly subjects = new Map<string, Version[]>()
  readonly #ids = new Map<number, Stored>()
  #next = 1

  add(subject: string, given: Omit<Stored, 'id'> & { readonly id?: number }): Stored {
    const key = JSON.stringify([given.schema, given.schemaType, given.references])
    const same = [...this.#ids.values()].find(
      one => JSON.stringify([one.schema, one.schemaType, one.references]) === key,
    )
    const stored: Stored = same ?? { ...given, id: given.id ?? this.#next }
    this.#next = Math.max(this.#next, stored.id + 1)
    this.#ids.set(stored.id, stored)
    const versions = this.subjects.get(subject) ?? []
    this.subjects.set(subject, versions)
    if (!versions.some(one => one.stored === stored)) {
      versions.push({ version: versions.length + 1, stored, deleted: false })
    }
    return stored
  }

  names(deleted: boolean): string[] {
    return [...this.subjects].filter(([, all]) => deleted || all.some(one => !one.deleted)).map(([name]) => name)
  }

  versions(subject: string, deleted: boolean): Version[] {
    const found = (this.subjects.get(subject) ?? []).filter(one => deleted || !one.deleted)
    if (found.length === 0) throw new Refusal(404, 40401, `Subject '${subject}' not found.`)
    return found
  }

  version(subject: string, name: string, deleted: boolean): object {
    const found = this.versions(subject, deleted)
    const one = name === 'latest' ? found.at(-1) : found.find(({ version }) => String(version) === name)
    if (one === undefined) throw new Refusal(404, 40402, `Version ${name} not found.`)
    return { subject, version: one.version, id: one.stored.id, ...shown(one.stored) }
  }

  byId(text: string): object {
    const stored = this.#ids.get(Number(text))
    if (stored === undefined) throw new Refusal(404, 40403, `Schema ${text} not found`)
    return shown(stored)
  }

  register(subject: string, body: string): number {
    const { schema, schemaType = 'AVRO', references = [] } = JSON.parse(body) as Partial<Stored>
    if (schema === undefined) throw new Refusal(422, 42201, 'Empty schema')
    this.#mustBeSchema(schema, schemaType, references)
    const before = this.subjects.get(subject)?.findLast(one => !one.deleted)?.stored
    if (before !== undefined && schemaType === 'AVRO') mustRead(subject, schema, before.schema)
    return this.add(subject, { schema, schemaType, references }).id
  }

  #mustBeSchema(schema: string, schemaType: string, references: readonly Reference[]): void {
    for (const { subject, version } of references) this.version(subject, String(version), true)
    try {
      if (schemaType === 'PROTOBUF') protobuf.parse(schema)
      else if (references.length === 0) avsc.Type.forSchema(JSON.parse(schema))
    } catch (error) {
      throw new Refusal(
        422,
        42201,
        `Invalid schema ${schema} with refs [] of type ${schemaType}, details: ${String(error)}`,
      )
    }
  }
}

/** Avro has no type in the answers, and nothing says that there are no references. */
function shown({ schema, schemaType, references }: Stored): object {
  return {
    schema,
    ...(schemaType === 'AVRO' ? {} : { schemaType }),
    ...(references.length === 0 ? {} : { references }),
  }
}

function mustRead(subject: string, schema: string, before: string): void {
  const type = (text: string): avsc.Type => avsc.Type.forSchema(JSON.parse(text), { wrapUnions: true })
  try {
    type(schema).createResolver(type(before))
  } catch (error) {
    const reasons = `[{errorType:'READER_FIELD_MISSING_DEFAULT_VALUE', description:'${String(error)}'}]`
    throw new Refusal(
      409,
      409,
      `Schema being registered is incompatible with an earlier schema for subject "${subject}", details: ${reasons}`,
    )
  }
}
