// Every window of the language as a random job writes it.
//
// Promises: one entry for each kind of the plan; a kind without one is a type error.

import type { WindowSpec } from '../../../core/plan/plan.ts'
import type { Draw } from '../draw.ts'
import type { Shape } from '../shape.ts'

export interface WindowWord {
  readonly gives: Shape
  /** `tumbling('10s')`; null for no window. */
  readonly text: (draw: Draw) => string | null
}

export const WINDOWS: Readonly<Record<WindowSpec['kind'], WindowWord>> = {
  global: { gives: 'global', text: () => null },
  tumbling: {
    gives: 'timed',
    text: draw =>
      draw.oneOf(["tumbling('10s')", "tumbling('7s', { offset: '3s' })", "tumbling('1m')", "tumbling('1ms')"]),
  },
  hopping: {
    gives: 'timed',
    text: draw =>
      draw.oneOf(["hopping('20s', '5s')", "hopping('10s', '10s')", "hopping('7s', '3s', { offset: '1s' })"]),
  },
  session: { gives: 'session', text: draw => draw.oneOf(["session('5s')", "session('1ms')", "session('1m')"]) },
  calendar: {
    gives: 'timed',
    text: draw =>
      draw.oneOf([
        "calendar('day', { tz: 'Europe/Berlin' })",
        "calendar('month', { tz: 'UTC' })",
        "calendar('week', { tz: 'Australia/Lord_Howe' })",
        "calendar('day', { tz: 'America/Sao_Paulo' })",
      ]),
  },
}
