// Tweets of an evening: text over several lines, hashtags, emoji, ids beyond 2^53.

import { count, csv, job, max, min, source, tumbling } from 'lyrebird'

interface Tweet {
  created_at: string
  emojis: string
  id: bigint
  link: string
  retweeted: string
  screen_name: string
  text: string
}

const tweets = source('tweets', {
  format: csv<Tweet>({ columns: ['created_at', 'emojis', 'id', 'link', 'retweeted', 'screen_name', 'text'] }),
  time: t => Date.parse(`${t.created_at.replace(' ', 'T')}Z`),
})

const hashtags = tweets
  .flatMap(t => t.text.toLowerCase().match(/#[\p{L}\p{N}_]+/gu) ?? [])
  .keyBy(tag => tag)
  .window(tumbling('10m'))
  .count()

const emoji = tweets
  .keyBy(t => [...t.text].filter(c => /\p{Extended_Pictographic}/u.test(c)))
  .flatMapKeys(list => list)
  .aggregate({ tweets: count(), oldest: min(t => t.id), newest: max(t => t.id) })

export default job('tweets', { hashtags, emoji })
