// Lambdas and the parts of their first parameter that they use.

import type { Uses } from '../../../core/plan/schema.ts'

export interface UseCase {
  readonly name: string
  /** The lambda, as an expression. */
  readonly lambda: string
  readonly uses: Uses
  /** Whether it looks at its second parameter. */
  readonly second?: boolean
}

export const USE_PRELUDE = `import { source } from 'lyrebird'
import { agent, kindOf, named, pick, region, wholeText } from './helpers'
interface Device { kind: string; agent: string; os?: { name: string; version: number } }
interface Item { sku: string; price: number; qty: number }
interface Campaign { id: string; cost: number }
interface Event {
  ts: number; userId: string; country: string; page: string; ip: string; valid: boolean; ref: string | null; amount: number
  device: Device; items: Item[]; meta?: { tags: string[]; campaign?: Campaign }; scores: Record<string, number>
  shape: { kind: 'circle'; r: number } | { kind: 'box'; w: number; h: number }; pair: [string, number]; tags: string[]
}
const events = source<Event>('events')
`

export const HELPERS = `
export class Named { of(d: { kind: string; agent: string }): string { return d.kind } }
class Other extends Named { override of(d: { kind: string; agent: string }): string { return d.agent } }
export const named: Named = new Other()
export const region = (e: { country: string }) => (e.country === 'KR' ? 'asia' : 'other')
export function agent(d: { agent: string; kind: string }) { const { agent: name } = d; return name.length }
export const wholeText = (e: unknown) => JSON.stringify(e)
export const pick = (m: Record<string, number>) => m['a'] ?? 0
export function kindOf(e: { device: { kind: string } }): string { return inner(e.device) }
const inner = (d: { kind: string }) => d.kind
`

const use = (name: string, lambda: string, uses: Uses, second = false): UseCase => ({ name, lambda, uses, second })

