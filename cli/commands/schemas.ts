// `lyrebird schemas`: schemas of a schema registry, for the file that a job imports.
//
// Promises: the registry is asked here and nowhere else, so that what a job computes never depends on one. A file keeps
// every id that it has. Without subjects and ids the subjects are listed.

import { LyrebirdError } from '../../core/errors.ts'
import { readyJob } from '../cache/compile-cache.ts'
import { readConfig } from '../config.ts'
import { checkJobPath, required } from '../options.ts'
import type { Terminal } from '../output/terminal.ts'
import { checkIds } from '../registry/check-job.ts'
import { type JobSchema, jobSchema } from '../registry/job-schema.ts'
import { newSchema } from '../registry/new-schema.ts'
import { openRegistry, type Registry } from '../registry/registry.ts'
import { addToFile, schemasText, type Written } from '../registry/schema-file.ts'
import { registrySettings } from '../registry/settings.ts'

interface Flags {
  readonly registry?: string
  readonly into?: string
  readonly id?: readonly string[]
  readonly register?: string
  readonly reference?: readonly string[]
  readonly check?: string
  readonly json?: boolean
}

export async function schemas(subjects: readonly string[], flags: Flags, terminal: Terminal): Promise<void> {
  const { register, check } = flags
  const ids = (flags.id ?? []).map(idOf)
  checkUse(subjects, flags, ids)
  const url = required(flags.registry ?? (await readConfig()).registry, 'registry', 'URL')
  const registry = openRegistry(registrySettings(url, process.env))
  if (check !== undefined) return await checkJob(registry, check, flags, terminal)
  if (subjects.length === 0 && ids.length === 0) return await list(registry, flags, terminal)
  const id =
    register === undefined
      ? null
      : await registry.register(subjects[0] as string, newSchema(register, flags.reference ?? []))
  if (id !== null) terminal.talk(`${subjects[0]} has the schema of ${register} with id ${id}`)
  if (id !== null && flags.into === undefined) {
    return void terminal.data(flags.json === true ? JSON.stringify({ id }) : String(id))
  }
  const found = await fetched(registry, subjects, ids, terminal)
  const values = new Map([...found].map(([n, { value }]) => [n, value]))
  if (flags.into === undefined) {
    const text = schemasText(values)
    return void terminal.data(flags.json === true ? JSON.stringify({ schemas: JSON.parse(text) }) : text.trimEnd())
  }
  const written = addToFile(flags.into, values)
  if (flags.json === true) {
    const registered = id === null ? {} : { id }
    return void terminal.data(JSON.stringify({ ...registered, file: flags.into, ...written }))
  }
  terminal.talk(writtenLine(flags.into, written))
  if (id !== null) terminal.data(String(id))
}

function idOf(text: string): number {
  if (/^\d{1,10}$/.test(text) && Number(text) < 2 ** 32) return Number(text)
  throw new LyrebirdError('usage', `--id takes the id of a schema, not ${JSON.stringify(text.slice(0, 80))}`, {
    hint: 'it is a whole number, such as the one that a dead letter names',
  })
}

/** What goes together. */
function checkUse(subjects: readonly string[], flags: Flags, ids: readonly number[]): void {
  const { register, reference, check, into } = flags
  const fail = (message: string, hint: string): never => {
    throw new LyrebirdError('usage', message, { hint })
  }
  if (check !== undefined && (subjects.length > 0 || ids.length > 0 || register !== undefined || into !== undefined)) {
    fail('--check takes a job and nothing else', 'lyrebird schemas --check JOB --registry URL')
  }
  if (register !== undefined && (subjects.length !== 1 || ids.length > 0)) {
    fail('--register needs one subject', 'lyrebird schemas SUBJECT --register FILE; TOPIC-value is the usual name')
  }
  if (reference !== undefined && register === undefined) {
    fail('--reference is for --register', 'leave it out: what is fetched brings its references along')
  }
  if (into !== undefined && subjects.length === 0 && ids.length === 0) {
    fail('--into needs a subject, or --id', 'lyrebird schemas SUBJECT --into FILE; TOPIC-value is the usual name')
  }
}

async function list(registry: Registry, flags: Flags, terminal: Terminal): Promise<void> {
  const subjects = await registry.subjects()
  if (flags.json === true) return void terminal.data(JSON.stringify({ subjects }))
  for (const subject of subjects) await terminal.data(subject)
  if (subjects.length === 0) terminal.talk(`the registry ${registry.url} has no subjects`)
}

/** All versions of subjects, and single ids. */
async function fetched(
  registry: Registry,
  subjects: readonly string[],
  ids: readonly number[],
  terminal: Terminal,
): Promise<ReadonlyMap<number, JobSchema>> {
  const found = new Map<number, JobSchema>()
  for (const subject of subjects) {
    terminal.progress(`fetching ${subject}`)
    for (const schema of await registry.versions(subject)) {
      if (found.has(schema.id)) continue
      found.set(schema.id, await jobSchema(registry, schema, `${subject} version ${schema.version}`))
    }
  }
  for (const id of ids) {
    if (found.has(id)) continue
    const schema = await registry.schema(id)
    if (schema === null) {
      throw new LyrebirdError('usage', `the registry ${registry.url} has no schema with id ${id}`, {
        where: { registry: registry.url, id },
        hint: 'was the record written with another registry?',
      })
    }
    found.set(id, await jobSchema(registry, schema, `schema ${id}`))
  }
  terminal.progress(null)
  const types = new Set([...found.values()].map(({ type }) => type))
  if (types.size > 1) {
    throw new LyrebirdError('usage', 'some of these schemas are of Avro, and some of Protobuf', {
      where: { registry: registry.url },
      hint: 'a format takes those of one kind: fetch them one by one, into two files',
    })
  }
  return found
}

function writtenLine(file: string, { added, ids }: Written): string {
  const now = `it has ${ids.length === 1 ? 'id' : 'ids'} ${ids.join(', ')}`
  return added.length === 0 ? `${file}: nothing new; ${now}` : `${file}: added ${added.join(', ')}; ${now}`
}

async function checkJob(registry: Registry, job: string, flags: Flags, terminal: Terminal): Promise<void> {
  checkJobPath(job)
  const { functions } = await readyJob(job, terminal)
  const checked = await checkIds(registry, functions.plan)
  const wrong = checked.filter(({ difference }) => difference !== null)
  if (wrong.length > 0) {
    const lines = wrong.map(({ topic, id, difference }) => `topic ${topic}, id ${id}: ${difference}`)
    throw new LyrebirdError(
      'schema-differs',
      `${job} does not have the schemas of ${registry.url}\n${lines.join('\n')}`,
      {
        where: { job, registry: registry.url },
        hint: 'fetch them anew into another file: lyrebird schemas SUBJECT --into FILE',
      },
    )
  }
  if (flags.json === true) {
    return void terminal.data(
      JSON.stringify({ job: functions.plan.job, ids: checked.map(({ topic, id }) => ({ topic, id })) }),
    )
  }
  const ids = checked.map(({ topic, id }) => `${topic} ${id}`).join(', ')
  const what = checked.length === 0 ? 'gives no schemas by id' : `has the schemas of the registry: ${ids}`
  terminal.talk(`${terminal.colours.green('ok')}  job ${functions.plan.job} ${what}`)
}
