// Hourly page views by country: how many, how many bytes, how many visitors.

import { count, countDistinct, job, source, sum, tumbling } from 'lyrebird'

interface PageView {
  at: string
  user: string
  page: string
  country: string
  bytes: number
}

const views = source<PageView>('page-views', { time: v => Date.parse(v.at), disorder: '30s' })

const traffic = views
  .filter(v => !v.page.startsWith('/health'))
  .keyBy(v => v.country)
  .window(tumbling('1h'))
  .aggregate({ views: count(), bytes: sum(v => v.bytes), visitors: countDistinct(v => v.user) })

export default job('page-views', { traffic })