export const USES: readonly UseCase[] = [
  use('fields', 'e => [e.country, Math.floor(e.ts)]', { country: true, ts: true }),
  use('nothing', '() => 1', {}),
  use('whole', 'e => e', true),
  use('nested', 'e => e.device.os?.name', { device: { os: { name: true } } }),
  use(
    'destructured',
    `({ userId, device: { kind, os: { name = 'x' } = { name: 'y' } }, meta }) => [userId, kind, name, meta?.campaign?.cost]`,
    { userId: true, device: { kind: true, os: { name: true } }, meta: { campaign: { cost: true } } },
  ),
  use('presence', 'e => e.meta?.campaign !== undefined && e.ref !== null', { meta: { campaign: {} }, ref: true }),
  use('truthiness of objects', 'e => (e.meta ? 1 : 2)', { meta: {} }),
  use('not', 'e => !e.meta?.campaign', { meta: { campaign: {} } }),
  use('truthiness of texts', 'e => (e.page ? 1 : 2)', { page: true }),
  use('helper in another file', 'e => region(e)', { country: true }),
  use('helper on a part', 'e => agent(e.device)', { device: { agent: true } }),
  use('helper of a helper', 'e => kindOf(e)', { device: { kind: true } }),
  use('helper that takes it whole', 'e => wholeText(e.device)', { device: true }),
  use('record by name', 'e => pick(e.scores)', { scores: { '[]': true } }),
  use('record by key', 'e => e.scores[e.userId]', { scores: { '[]': true }, userId: true }),
  use('record enumerated', 'e => Object.keys(e.scores).length', { scores: true }),
  use('reduce', 'e => e.items.reduce((a, i) => a + i.price * i.qty, 0)', {
    items: { '[]': { price: true, qty: true } },
  }),
  use(
    'reduce into an object',
    'e => e.items.reduce<Record<string, number>>((a, i) => { a[i.sku] = i.qty; return a }, {})',
    {
      items: { '[]': { qty: true, sku: true } },
    },
  ),
  use('map and join', `e => e.items.map(i => i.sku).join(',')`, { items: { '[]': { sku: true } } }),
  use('filter then map', 'e => e.items.filter(i => i.qty > 1).map(i => i.sku)', {
    items: { '[]': { qty: true, sku: true } },
  }),
  use('find', 'e => e.items.find(i => i.qty > 1)?.sku', { items: { '[]': { qty: true, sku: true } } }),
  use('find and keep', 'e => e.items.find(i => i.qty > 1)', { items: { '[]': true } }),
  use('for of', 'e => { let n = 0; for (const i of e.items) n += i.qty; return n + e.ts }', {
    items: { '[]': { qty: true } },
    ts: true,
  }),
  use('for of with a pattern', 'e => { const out = []; for (const { sku } of e.items) out.push(sku); return out }', {
    items: { '[]': { sku: true } },
  }),
  use('counting elements', 'e => { let n = 0; for (const _ of e.items) n++; return n }', { items: { '[]': {} } }),
  use('map without a look', 'e => [e.items.map(() => 1), e.tags.map(() => 1)]', {
    items: { '[]': {} },
    tags: { '[]': true },
  }),
  use('overridden method', 'e => named.of(e.device)', { device: { agent: true, kind: true } }),
  use('generator', 'function* (e) { for (const i of e.items) yield [i.sku, e.ts] }', {
    items: { '[]': { sku: true } },
    ts: true,
  }),
  use('aliases', `e => { const d = e.device; const x = d.os ?? { name: '?', version: 0 }; return x.name + d.kind }`, {
    device: { kind: true, os: { name: true } },
  }),
  use('reassigned alias', 'e => { let d: { kind: string } = e.device; if (e.ts > 3) d = e.shape; return d.kind }', {
    device: { kind: true },
    shape: { kind: true },
    ts: true,
  }),
  use('literal keys', `e => { const k = (e.valid ? 'page' : 'ip') as 'page' | 'ip'; return e[k] }`, {
    ip: true,
    page: true,
    valid: true,
  }),
  use('any key', 'e => (e as unknown as Record<string, unknown>)[e.page]', { '[]': true, page: true }),
  use('length of objects', 'e => e.items.length', { items: { '[]': {} } }),
  use('length of texts', 'e => e.meta?.tags.length', { meta: { tags: { '[]': true } } }),
  use('length of a text', 'e => e.page.length', { page: true }),
  use('element', 'e => e.items[0]?.sku', { items: { '[]': { sku: true } } }),
  use('array pattern', 'e => { const [a] = e.items; return a?.sku }', { items: { '[]': { sku: true } } }),
  use('tuple', 'e => e.pair[1]', { pair: { '[]': true } }),
  use('includes', `e => e.tags.includes('a')`, { tags: true }),
  use('stringify', 'e => JSON.stringify(e)', true),
  use('rest', '({ ip, ...others }) => others', true),
  use('spread', 'e => ({ ...e, amount: 0 })', true),
  use('spread of a part', `e => ({ ...e.device, has: 'campaign' in (e.meta ?? {}) })`, {
    device: true,
    meta: { campaign: true },
  }),
  use('union', `e => (e.shape.kind === 'circle' ? e.shape.r : e.shape.w * e.shape.h)`, {
    shape: { h: true, kind: true, r: true, w: true },
  }),
  use('union by in', `e => ('r' in e.shape ? e.shape.r : 0)`, { shape: { r: true } }),
  use('template', 'e => `$' + '{e.userId}/$' + '{e.device.kind}`', { device: { kind: true }, userId: true }),
  use('closure', 'e => { const f = () => e.device.kind; return f() }', { device: { kind: true } }),
  use('local helper', 'e => { const f = (d: { kind: string }) => d.kind; return f(e.device) }', {
    device: { kind: true },
  }),
  use('immediately called', 'e => ((d: { kind: string }) => d.kind)(e.device)', { device: { kind: true } }),
  use('arguments', 'function (e) { return arguments.length + e.ts }', true, true),
  use('nullish default', `e => (e.meta ?? { tags: ['x'] }).tags.length`, { meta: { tags: { '[]': true } } }),
  use('destructuring assignment', 'e => { let page: string; ({ page } = e); return page }', true),
  use('conditional object', 'e => (e.valid ? e.device : { kind: e.page }).kind', {
    device: { kind: true },
    page: true,
    valid: true,
  }),
  use('second parameter', '(e, record) => [e.ts, record.offset]', { ts: true }, true),
  use('second parameter unused', '(e, _record) => e.ts', { ts: true }),
  use('second parameter in pieces', '(e, { offset }) => [e.ts, offset]', { ts: true }, true),
  use('throw', 'e => { if (!e.valid) throw new Error(e.page); return 1 }', { page: true, valid: true }),
  use('switch', `e => { switch (e.shape.kind) { case 'box': return e.shape.w; default: return 0 } }`, {
    shape: { kind: true, w: true },
  }),
  use('optional call', 'e => e.meta?.tags?.at(0)?.toUpperCase()', { meta: { tags: { '[]': true } } }),
  use('sorted', 'e => e.items.toSorted((a, b) => a.qty - b.qty)[0]?.sku', {
    items: { '[]': { qty: true, sku: true } },
  }),
  use('array from', 'e => Array.from(e.items, i => i.sku)', { items: true }),
  use('boolean', 'e => Boolean(e.meta)', { meta: {} }),
  use('typeof', 'e => typeof e.ref', { ref: true }),
  use('kept outside', 'e => { const all: unknown[] = []; all.push(e.device); return all.length }', { device: true }),
  use('recursion', 'function walk(e: Event): number { return e.ts > 0 ? e.ts : walk({ ...e, ts: 1 }) }', true),
]
