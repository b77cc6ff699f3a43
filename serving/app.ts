// The routes of the service.
//
// Promises: each answer is of one commit and says which (`Lyrebird-Commit`, `-Cut`, `-Age`, `ETag`); every failure is a
// problem in JSON, and the service goes on.

import { Hono } from 'hono'
import { cutText } from '../core/log/cut.ts'
import { wallClock } from '../run/clock.ts'
import { URL_CHARACTERS } from './limits.ts'
import { problemOf, problemResponse, quoted, Refused } from './problem.ts'
import { durationOf, type Parameters, parametersOf } from './query.ts'
import { ANSWER_HEADERS, type GuardOptions, guard } from './safety/guard.ts'
import type { Snapshot, Snapshots } from './snapshots.ts'
import { viewPage, viewPages } from './views/view-pages.ts'
import { ROW_PARAMETERS, rowsPage } from './views/view-rows.ts'

interface AppOptions extends GuardOptions {
  readonly snapshots: Snapshots
  /** Gets what is our fault, for people. */
  readonly onFailure: (error: unknown) => void
}

const PATHS = ['/views', '/views/NAME', '/views/NAME/rows', '/healthz']

export function serviceApp(options: AppOptions): Hono {
  const app = new Hono({ strict: true })
  const { snapshots } = options
  const answer = async (request: Request, known: readonly string[], body: Body): Promise<Response> => {
    const parameters = parametersOf(new URL(request.url), known)
    return await snapshots.with(snapshot => answerOf(snapshot, request, parameters, body))
  }
  app.use(async (c, next) => {
    if (c.req.raw.url.length > URL_CHARACTERS)
      throw new Refused({ status: 414, code: 'too-long', detail: `a URL has ${URL_CHARACTERS} characters at most` })
    guard(c.req.raw.headers, options)
    if (c.req.method !== 'GET' && c.req.method !== 'HEAD') {
      const detail = `${quoted(c.req.method)} is not answered`
      throw new Refused({ status: 405, code: 'method', detail, hint: 'views are read: GET or HEAD' })
    }
    await next()
  })
  app.get('/healthz', c => finished(c.text('ok\n')))
  app.get('/views', c => answer(c.req.raw, ['max-age'], snapshot => ({ views: viewPages(snapshot) })))
  app.get('/views/:name', c => answer(c.req.raw, ['max-age'], snapshot => viewPage(snapshot, c.req.param('name'))))
  app.get('/views/:name/rows', c =>
    answer(c.req.raw, ROW_PARAMETERS, (snapshot, parameters) => rowsPage(snapshot, c.req.param('name'), parameters)),
  )
  app.notFound(c => {
    const detail = `there is nothing at ${quoted(c.req.path)}`
    return finished(
      problemResponse({ status: 404, code: 'unknown-path', detail, hint: `there are: ${PATHS.join(' ')}` }),
    )
  })
  app.onError(error => {
    const problem = problemOf(error)
    if (problem.status === 500) options.onFailure(error)
    return finished(problemResponse(problem))
  })
  return app
}

type Body = (snapshot: Snapshot, parameters: Parameters) => object

/** JSON, or rows as lines of JSON where these are asked for. */
function answerOf(snapshot: Snapshot, request: Request, parameters: Parameters, body: Body): Response {
  const { commit, job, progress } = snapshot
  const ageMs = commit === null ? null : Math.max(0, wallClock() - commit.time)
  checkAge(ageMs, durationOf(parameters, 'max-age'))
  const asLines = isLines(request.headers.get('accept'))
  const tag = `"${job?.id ?? ''}-${commit?.epoch ?? 0}-${commit?.number ?? 0}"`
  const headers: Record<string, string> = {
    'cache-control': 'private, no-cache',
    vary: 'accept',
    etag: asLines ? `W/${tag}` : tag,
    'lyrebird-cut': cutText(progress.cut),
    ...(commit !== null && { 'lyrebird-commit': String(commit.number) }),
    ...(ageMs !== null && { 'lyrebird-age': (ageMs / 1000).toFixed(3) }),
  }
  // Before anything is read; what is malformed is found all the same.
  const made = body(snapshot, parameters)
  if (commit !== null && request.headers.get('if-none-match') === headers.etag)
    return finished(new Response(null, { status: 304, headers }))
  if (asLines && 'rows' in made) {
    const { rows, next } = made as { rows: readonly object[]; next: string | null }
    if (next !== null) headers['lyrebird-next'] = next
    headers['content-type'] = 'application/x-ndjson'
    return finished(new Response(rows.map(row => `${JSON.stringify(row)}\n`).join(''), { headers }))
  }
  headers['content-type'] = 'application/json'
  return finished(new Response(JSON.stringify(made), { headers }))
}

function finished(response: Response): Response {
  for (const [name, value] of Object.entries(ANSWER_HEADERS)) response.headers.set(name, value)
  return response
}

/** Throws `Refused` for a type that is not made here. */
function isLines(accept: string | null): boolean {
  if (accept === null) return false
  const types = accept.split(',').map(type => type.split(';')[0]?.trim().toLowerCase() ?? '')
  if (types.includes('application/x-ndjson')) return true
  if (types.some(type => ['application/json', 'application/*', '*/*'].includes(type))) return false
  const hint = 'Accept: application/json or application/x-ndjson'
  throw new Refused({ status: 406, code: 'type', detail: `${quoted(accept)} is not made here`, hint })
}

function checkAge(ageMs: number | null, most: number | undefined): void {
  if (most === undefined || (ageMs !== null && ageMs <= most)) return
  const age = ageMs === null ? 'of unknown age' : `${(ageMs / 1000).toFixed(1)} s old`
  throw new Refused({
    status: 503,
    code: 'stale',
    detail: `the last commit is ${age}`,
    hint: 'ask again, or allow more',
  })
}
