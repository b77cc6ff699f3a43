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
