// What a lambda gets where it reaches outside its log and the compiler did not see it: the same diagnostic, at run
// time.
//
// Promises: any use ends the run (`job-failed`) and never becomes a dead letter, since another run might answer
// differently.

import { LyrebirdError } from '../errors.ts'
import type { Phase } from './phase.ts'

/** Ends the run. `word` is that of the diagnostic whose page says why; `name` is what was used. */
export function forbid(word: string, name: string): never {
  throw new LyrebirdError('job-failed', `the job uses ${name}, which is closed to it (${word})`, {
    where: { word, name },
    hint: `lyrebird explain ${word}`,
  })
}

/**
 * A proxy whose every use is forbidden: calling, constructing, reading, writing, inspecting. Tests for what nobody
 * could have made in a job are false: `value instanceof Buffer`, `Buffer.isBuffer(value)`.
 */
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
    get: (target, property) => (TESTS.has(property) ? isNone : part(target, property)),
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

const TESTS: ReadonlySet<string | symbol> = new Set([Symbol.hasInstance, 'isBuffer'])

const isNone = (): boolean => false

/**
 * A class of the host of which there is no instance: libraries may name it, extend it and test for it at any time.
 * While modules are loaded an instance is an empty object; in a lambda making one, or using a static member, is
 * forbidden.
 */
export function forbiddenClass(phase: Phase, word: string, name: string): unknown {
  const refuse = (part: string): void => {
    if (!phase.loading) forbid(word, part)
  }
  const target = function none(): void {}
  Object.defineProperty(target, 'name', { value: name })
  const made: unknown = new Proxy(target, {
    get(_, property, receiver) {
      if (TESTS.has(property) && receiver === made) return isNone
      if (typeof property === 'string' && !NAMING.has(property)) refuse(`${name}.${property}`)
      return Reflect.get(target, property)
    },
    apply: () => forbid(word, name),
    construct(_, _given, kind) {
      refuse(`new ${name}`)
      return Object.create(kind.prototype as object)
    },
  })
  return made
}

/** What is read to extend or to print a class. */
const NAMING: ReadonlySet<string> = new Set(['prototype', 'name', 'length', 'constructor', 'toString'])

/** An object that is itself while modules are loaded, and forbidden from then on. */
export function forbiddenLater(phase: Phase, word: string, name: string, object: object): object {
  const refuse = (part: string | null): void => {
    if (!phase.loading) forbid(word, part === null ? name : `${name}.${part}`)
  }
  const traps: ProxyHandler<object> = {
    get(target, property, receiver) {
      refuse(typeof property === 'string' ? property : null)
      return Reflect.get(target, property, receiver)
    },
    set(target, property, value, receiver) {
      refuse(typeof property === 'string' ? property : null)
      return Reflect.set(target, property, value, receiver)
    },
    has(target, property) {
      refuse(null)
      return Reflect.has(target, property)
    },
    ownKeys(target) {
      refuse(null)
      return Reflect.ownKeys(target)
    },
    getOwnPropertyDescriptor(target, property) {
      refuse(null)
      return Reflect.getOwnPropertyDescriptor(target, property)
    },
  }
  return new Proxy(object, traps)
}
