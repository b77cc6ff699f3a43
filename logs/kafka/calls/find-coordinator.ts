// FindCoordinator v4: the broker that coordinates the transactions of a transactional id.

import { type ApiCall, WireReader, WireWriter } from './wire.ts'

interface Coordinator {
  readonly error: number
  /** Why there is none; null where the broker says nothing. */
  readonly message: string | null
  readonly node: number
}

const TRANSACTIONS = 1

export function findCoordinatorCall(transactionalId: string): ApiCall<Coordinator> {
  return {
    apiKey: 10,
    apiVersion: 4,
    apiName: 'FindCoordinator',
    encode() {
      const w = new WireWriter().tags().i8(TRANSACTIONS)
      return w
        .array([transactionalId], id => w.string(id))
        .tags()
        .done()
    },
    decode(bytes) {
      const r = new WireReader(bytes)
      r.tags()
      r.i32() // throttle time
      const [first] = r.array(() => {
        r.string() // id
        const node = r.i32()
        r.string() // host
        r.i32() // port
        const found = { node, error: r.i16(), message: r.nullableString() }
        r.tags()
        return found
      })
      if (first === undefined) throw new RangeError('no coordinator in the answer')
      return first
    },
  }
}
