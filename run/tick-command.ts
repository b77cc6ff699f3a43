// The command that writes a tick into a partition, for messages.

import { timeText } from '../core/time/time-text.ts'

/** `partition` as `topic/partition`, `time` in ms; without a time the command says TIME. */
export const tickCommand = (log: string, partition: string, time: number | null): string =>
  `lyrebird tick ${partition} --at ${time === null ? 'TIME' : timeText(time)} --log ${log}`
