// `Function` and `eval` inside the realm: what is made from text sees the names of the realm and nothing else.
//
// Promises: strict mode, whatever the text says, since the `this` of sloppy functions would be the host's global
// object. `return this`, by which libraries look for that object, gives the realm's.
// Not here: refusing an author's own use (`compiler/2-check`). Where the process does not allow code from strings
// (`--disallow-code-generation-from-strings`), the engine throws its EvalError.

import type { Phase } from './phase.ts'

/** How functions made from text see the realm. */
interface Scope {
  readonly phase: Phase
  /** Names and what they mean, the same for all time. */
  readonly fixed: Readonly<Record<string, unknown>>
  /** Names that mean something else once loading has ended. */
  readonly late: readonly string[]
  /** What these mean now. */
  readonly meanings: () => readonly unknown[]
  readonly globalThis: () => object
}

interface ClosedFunction {
  readonly Function: unknown
  readonly eval: (text: unknown) => unknown
  /** Gives functions that were made while loading the late names' later meanings. */
  close(): void
}

const HostFunction = Function

export function closedFunction(scope: Scope): ClosedFunction {
  const made: ((meanings: readonly unknown[]) => void)[] = []
  const compile = (text: string): unknown => {
    const names = Object.keys(scope.fixed)
    const { late } = scope
    const body = `'use strict'
return [later => { [${late.join(', ')}] = later }, ${text}]`
    const values = [...names.map(name => scope.fixed[name]), ...scope.meanings()]
    const [later, value] = new HostFunction(...names, ...late, body)(...values) as [(typeof made)[0], unknown]
    if (scope.phase.loading) made.push(later)
    return value
  }
  function ClosedFunction(...given: unknown[]): unknown {
    const parameters = given.slice(0, -1).map(String)
    const body = given.length === 0 ? '' : String(given.at(-1))
    if (parameters.length === 0 && RETURN_THIS.test(body)) return () => scope.globalThis()
    // Parameters and body are each checked by themselves, as the engine's own constructor does.
    new HostFunction(...parameters, body)
    return compile(`function anonymous(${parameters.join(',')}\n) {\n${body}\n}`)
  }
  ClosedFunction.prototype = HostFunction.prototype
  Object.defineProperty(ClosedFunction, 'name', { value: 'Function', configurable: true })
  return {
    Function: ClosedFunction,
    eval: text => (typeof text === 'string' ? compile(`(${text}\n)`) : text),
    close: () => {
      for (const later of made.splice(0)) later(scope.meanings())
    },
  }
}

const RETURN_THIS = /^\s*(?:['"]use strict['"];?\s*)?return\s+this\s*;?\s*$/
