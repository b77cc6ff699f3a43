// Ends a compiled job at once where Node runs under a flag that stands in the way. Emitted modules import this first,
// before anything that would fail there with a message of its own.

import { engineFault } from '../../host/engine.ts'

const fault = engineFault()
if (fault !== null) {
  process.stderr.write(`${fault.code}  ${fault.message}\n  ${fault.hint}\n`)
  process.exit(fault.exitCode)
}
