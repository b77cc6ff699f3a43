// What the measured events hold; the jobs use two to four of eleven fields.

export interface Event {
  id: number
  ts: number
  user: string
  country: string
  page: string
  amount: number
  ip: string
  agent: string
  title: string
  device: { kind: string; os: string }
  ok: boolean
}
