// Half a million invoice lines keyed by country: heavy ties, returns, customers without a number. Counts, exact sums
// and extremes are checked against a loop over the raw file with big integers.

import { beforeAll, expect, test } from 'vitest'
import type { JobResult } from '../../core/result/result.ts'
import { csvRecords, ExactSum, Groups } from './support/exact.ts'
import { dataBytes, describeData, RealJob } from './support/real-data.ts'

/** Invoice, stock code, description, quantity, date, unit price, customer, country. */
type Line = [string, string, string, string, string, string, string, string]

interface Customer {
  readonly spent: ExactSum
  first: string
  last: string
  readonly countries: Set<string>
}

describeData('retail', () => {
  const LINES = 541_909
  let job: RealJob
  let lines: readonly Line[]
  let whole: JobResult

  beforeAll(async () => {
    const bytes = dataBytes('retail/invoices.csv.gz')
    lines = csvRecords(bytes.toString('utf8')) as Line[]
    job = await RealJob.compile('retail')
    await job.append('invoices', bytes, { format: 'csv', key: 'Country', partitions: 4 })
    whole = await job.batch('whole', false)
  })

  test('batch, stream and reference agree', { timeout: 300_000 }, async () => {
    await job.toAgree({ records: LINES, final: false, interleavings: 2, seed: 31 })
  })

  test('no line is lost, late or dead', () => {
    expect(lines.length).toBe(LINES)
    expect([whole.late.length, whole.dead.length]).toEqual([0, 0])
  })

  test('each week of each country has its lines and the exact sum of its revenue', () => {
    const weeks = new Groups(() => new ExactSum())
    for (const [, , , quantity, date, price, , country] of lines) {
      const days = Math.floor(Date.parse(`${date.slice(0, 10)}T00:00:00Z`) / 86_400_000)
      // 1970-01-05 was a Monday.
      const monday = days - ((((days - 4) % 7) + 7) % 7)
      weeks.at(`${new Date(monday * 86_400_000).toISOString()} ${country}`).add(Number(quantity) * Number(price))
    }
    const rows = job.rows(whole, 'revenue')
    expect(rows.length).toBe(weeks.size)
    for (const { key, window, value } of rows) {
      const week = weeks.get(`${window?.start} ${key}`)
      const { lines: n, revenue } = value as { lines: number; revenue: number }
      expect(n).toBe(week?.count)
      expect(week?.isNearest(revenue), `${window?.start} ${key}: ${revenue}`).toBe(true)
    }
    expect(rows.reduce((sum, r) => sum + (r.value as { lines: number }).lines, 0)).toBe(LINES)
  })

  test('each customer has what a loop over the file gives', () => {
    const rows = job.rows(whole, 'customers')
    const customers = customersOf(lines)
    expect(rows.length).toBe(customers.size)
    let simple = 0
    for (const row of rows) {
      const customer = customers.get(String(row.key)) as Customer
      const value = row.value as { first: string; last: string; cheapest: string; largest: string[]; spent: number }
      expect(customer.spent.isNearest(value.spent)).toBe(true)
      expect(value.largest.length).toBe(Math.min(2, customer.spent.count))
      if (customer.countries.size > 1) continue
      simple++
      // All lines of one country are in one partition in the order of the file, which is that of time.
      expect([value.first, value.last]).toEqual([customer.first, customer.last])
    }
    expect(simple).toBeGreaterThan(4000)
  })
})

function customersOf(lines: readonly Line[]): Groups<Customer> {
  const customers = new Groups<Customer>(() => ({
    spent: new ExactSum(),
    first: '',
    last: '',
    countries: new Set(),
  }))
  for (const [, stock, , quantity, , price, id, country] of lines) {
    if (id === '') continue
    const customer = customers.at(String(Number(id)))
    if (customer.countries.size === 0) customer.first = stock
    customer.last = stock
    customer.countries.add(country)
    customer.spent.add(Number(quantity) * Number(price))
  }
  return customers
}
