// Half a million invoice lines with returns, missing customers and heavy ties.

import { count, csv, first, job, last, minBy, source, sum, topK, tumbling } from 'lyrebird'

interface Line {
  InvoiceNo: string
  StockCode: string
  Description: string
  Quantity: number
  InvoiceDate: string
  UnitPrice: number
  CustomerID: number | null
  Country: string
}

const invoices = source('invoices', {
  format: csv<Line>({
    columns: ['InvoiceNo', 'StockCode', 'Description', 'Quantity', 'InvoiceDate', 'UnitPrice', 'CustomerID', 'Country'],
  }),
  time: l => Date.parse(`${l.InvoiceDate.replace(' ', 'T')}Z`),
  disorder: '1h',
})

const revenue = invoices
  .keyBy(l => l.Country)
  .window(tumbling('7d', { offset: '4d' }))
  .aggregate({ lines: count(), revenue: sum(l => l.Quantity * l.UnitPrice) })

const customers = invoices
  .filter(l => l.CustomerID !== null)
  .keyBy(l => l.CustomerID)
  .aggregate({
    first: first(l => l.StockCode),
    last: last(l => l.StockCode),
    cheapest: minBy(
      l => l.UnitPrice,
      l => l.Description,
    ),
    largest: topK(
      2,
      l => l.Quantity,
      l => l.InvoiceNo,
    ),
    spent: sum(l => l.Quantity * l.UnitPrice),
  })

export default job('retail', { revenue, customers })
