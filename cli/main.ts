// Entry of the command line: runs one command and sets the exit code.
//
// Promises: data on stdout, messages on stderr; exit codes of core/errors.ts; a reader that closes stdout (`| head`)
// ends the command quietly; an error that is not a typed failure is a bug of lyrebird, exit 70. The commands are in
// `commands/`.

import { CommanderError } from 'commander'
import { EXIT } from '../core/errors.ts'
import { engineFault } from '../host/engine.ts'
import { jsonTeller } from '../run/notices/log-format.ts'
import { runInAnotherProcess, wantsAnotherProcess } from './another-process.ts'
import { reportFailure } from './output/failure.ts'
import { newTerminal, type Terminal } from './output/terminal.ts'
import { buildProgram } from './program.ts'

export async function main(argv: readonly string[]): Promise<void> {
  const terminal = newTerminal(await jsonTeller(argv))
  process.stdout.on('error', quitQuietly)
  process.stderr.on('error', quitQuietly)
  process.exitCode = await run(argv, terminal)
}

async function run(argv: readonly string[], terminal: Terminal): Promise<number> {
  const ended = { code: EXIT.ok as number }
  try {
    const fault = engineFault()
    if (fault !== null) throw fault
    await buildProgram(terminal, ended).parseAsync([...argv], { from: 'user' })
    await terminal.flush()
    return ended.code
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.ok
    if (wantsAnotherProcess(error, argv))
      return await runInAnotherProcess(argv).catch(e => reportFailure(e, terminal, argv))
    return reportFailure(error, terminal, argv)
  }
}

function quitQuietly(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit(EXIT.ok)
  throw error
}
