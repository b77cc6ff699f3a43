// A module of Node that a library imports: absent while modules are loaded, closed from then on.
//
// Promises: whatever a library does with it while it is loaded does nothing and throws nothing: members, calls, classes
// that extend one of its classes. Any use in a lambda ends the run.

import { forbid } from './forbidden.ts'
import type { Phase } from './phase.ts'

const WORD = 'outside-world'

/** `name`: the module's, or that of a member: `node:util.inspect`. */
export function hostModule(phase: Phase, name: string): unknown {
  const members = new Map<string, unknown>()
  const check = (part: string): void => {
    if (!phase.loading) forbid(WORD, part)
  }
  // Not an arrow function, which has no prototype for classes that extend it.
  const target = function absent(): void {}
  const nothing: unknown = new Proxy(target, {
    get(_, property) {
      if (property === 'prototype') return target.prototype
      check(typeof property === 'string' ? `${name}.${property}` : name)
      if (property === Symbol.toPrimitive) return () => ''
      if (typeof property === 'symbol' || NO_MEMBERS.has(property)) return undefined
      const member = members.get(property) ?? hostModule(phase, `${name}.${property}`)
      members.set(property, member)
      return member
    },
    set: () => true,
    apply() {
      check(name)
      return nothing
    },
    construct(_, _given, made) {
      check(name)
      return Object.create(made.prototype as object)
    },
    // By which the bundler's helpers find members that are no own properties.
    getPrototypeOf: () => nothing as object,
  })
  return nothing
}

/** What would make a module or a promise of it. */
const NO_MEMBERS: ReadonlySet<string> = new Set(['__esModule', 'then', 'default'])
