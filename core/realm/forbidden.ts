// What a lambda gets where static reading did not see that it reaches outside of its log: the same diagnostic, at run time.
//
// Promises: any use ends the run (`job-failed`) and never becomes a dead letter, since another run might answer differently.

import { LyrebirdError } from '../errors.ts'

/** Ends the run. `word` is that of the diagnostic whose page says why; `name` is what was used. */
export function forbid(word: string, name: string): never {
  throw new LyrebirdError('job-failed', `the job uses ${name}, which is closed to it (${word})`, {
    where: { word, name },
    hint: `lyrebird explain ${word}`,
  })
}

/** A stand-in whose every use is forbidden: calling, constructing, reading, writing, looking at. */
export function forbidden(word: string, name: string): unknown {
  // Not an arrow: `new` must find something that can be constructed.
  const refuse = function refuse(): never {
    return forbid(word, name)
  }
  const part = (_target: unknown, property: string | symbol): never =>
    forbid(word, typeof property === 'string' ? `${name}.${property}` : name)
  return new Proxy(refuse, {
    apply: refuse,
    construct: refuse,
    get: part,
    set: part,
    has: refuse,
    ownKeys: refuse,
    getPrototypeOf: refuse,
    setPrototypeOf: refuse,
    defineProperty: refuse,
    deleteProperty: refuse,
    getOwnPropertyDescriptor: refuse,
  })
}
