// The job of `npm run demo:kafka`: sales of each shop, their changes, and a receipt for each order.

import { count, job, source, sum } from 'lyrebird'

interface Order {
  id: number
  at: number
  shop: string
  cents: number
}

const orders = source<Order>('orders', { time: o => o.at, disorder: '1s' })
const sales = orders.keyBy(o => o.shop).aggregate({ orders: count(), cents: sum(o => o.cents) })

export default job('sales', {
  sales,
  changed: sales.changes().to('sales', { partitions: 2 }),
  receipts: orders.keyBy(o => o.shop).to('receipts', { partitions: 3 }),
})
