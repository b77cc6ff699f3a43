// Libraries that validate and describe values.

export const VALIDATION = [
  [
    'zod',
    `import { z } from 'zod'
const schema = z.object({ k: z.string().min(2), n: z.number().int() })
export const use = (n: number, s: string) => JSON.stringify(schema.safeParse({ k: s, n }).success)`,
  ],
  [
    'zod/mini',
    `import * as z from 'zod/mini'
const schema = z.object({ k: z.string(), n: z.number() })
export const use = (n: number, s: string) => String(schema.safeParse({ k: s, n: n > 2 ? n : s }).success)`,
  ],
  [
    'valibot',
    `import * as v from 'valibot'
const schema = v.object({ k: v.pipe(v.string(), v.minLength(2)) })
export const use = (n: number, s: string) => String(v.is(schema, { k: s })) + n`,
  ],
  [
    'yup',
    `import { number, object, string } from 'yup'
const schema = object({ k: string().required(), n: number().max(3).required() })
export const use = (n: number, s: string) => String(schema.isValidSync({ k: s, n }))`,
  ],
  [
    'joi',
    `import Joi from 'joi'
const schema = Joi.object({ n: Joi.number().max(3), k: Joi.string() })
export const use = (n: number, s: string) => String(schema.validate({ n, k: s }).error?.message)`,
  ],
  [
    'ajv',
    `import { Ajv } from 'ajv'
const valid = new Ajv().compile({ type: 'object', properties: { n: { type: 'integer', maximum: 3 } }, required: ['n'] })
export const use = (n: number, s: string) => String(valid({ n })) + s`,
  ],
  [
    'ajv-formats',
    `import { Ajv } from 'ajv'
import formats from 'ajv-formats'
const ajv = new Ajv()
;(formats as unknown as (a: Ajv) => void)(ajv)
const valid = ajv.compile({ type: 'string', format: 'date' })
export const use = (n: number, s: string) => String(valid('2026-02-2' + n)) + s`,
  ],
  [
    'superstruct',
    `import { is, number, object, string } from 'superstruct'
const schema = object({ k: string(), n: number() })
export const use = (n: number, s: string) => String(is({ k: s, n }, schema))`,
  ],
  [
    '@sinclair/typebox',
    `import { Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
const schema = Type.Object({ n: Type.Number({ maximum: 3 }) })
export const use = (n: number, s: string) => String(Value.Check(schema, { n })) + s`,
  ],
  [
    'arktype',
    `import { type } from 'arktype'
const schema = type({ k: 'string', n: 'number > 2' })
export const use = (n: number, s: string) => String(schema.allows({ k: s, n }))`,
  ],
  [
    'io-ts',
    `import * as t from 'io-ts'
const schema = t.type({ k: t.string, n: t.number })
export const use = (n: number, s: string) => String(schema.is({ k: s, n: n > 2 ? s : n }))`,
  ],
  [
    'runtypes',
    `import { Number, Object, String as Text } from 'runtypes'
const schema = Object({ k: Text, n: Number })
export const use = (n: number, s: string) => String(schema.guard({ k: s, n }))`,
  ],
  [
    'validator',
    `import validator from 'validator'
export const use = (n: number, s: string) => [validator.isAlpha(s), validator.isEmail(s + '@example.org'), validator.isInt(String(n))].join()`,
  ],
  [
    'fastest-validator',
    `import Validator from 'fastest-validator'
const check = new Validator().compile({ n: { type: 'number', max: 3 } })
export const use = (n: number, s: string) => String(check({ n }) === true) + s`,
  ],
  [
    'jsonschema',
    `import { Validator } from 'jsonschema'
export const use = (n: number, s: string) => String(new Validator().validate({ n }, { properties: { n: { maximum: 3 } } }).valid) + s`,
  ],
  [
    'class-transformer',
    `import 'reflect-metadata'
import { plainToInstance } from 'class-transformer'
class Point { n = 0; twice() { return this.n * 2 } }
export const use = (n: number, s: string) => String(plainToInstance(Point, { n }).twice()) + s`,
  ],
  [
    'reflect-metadata',
    `import 'reflect-metadata'
class Point {}
Reflect.defineMetadata('unit', 'm', Point)
export const use = (n: number, s: string) => String(Reflect.getMetadata('unit', Point)) + n + s`,
  ],
]
