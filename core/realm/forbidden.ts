// What a lambda gets where it reaches outside its log and the compiler did not see it: the same diagnostic, at run
// time.
//
// Promises: any use ends the run (`job-failed`) and never becomes a dead letter, since another run might answer
// differently.

import { LyrebirdError } from '../errors.ts'

/** Ends the run. `word` is that of the diagnostic whose page says why; `name` is what was used. */
export function forbid(word: string, name: string): never {
  throw new LyrebirdError('job-failed', `the job uses ${name}, which is closed to it (${word})`, {
    where: { word, name },
    hint: `lyrebird explain ${word}`,
  })
}

/** A proxy whose every use is forbidden: calling, constructing, reading, writing, inspecting. */
export function forbidden(word: string, name: string): unknown {
  // Not an arrow function, which `new` could not construct.
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
