// The author's bundle as the body of a function whose parameters are the names of the closed realm.
//
// Promises: names that the bundle declares itself shadow those of the realm; when its modules have been evaluated, the
// names that were absent until then are closed.

import { LATE_NAMES, REALM_NAMES } from '../../core/realm/closed-realm.ts'

/** Gives the realm's stand-in for a module of Node. */
export const HOST_MODULE = 'lyrebirdHostModule'

/**
 * Parameters of the function, in order: those of a CommonJS module, the realm's names, and the realm's `hostModule` and
 * `close`.
 */
export const PARAMETERS: readonly string[] = ['exports', 'module', 'require', ...REALM_NAMES, HOST_MODULE, 'closeRealm']

/** What stands before the code, in whole lines, and after it. */
export const BEFORE = `'use strict'
;(() => {
`
export const AFTER = `
})()
;[${LATE_NAMES.join(', ')}] = closeRealm()
`
