// Makes log/: a short text of our own, line by line over two partitions. Always the same bytes.
//
//     node examples/word-count/make-log.mjs

import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const LOG = join(dirname(fileURLToPath(import.meta.url)), 'log', 'text')

const TEXT = `The bird that we are named after repeats what it hears,
and repeats it exactly: a whistle, a saw, another bird.

Tell it a story at noon and it will tell the story at night.
Tell it the same story twice and it will not tell it four times.

What was heard in the morning and what is heard right now
are one song to it; the song has no seam.
What was heard too late is kept apart, and is not forgotten.

Count the words of the song from the beginning,
or count them one by one as they are sung:
the count of the words is the count of the words.

La même chanson, Ωραίο τραγούδι, 같은 노래: it repeats them all.`

rmSync(LOG, { recursive: true, force: true })
const all = TEXT.split('\n')
for (const partition of [0, 1]) {
  const directory = join(LOG, `partition=${partition}`)
  mkdirSync(directory, { recursive: true })
  const lines = all.filter((_, number) => number % 2 === partition)
  writeFileSync(join(directory, `text+${partition}+0000000000.json`), `${lines.join('\n')}\n`)
}
