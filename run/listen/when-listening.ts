// Waits until a server listens.

import type { Server } from 'node:net'
import { LyrebirdError } from '../../core/errors.ts'

/** `shown`: what was asked for, as people typed it. Throws `usage` with the hint where it cannot listen there. */
export function whenListening(server: Pick<Server, 'once'>, shown: string, hint: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const why = cause.code === 'EADDRINUSE' ? 'is in use' : `cannot be listened on (${cause.code ?? cause.message})`
      reject(new LyrebirdError('usage', `${shown} ${why}`, { hint, cause }))
    })
    server.once('listening', resolve)
  })
}
