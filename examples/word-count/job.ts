// Counts words: the first example of many a system for streams, Summingbird's too.

import { job, lines, source } from 'lyrebird'

// A text has no time of its own. The number of the line takes its place, so that no line is late.
const text = source('text', { format: lines(), time: (_line, record) => Number(record.offset) })

const words = text
  .flatMap(line => line.toLowerCase().match(/\p{Letter}+/gu) ?? [])
  .keyBy(word => word)
  .count()

export default job('word-count', { words })
