// An edited output needs a topic of another name: what is in the old one is a function of the old job.
//
// Promises: refused before anything is computed, with the name of the topic and what to type. Topics of outputs that
// are gone stay refused for good.

import { LyrebirdError } from '../../core/errors.ts'
import type { Plan } from '../../core/plan/plan.ts'
import { findNode } from '../../core/plan/plan-index.ts'
import { writingNodes } from '../../run/outputs.ts'

/** Topics that the old plan writes and the new one does not. */
export const topicsGone = (before: Plan, now: Plan): readonly string[] => {
  const topics = new Set(writingNodes(now).map(({ params }) => params.topic))
  return writingNodes(before)
    .map(({ params }) => params.topic)
    .filter(topic => !topics.has(topic))
}

/** Ids of the nodes whose topics are new. Throws `output-changed`. */
export function newOutputs(before: Plan, now: Plan, retired: readonly string[]): ReadonlySet<string> {
  const topics = new Map(writingNodes(before).map(node => [node.params.topic, node]))
  const fresh = new Set<string>()
  for (const { id, hash, params, kind, at } of writingNodes(now)) {
    if (findNode(before, id)?.hash === hash) continue
    const { topic } = params
    const old = topics.get(topic)
    if (old !== undefined || retired.includes(topic)) {
      const name = now.results.find(({ node }) => node === id)?.name ?? id
      const why = old === undefined ? 'an earlier version of the job has written to it' : 'it was edited'
      const word = kind === 'changes' ? '.changes().to' : '.to'
      throw new LyrebirdError(
        'output-changed',
        `output "${name}" cannot go to topic ${topic}: ${why}, and the topic holds what the old version made of the log`,
        {
          where: { output: name, topic, site: at ?? undefined },
          hint: `write ${word}('${nextName(topic)}') in the job; the topic ${topic} stays as it is`,
        },
      )
    }
    fresh.add(id)
  }
  return fresh
}

/** `orders` -> `orders-2` -> `orders-3`. */
function nextName(topic: string): string {
  const numbered = /^(.*)-(\d{1,4})$/.exec(topic)
  return numbered === null ? `${topic}-2` : `${numbered[1]}-${Number(numbered[2]) + 1}`
}
