// ApiVersions v3: which calls a broker speaks, and which features the cluster has finalised (KIP-584).

import { type ApiCall, WireReader, WireWriter } from './wire.ts'

interface ApiVersions {
  readonly error: number
  /** Greatest version of each call, by its key. */
  readonly greatest: ReadonlyMap<number, number>
  /** Levels of finalised features, by name. */
  readonly features: ReadonlyMap<string, number>
}

const FINALISED_FEATURES = 2

export function apiVersionsCall(): ApiCall<ApiVersions> {
  return {
    apiKey: 18,
    apiVersion: 3,
    apiName: 'ApiVersions',
    encode: () => new WireWriter().tags().string('lyrebird').string('1').tags().done(),
    decode(bytes) {
      // The answer's head has no tagged fields, whatever the version: old brokers must be able to answer.
      const r = new WireReader(bytes)
      const error = r.i16()
      const greatest = new Map(
        r.array(() => {
          const key = r.i16()
          r.i16() // least version
          const most = r.i16()
          r.tags()
          return [key, most] as const
        }),
      )
      r.i32() // throttle time
      const features = new Map<string, number>()
      r.tags((tag, field) => {
        if (tag !== FINALISED_FEATURES) return
        field.array(() => {
          const name = field.string()
          features.set(name, field.i16())
          field.i16() // least level
          field.tags()
        })
      })
      return { error, greatest, features }
    },
  }
}
