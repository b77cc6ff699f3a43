// A schema registry, as far as its REST interface is used here: subjects, their versions, schemas by id, registering.
//
// Promises: answers are checked before they are believed. Versions that were deleted softly count: records of them may
// still lie in topics.

import { didYouMean } from '../../core/did-you-mean.ts'
import { LyrebirdError } from '../../core/errors.ts'
import {
  type Answer,
  ask,
  failed,
  type Question,
  REGISTRY_LIMITS,
  type RegistryLimits,
  registryText,
} from './request.ts'
import type { RegistrySettings } from './settings.ts'

/** A schema of another subject that a schema uses under a name. */
export interface Reference {
  readonly name: string
  readonly subject: string
  readonly version: number
}

export interface RegisteredSchema {
  readonly type: string
  readonly text: string
  readonly references: readonly Reference[]
}

interface SubjectVersion extends RegisteredSchema {
  readonly id: number
  readonly version: number
}

/** What is registered: the file that it came from is named in failures. */
export interface NewSchema extends RegisteredSchema {
  readonly file: string
}

export interface Registry {
  readonly url: string
  subjects(): Promise<readonly string[]>
  /** All versions of a subject, the oldest first. Throws `usage` with the nearest name where there is no such one. */
  versions(subject: string): Promise<readonly SubjectVersion[]>
  version(subject: string, version: number): Promise<SubjectVersion>
  /** Null where the registry has no such id. */
  schema(id: number): Promise<RegisteredSchema | null>
  /** Gives the id, also where the schema is there already. Throws `schema-refused` with the registry's reasons. */
  register(subject: string, schema: NewSchema): Promise<number>
}

/** Error codes in the body of an answer. */
const NO_SUBJECT = 40401
const NO_ID = 40403

export function openRegistry(settings: RegistrySettings, limits: RegistryLimits = REGISTRY_LIMITS): Registry {
  const { url } = settings
  const get = async (path: string): Promise<{ question: Question; answer: Answer }> => {
    const question: Question = { method: 'GET', path }
    return { question, answer: await ask(settings, question, limits) }
  }
  const body = async (path: string): Promise<unknown> => {
    const { question, answer } = await get(path)
    if (answer.status >= 300) throw failed(settings, question, answer)
    return answer.body
  }
  const odd = (path: string): LyrebirdError =>
    new LyrebirdError('registry-error', `the registry ${url} answers GET ${path} with something else than asked`, {
      where: { registry: url },
      hint: 'check that --registry is the URL of a schema registry, path included',
    })
  const subjects = async (): Promise<readonly string[]> => {
    const names = await body('/subjects')
    if (!isListOf(names, isText)) throw odd('/subjects')
    return names.toSorted()
  }
  const version = async (subject: string, number: number): Promise<SubjectVersion> => {
    const path = `${versionsPath(subject)}/${number}?deleted=true`
    const given = await body(path)
    const { id } = given as { id?: unknown }
    const schema = schemaOf(given)
    if (schema === null || !isId(id)) throw odd(path)
    return { ...schema, id, version: number }
  }
  return {
    url,
    subjects,
    version,
    async versions(subject) {
      const path = `${versionsPath(subject)}?deleted=true`
      const { question, answer } = await get(path)
      if (errorCode(answer) === NO_SUBJECT) throw noSubject(url, subject, await subjects())
      if (answer.status >= 300) throw failed(settings, question, answer)
      if (!isListOf(answer.body, isVersion)) throw odd(path)
      const found: SubjectVersion[] = []
      for (const number of answer.body.toSorted((a, b) => a - b)) found.push(await version(subject, number))
      return found
    },
    async schema(id) {
      const path = `/schemas/ids/${id}`
      const { question, answer } = await get(path)
      if (errorCode(answer) === NO_ID) return null
      if (answer.status >= 300) throw failed(settings, question, answer)
      return schemaOf(answer.body) ?? Promise.reject(odd(path))
    },
    async register(subject, { file, type, text, references }) {
      const sent = { schema: text, schemaType: type, ...(references.length === 0 ? {} : { references }) }
      const question: Question = { method: 'POST', path: versionsPath(subject), body: sent }
      const answer = await ask(settings, question, limits)
      if (answer.status === 409 || answer.status === 422) throw refused(settings, subject, file, answer)
      const { id } = answer.body as { id?: unknown }
      if (answer.status >= 300 || !isId(id)) throw failed(settings, question, answer)
      return id
    },
  }
}

const versionsPath = (subject: string): string => `/subjects/${encodeURIComponent(subject)}/versions`

const errorCode = ({ body }: Answer): unknown => (body as { error_code?: unknown }).error_code

function noSubject(url: string, subject: string, subjects: readonly string[]): LyrebirdError {
  const near = didYouMean(subject, subjects)
  return new LyrebirdError('usage', `the registry ${url} has no subject ${JSON.stringify(subject.slice(0, 200))}`, {
    where: { registry: url, subject },
    hint: near === null ? `lyrebird schemas --registry ${url} lists its subjects` : `did you mean ${near}?`,
  })
}

function refused(settings: RegistrySettings, subject: string, file: string, answer: Answer): LyrebirdError {
  const reasons = registryText(settings, answer)
  const why = answer.status === 409 ? 'is incompatible with what the subject has' : 'is refused'
  return new LyrebirdError('schema-refused', `the schema of ${file} ${why}: ${reasons}`, {
    where: { registry: settings.url, subject, file },
    hint:
      answer.status === 409
        ? `mend the schema, or register it under another subject than ${subject}`
        : `mend ${file}; schemas of other subjects that it uses are named with --reference NAME=SUBJECT:VERSION`,
  })
}

const isText = (value: unknown): value is string => typeof value === 'string'
const isVersion = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) > 0
const isId = (value: unknown): value is number =>
  Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) < 2 ** 32

function isListOf<T>(value: unknown, is: (item: unknown) => item is T): value is readonly T[] {
  return Array.isArray(value) && value.every(is)
}

/** Null where it is none. A schema without a type is one of Avro. */
function schemaOf(body: unknown): RegisteredSchema | null {
  const { schema, schemaType, references } = (body ?? {}) as Readonly<Record<string, unknown>>
  const type = schemaType ?? 'AVRO'
  const used = references ?? []
  if (!isText(schema) || !isText(type) || !isListOf(used, isReference)) return null
  return { type, text: schema, references: used }
}

function isReference(value: unknown): value is Reference {
  if (typeof value !== 'object' || value === null) return false
  const { name, subject, version } = value as Readonly<Record<string, unknown>>
  return isText(name) && isText(subject) && isVersion(version)
}
