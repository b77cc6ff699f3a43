// What the measured events hold; the jobs use three of ten fields.

export interface Event {
  id: number
  ts: number
  user: string
  country: string
  page: string
  amount: number
  ip: string
  agent: string
  device: { kind: string; os: string }
  ok: boolean
}
