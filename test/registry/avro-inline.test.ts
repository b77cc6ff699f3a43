// Types of other schemas inside of one: what the whole means is what avsc makes of it.

import avsc from 'avsc'
import { describe, expect, it } from 'vitest'
import { inlined } from '../../cli/registry/avro-inline.ts'

const record = (name: string, fields: Readonly<Record<string, unknown>>, more: object = {}): object => ({
  type: 'record',
  name,
  fields: Object.entries(fields).map(([field, type]) => ({ name: field, type })),
  ...more,
})

const city = record(
  'City',
  { name: 'string', kind: { type: 'enum', name: 'Kind', symbols: ['A', 'B'] } },
  { namespace: 'geo' },
)
const address = record('com.acme.Address', { street: 'string', city: 'geo.City' })

/** The canonical form, in which every name is whole. */
const canonical = (schema: unknown): unknown =>
  JSON.parse(JSON.stringify(avsc.Type.forSchema(schema as avsc.Schema, { wrapUnions: true }).schema()))

describe('a type of another schema', () => {
  it('stands where it is used first, and is a name from then on', () => {
    const order = record(
      'Order',
      { to: 'Address', from: ['null', 'Address'], at: 'geo.City' },
      { namespace: 'com.acme' },
    )
    const whole = inlined(order, [city, address]) as { fields: { type: unknown }[] }
    expect(whole.fields[0]?.type).toMatchObject({ name: 'com.acme.Address', fields: [{}, { type: { name: 'City' } }] })
    expect(whole.fields.slice(1).map(field => field.type)).toEqual([['null', 'Address'], 'geo.City'])
    expect(canonical(whole)).toEqual(
      canonical(
        record('com.acme.Order', {
          to: record('com.acme.Address', {
            street: 'string',
            city: record('geo.City', { name: 'string', kind: { type: 'enum', name: 'Kind', symbols: ['A', 'B'] } }),
          }),
          from: ['null', 'com.acme.Address'],
          at: 'geo.City',
        }),
      ),
    )
  })

  it('may lie inside of the schema that is referred to, and be all that is used of it', () => {
    const whole = inlined(record('x.Tag', { kind: 'geo.Kind', kinds: { type: 'array', items: 'geo.Kind' } }), [city])
    expect(JSON.stringify(whole)).not.toContain('City')
    expect(canonical(whole)).toEqual(
      canonical(
        record('x.Tag', {
          kind: { type: 'enum', name: 'geo.Kind', symbols: ['A', 'B'] },
          kinds: { type: 'array', items: 'geo.Kind' },
        }),
      ),
    )
  })

  it('without a namespace keeps none inside of one', () => {
    const plain = record('Plain', { next: ['null', 'Plain'] })
    const whole = inlined(record('Outer', { a: 'Plain', b: { type: 'map', values: 'Plain' } }, { namespace: 'x' }), [
      plain,
    ])
    const form = canonical(whole) as { fields: { type: { name?: string; values?: string } }[] }
    expect(form.fields[0]?.type.name).toBe('Plain')
    expect(form.fields[1]?.type.values).toBe('Plain')
  })

  it('a type of its own wins over one of the same last name elsewhere', () => {
    const other = record('y.Own', { far: 'int' })
    const whole = inlined(record('x.Outer', { a: record('Own', { near: 'int' }), b: 'Own' }), [other])
    expect(JSON.stringify(whole)).not.toContain('far')
    expect(whole).toEqual(record('x.Outer', { a: record('Own', { near: 'int' }), b: 'Own' }))
  })

  it('the whole schema may be a union, or a name', () => {
    expect(canonical(inlined(['null', 'geo.City'], [city]))).toEqual(canonical(['null', city]))
    expect(canonical(inlined('geo.City', [city]))).toEqual(canonical(city))
  })

  it('what is unknown stays, and words and defaults are no types', () => {
    const schema = {
      ...record('R', { a: 'Other', b: 'string' }),
      doc: 'geo.City',
      fields: [{ name: 'geo.City', type: 'string', default: 'geo.City' }],
    }
    expect(inlined(schema, [city])).toEqual(schema)
    expect(inlined('Other', [city])).toBe('Other')
  })
})
