// Tweets of an evening: CSV fields over several lines, emoji, ids beyond 2^53. Hashtags and ids are checked against a
// loop over the raw file with its own CSV parser.

import { beforeAll, expect, test } from 'vitest'
import type { JobResult } from '../../core/result/result.ts'
import { csvRecords, Groups } from './support/exact.ts'
import { dataBytes, describeData, RealJob } from './support/real-data.ts'

describeData('tweets', () => {
  let job: RealJob
  let tweets: readonly { at: string; id: bigint; text: string }[]
  let whole: JobResult

  beforeAll(async () => {
    const bytes = dataBytes('tweets/tweets.csv.gz')
    tweets = csvRecords(bytes.toString('utf8')).map(([at = '', , id = '', , , , text = '']) => ({
      at,
      id: BigInt(id),
      text,
    }))
    job = await RealJob.compile('tweets')
    await job.append('tweets', bytes, { format: 'csv', partitions: 2 })
    whole = await job.batch('whole', false)
  })

  test('batch, stream and reference agree', { timeout: 300_000 }, async () => {
    await job.toAgree({ records: 12_118, final: false, interleavings: 3, seed: 41 })
    await job.toAgree({ records: 12_118, final: true, interleavings: 1, seed: 42 })
  })

  test('no tweet is lost, late or dead, though many hold line ends and ids that no double can hold', () => {
    expect(tweets.length).toBe(12_118)
    expect(tweets.filter(t => t.text.includes('\n')).length).toBeGreaterThan(100)
    expect(new Set(tweets.map(t => t.id)).size).toBeGreaterThan(new Set(tweets.map(t => Number(t.id))).size)
    expect([whole.late.length, whole.dead.length]).toEqual([0, 0])
  })

  test('hashtags of every ten minutes', () => {
    const counts = new Groups(() => ({ tweets: 0 }))
    for (const { at, text } of tweets) {
      for (const tag of tagsOf(text.toLowerCase()))
        counts.at(`${at.slice(0, 10)}T${at.slice(11, 15)}0:00.000Z ${tag}`).tweets++
    }
    const rows = job.rows(whole, 'hashtags').map(r => [`${r.window?.start} ${r.key}`, r.value])
    expect(counts.size).toBeGreaterThan(1000)
    expect(new Map(rows as [string, number][])).toEqual(new Map([...counts].map(([key, { tweets: n }]) => [key, n])))
  })

  test('emoji have their tweets, and the smallest and largest id to the last digit', () => {
    const emoji = new Groups(() => ({ tweets: 0, oldest: 1n << 64n, newest: 0n }))
    for (const { id, text } of tweets) {
      for (const c of text) {
        if (!/^\p{Extended_Pictographic}$/u.test(c)) continue
        const seen = emoji.at(c)
        seen.tweets++
        if (id < seen.oldest) seen.oldest = id
        if (id > seen.newest) seen.newest = id
      }
    }
    const rows = job.rows(whole, 'emoji').map(r => [r.key, r.value])
    const expected = [...emoji].map(([c, e]) => [c, { ...e, oldest: String(e.oldest), newest: String(e.newest) }])
    expect(emoji.size).toBeGreaterThan(100)
    expect(Object.fromEntries(rows)).toEqual(Object.fromEntries(expected))
  })
})

/** Hashtags character by character: letters, numbers and underscores behind a `#`. */
function tagsOf(text: string): string[] {
  const tags: string[] = []
  let tag = ''
  for (const c of [...text, ' ']) {
    if (tag !== '' && /^[\p{L}\p{N}_]$/u.test(c)) tag += c
    else {
      if (tag.length > 1) tags.push(tag)
      tag = c === '#' ? c : ''
    }
  }
  return tags
}
