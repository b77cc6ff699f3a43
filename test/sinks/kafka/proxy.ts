// A proxy before one broker that knows Kafka's frames: it loses answers of chosen calls after the broker has done what
// was asked, or everything for a time, or all answers.

import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'

/** Keys of calls. */
export const API = { produce: 0, initProducerId: 22, addPartitions: 24, endTransaction: 26 } as const

interface Rule {
  readonly api: number
  /** Answers of the call that still pass. */
  left: number
  readonly fault: 'lost' | 'late'
}

interface Watched {
  readonly api: number
  readonly text: string
  readonly act: () => Promise<void>
}

/** `cut`: nothing passes, and what was sent arrives afterwards. `mute`: requests pass, answers are lost for good. */
type Way = 'open' | 'cut' | 'mute'

const LATE_MS = 6_000
const LENGTH_BYTES = 4

export class KafkaProxy {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  /** Port of the broker; set before anyone connects. */
  target = 0
  #rules: Rule[] = []
  #way: Way = 'open'
  /** What was sent while the way was cut. */
  #held: (() => void)[] = []
  #watched: Watched[] = []
  /** Faults that have happened. */
  faults = 0

  private constructor(server: Server) {
    this.#server = server
    server.on('connection', client => this.#accept(client))
  }

  static async start(): Promise<KafkaProxy> {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    return new KafkaProxy(server)
  }

  get port(): number {
    return (this.#server.address() as { port: number }).port
  }

  /**
   * Loses the answer to the nth call from now on: the connection ends in its place. Or gives it so late that nobody
   * waits any more.
   */
  fail(api: number, nth: number, fault: Rule['fault'] = 'lost'): void {
    this.#rules.push({ api, left: nth - 1, fault })
  }

  /** Where it is open again, what was held up goes on, as with TCP. */
  set way(way: Way) {
    this.#way = way
    if (way === 'cut') return
    for (const pass of this.#held) pass()
    this.#held = []
  }

  /** Holds the next call of an API that contains a text until `act` is done; it is called once. */
  before(api: number, text: string, act: () => Promise<void>): void {
    this.#watched.push({ api, text, act })
  }

  async end(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #accept(client: Socket): void {
    const broker = connect(this.target, '127.0.0.1')
    const apis = new Map<number, number>()
    for (const [socket, other] of [
      [client, broker],
      [broker, client],
    ] as const) {
      this.#sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        this.#sockets.delete(socket)
        other.destroy()
      })
    }
    const requests = frames(frame => {
      const api = frame.readInt16BE(LENGTH_BYTES)
      apis.set(frame.readInt32BE(LENGTH_BYTES + 4), api)
      const found = this.#watched.find(one => one.api === api && frame.includes(one.text))
      if (found === undefined) return this.#pass(() => broker.write(frame))
      this.#watched = this.#watched.filter(one => one !== found)
      void found.act().then(() => this.#pass(() => broker.write(frame)))
    })
    const answers = frames(frame => {
      const correlation = frame.readInt32BE(LENGTH_BYTES)
      const fault = this.#faultOf(apis.get(correlation) ?? -1)
      apis.delete(correlation)
      if (this.#way === 'mute') return
      if (fault === null) this.#pass(() => client.write(frame))
      else if (fault === 'lost') client.destroy()
      else setTimeout(() => client.write(frame), LATE_MS)
    })
    client.on('data', requests)
    broker.on('data', answers)
  }

  #pass(send: () => void): void {
    if (this.#way === 'cut') this.#held.push(send)
    else send()
  }

  #faultOf(api: number): Rule['fault'] | null {
    for (const rule of this.#rules) {
      if (rule.api !== api || rule.left-- > 0) continue
      this.#rules = this.#rules.filter(other => other !== rule)
      this.faults++
      return rule.fault
    }
    return null
  }
}

/** Cuts a stream of bytes into frames, each with its length. */
function frames(take: (frame: Buffer) => void): (bytes: Buffer) => void {
  let rest = Buffer.alloc(0)
  return bytes => {
    rest = Buffer.concat([rest, bytes])
    while (rest.length >= LENGTH_BYTES) {
      const end = LENGTH_BYTES + rest.readInt32BE(0)
      if (rest.length < end) return
      take(rest.subarray(0, end))
      rest = rest.subarray(end)
    }
  }
}
