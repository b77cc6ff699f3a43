// What a run says while it goes on: a sentence for people, and the same as data for programs.
//
// Promises: names of events and fields are stable; counts and times are numbers.
// Not here: where it is printed (the callers), and how as JSON (`json-log.ts`).

type NoticeEvent =
  | 'listening'
  | 'following'
  | 'phase'
  | 'log-away'
  | 'log-back'
  | 'sink-away'
  | 'sink-back'
  | 'held-back'
  | 'ticking'
  | 'no-ticks'
  | 'ticks-again'
  | 'upgrade'
  | 'stopping'
  | 'stopped'
  | 'note'
  | 'warning'
  | 'waiting'
  | 'ended'
  | 'failed'

export interface Notice {
  readonly event: NoticeEvent
  readonly level: 'info' | 'warn' | 'error'
  /** Without a line end. */
  readonly text: string
  readonly fields: Readonly<Record<string, unknown>>
}

export type Tell = (notice: Notice) => void

/** Tells sentences of an upgrade, or of a state that is handed over to one. */
export const tellingUpgrade =
  (tell: Tell | undefined) =>
  (text: string): void =>
    tell?.({ event: 'upgrade', level: 'info', text, fields: {} })
