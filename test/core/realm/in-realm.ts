// Evaluates text in a closed realm, as an emitted module evaluates the author's code.

import { closedRealm, LATE_NAMES, REALM_NAMES } from '../../../core/realm/closed-realm.ts'

/** `load` is evaluated while modules are loaded; what it gives is `kept` for the expression, which is a lambda's. */
export function inRealm(expression: string, load = 'undefined', realm = closedRealm()): unknown {
  const text = `'use strict'
const kept = ${load}
;[${LATE_NAMES.join(', ')}] = closeRealm()
return ${expression}`
  const run = new Function(...REALM_NAMES, 'closeRealm', text)
  return run(...REALM_NAMES.map(name => realm.names[name]), realm.close)
}
