// The validation cases of ksqlDB: each as a job, whose final values are compared with the expected ones.
//
// Promises: a case agrees, or differs by a decision of the contract whose rule makes both sides equal, or cannot be
// expressed; nothing else is green. Batch, stream and reference agree on every job. Skips, with a message, where the
// cases are absent.

import { describe, expect, it } from 'vitest'
import { reference } from '../../../core/reference/reference.ts'
import { firstDifference } from '../../support/executors.ts'
import { programOf } from '../../support/run-job.ts'
import { type Case, casesThere, fedTopics, logOf, readCases } from './cases.ts'
import { expectedLines, ownLines } from './compare.ts'
import { parseStatement } from './sql.ts'
import { NotExpressible, toJob } from './to-job.ts'
import { DECISIONS, DIFFERS, NO_WORDS, REFUSED } from './verdicts.ts'

if (!casesThere) console.warn('SKIPPED: the cases of ksqlDB, since ../shared/golden/ksql is not there')

const cases = casesThere ? readCases() : []
const made = (c: Case): ReturnType<typeof toJob> => toJob(c.statements.map(parseStatement), c.properties, fedTopics(c))

describe.skipIf(!casesThere)('cases of ksqlDB', () => {
  it('are all present, each with one verdict', () => {
    const names = cases.map(c => c.name)
    expect(new Set(names).size).toBe(145)
    expect(Object.keys({ ...DIFFERS, ...NO_WORDS }).filter(name => !names.includes(name))).toEqual([])
    expect(Object.keys(DIFFERS).filter(name => name in NO_WORDS)).toEqual([])
    const differ = Object.keys(DIFFERS).length
    const without = Object.keys(NO_WORDS).length + cases.filter(c => c.refused).length
    console.log(
      `ksqlDB: ${names.length} cases, ${names.length - differ - without} agree, ${differ} differ by decision, ${without} have no words`,
    )
  })

  const expressible = cases.filter(c => !c.refused && !(c.name in NO_WORDS))
  it.each(expressible.map(c => [c.name, c] as const))('%s', (name, c) => {
    const job = made(c)
    const program = programOf(job.job)
    const log = logOf(c)
    const result = reference(program, log, { final: true })
    const [expected, own] = [expectedLines(c, job), ownLines(result, job)]
    const decision = DIFFERS[name]
    if (decision === undefined) expect(own).toEqual(expected)
    else {
      expect(own, 'a case that agrees needs no decision').not.toEqual(expected)
      expect(DECISIONS[decision].explains(expected, own), [decision, ...expected, '---', ...own].join('\n')).toBe(true)
    }
    expect(firstDifference(program, log, result, { final: true, seed: 1 })).toBeNull()
  })

  const without = cases.filter(c => !c.refused && c.name in NO_WORDS)
  it.each(without.map(c => [c.name, c] as const))('%s cannot be expressed', (_, c) => {
    expect(() => made(c)).toThrow(NotExpressible)
  })

  it('statements that must be refused are checks of SQL itself', () => {
    expect(cases.filter(c => c.refused).map(c => c.name)).toEqual(REFUSED)
  })
})
