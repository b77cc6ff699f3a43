// What a run says as JSON lines on stderr: for whatever collects the logs of a machine.
//
// Promises: one object a line, with `level`, `time` (ISO 8601), `pid`, `event` and `msg` first and the fields of the
// notice beside them; a line is written before the process can end. Loaded only where it is asked for.
// Not here: what is said (`notice.ts` and its callers).

import { destination, pino, stdTimeFunctions } from 'pino'
import type { Tell } from './notice.ts'

const STDERR = 2

export function jsonLog(): Tell {
  const logger = pino(
    {
      base: { pid: process.pid },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: label => ({ level: label }) },
    },
    destination({ fd: STDERR, sync: true }),
  )
  return ({ event, level, text, fields }) => logger[level]({ event, ...fields }, text)
}
