// Where the command line writes: data to stdout, messages to stderr, a progress line where stderr is a terminal.
//
// Promises: no colour and no progress unless stderr is a terminal; NO_COLOR and --no-color are obeyed; a slow reader of
// stdout slows the command down instead of filling its memory.

import { once } from 'node:events'
import picocolors from 'picocolors'
import type { Tell } from '../../run/notices/notice.ts'

type Colours = ReturnType<typeof picocolors.createColors>

export interface Terminal {
  /** Writes a line of data. Await the result from time to time: it is the back pressure of the reader. */
  data(line: string): Promise<void> | undefined
  /** Writes a line for people to stderr. */
  talk(line: string): void
  /** Says it to people, or as JSON where that was asked for. */
  readonly tell: Tell
  /** What is said is JSON, and there is no text for people. */
  readonly json: Tell | null
  /** Shows a line that the next one overwrites; null removes it. Nothing where stderr is no terminal. */
  progress(line: string | null): void
  /** Whether `progress` shows anything. */
  readonly shows: boolean
  /** Colours for stderr, and for stdout. */
  readonly colours: Colours
  readonly dataColours: Colours
  /** Writes out buffered data. */
  flush(): Promise<void>
}

const BUFFER_LENGTH = 1 << 16

/** `json` takes what is said instead of stderr. */
export function newTerminal(json: Tell | null = null): Terminal {
  const { stdout, stderr } = process
  let waiting = ''
  let line = ''
  const clear = (): void => {
    if (line !== '') stderr.write('\r\u001b[K')
  }
  const flush = async (): Promise<void> => {
    const text = waiting
    waiting = ''
    if (text !== '' && !stdout.write(text)) await once(stdout, 'drain')
  }
  const talk = (text: string): void => {
    if (json !== null) return json({ event: 'note', level: 'info', text, fields: {} })
    clear()
    stderr.write(`${text}\n`)
    if (line !== '') stderr.write(line)
  }
  return {
    data(text) {
      waiting += `${text}\n`
      return waiting.length < BUFFER_LENGTH ? undefined : flush()
    },
    talk,
    tell: json ?? (({ text }) => talk(text)),
    json,
    progress(text) {
      if (!stderr.isTTY || json !== null) return
      clear()
      line = text === null ? '' : text.slice(0, Math.max(10, (stderr.columns || 80) - 1))
      stderr.write(line)
    },
    shows: stderr.isTTY === true && json === null,
    colours: picocolors.createColors(json === null && isColoured(stderr)),
    dataColours: picocolors.createColors(isColoured(stdout)),
    flush,
  }
}

function isColoured(stream: NodeJS.WriteStream): boolean {
  if ((process.env.NO_COLOR ?? '') !== '' || process.argv.includes('--no-color')) return false
  return (stream.isTTY === true && process.env.TERM !== 'dumb') || (process.env.FORCE_COLOR ?? '') !== ''
}
