// SIGINT and SIGTERM ask a run to commit and end; a second one ends it at once.

import type { Terminal } from './output/terminal.ts'

const CODE = { SIGINT: 130, SIGTERM: 143 } as const

/** Listens until it is disposed of. */
export function stopping(terminal: Terminal): { readonly signal: AbortSignal; dispose(): void } {
  const controller = new AbortController()
  const onSignal = (signal: keyof typeof CODE): void => {
    if (controller.signal.aborted) process.exit(CODE[signal])
    const text = 'committing; once more to end at once'
    terminal.tell({ event: 'stopping', level: 'info', text, fields: { signal } })
    controller.abort()
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  return {
    signal: controller.signal,
    dispose() {
      process.off('SIGINT', onSignal)
      process.off('SIGTERM', onSignal)
    },
  }
}
