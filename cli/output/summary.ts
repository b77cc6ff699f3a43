// Prints the summary at the end of a run: as text on stderr, or as JSON on stdout.

import { summaryLines } from '../../run/command-line/summary-text.ts'
import { summaryNotices } from '../../run/notices/summary-notices.ts'
import type { RunSummary } from '../../run/summary.ts'
import type { Terminal } from './terminal.ts'

export async function tellSummary(
  summary: RunSummary,
  json: boolean,
  state: string,
  terminal: Terminal,
): Promise<void> {
  terminal.progress(null)
  if (terminal.json !== null) for (const notice of summaryNotices(summary)) terminal.json(notice)
  if (json) {
    await terminal.data(JSON.stringify(summary))
    return
  }
  if (terminal.json !== null) return
  const { colours } = terminal
  for (const line of summaryLines(summary)) terminal.talk(line.startsWith('warning: ') ? colours.yellow(line) : line)
  // For people only, not for scripts.
  if (!terminal.shows) return
  for (const next of nextCommands(summary, state)) terminal.talk(colours.dim(`  next: ${next}`))
}

function nextCommands({ views, late, dead }: RunSummary, state: string): readonly string[] {
  const first = views[0] === undefined ? [] : [`lyrebird query ${views[0].name} --state ${state}`]
  if (dead > 0) return [...first, `lyrebird query @dead-letters --state ${state}`]
  return late > 0 ? [...first, `lyrebird query @late --state ${state}`] : first
}
