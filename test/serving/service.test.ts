// The service over a state: what it answers, of which commit, and what it says where it cannot.

import { cpSync, renameSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { describe, expect, it } from 'vitest'
import { type RowJson, rowJson, windowOf } from '../../core/result/result-json.ts'
import { readCommitted, viewOf, viewRowsByKey, watermarkAt } from '../../run/state/read-state.ts'
import { newRowSorter, openStateReader } from '../../store/index.ts'
import { fill, get, newPlace, type Place, service } from './service.ts'

async function filledPlace(records: number): Promise<Place> {
  const place = newPlace()
  await fill(place, 0, records)
  return place
}

/** The rows of a view as `query` prints them. */
function wanted(state: string, view: string): readonly RowJson[] {
  const reader = openStateReader(state)
  try {
    const { plan, progress } = readCommitted(reader, state)
    const { node } = viewOf(plan, view)
    const [window, watermark] = [windowOf(plan, node), watermarkAt(progress, plan, node)]
    return [...viewRowsByKey(reader, plan, view, newRowSorter)].map(row => rowJson(row, window, watermark))
  } finally {
    void reader.close()
  }
}

const texts = (rows: readonly unknown[]): readonly string[] => rows.map(row => JSON.stringify(row)).toSorted()

describe('views', () => {
  it('says what there is, of one commit', async () => {
    const serving = await service((await filledPlace(200)).state)
    const { status, headers, body } = await get(serving, '/views')
    expect(status).toBe(200)
    expect(body.views.map((view: { name: string }) => view.name)).toEqual(['hourly', 'kept', 'total'])
    expect(headers.get('lyrebird-commit')).toBe('1')
    expect(headers.get('lyrebird-cut')).toBe('in/0:200')
    expect(Number(headers.get('lyrebird-age'))).toBeGreaterThanOrEqual(0)
    expect((await get(serving, '/views/hourly')).body).toMatchObject({
      name: 'hourly',
      rows: 200,
      windows: 'tumbling',
      order: 'key',
      topics: ['in'],
      digest: expect.stringMatching(/^[0-9a-f]{32}$/),
    })
    expect((await get(serving, '/views/kept')).body.order).toBe('window')
  })

  it.each(['total', 'hourly', 'kept'])(
    'gives the rows of %s as query prints them: by key, and page by page',
    async view => {
      const { state } = await filledPlace(300)
      const serving = await service(state)
      const rows = wanted(state, view)
      for (const key of ['k3', 'none']) {
        const of = await get(serving, `/views/${view}/rows?key=${encodeURIComponent(JSON.stringify(key))}`)
        expect(of.body.rows).toEqual(rows.filter(row => row.key === key))
        expect(of.body.next).toBeNull()
      }
      const found: unknown[] = []
      let pages = 0
      for (let cursor = ''; ; pages++) {
        const { body } = await get(serving, `/views/${view}/rows?limit=7${cursor}`)
        found.push(...body.rows)
        if (body.next === null) break
        expect(body.rows).toHaveLength(7)
        cursor = `&cursor=${body.next}`
      }
      expect(texts(found)).toEqual(texts(rows))
      expect(pages).toBe(Math.ceil(rows.length / 7) - 1)
      const lines = await get(serving, `/views/${view}/rows?limit=10000`, { accept: 'application/x-ndjson' })
      expect(
        texts(
          lines.body
            .trimEnd()
            .split('\n')
            .map((line: string) => JSON.parse(line)),
        ),
      ).toEqual(texts(rows))
    },
  )

  it('a cursor leads on in later commits', async () => {
    const place = await filledPlace(40)
    const serving = await service(place.state)
    const first = await get(serving, '/views/hourly/rows?limit=20')
    await fill(place, 40, 80)
    await expect.poll(async () => (await get(serving, '/views')).headers.get('lyrebird-commit')).toBe('2')
    const rest = await get(serving, `/views/hourly/rows?limit=10000&cursor=${first.body.next}`)
    const keys = (rows: readonly RowJson[]) => rows.map(row => `${row.key} ${row.window?.start}`)
    const all = keys(wanted(place.state, 'hourly'))
    const last = all.indexOf(keys(first.body.rows).at(-1) as string)
    expect(keys(rest.body.rows)).toEqual(all.slice(last + 1))
  })

  it('is asked again only where a commit was made', async () => {
    const place = await filledPlace(20)
    const serving = await service(place.state)
    const etag = (await get(serving, '/views/total/rows')).headers.get('etag') as string
    expect((await get(serving, '/views/total/rows', { 'if-none-match': etag })).status).toBe(304)
    await fill(place, 20, 30)
    await expect.poll(async () => (await get(serving, '/views/total/rows', { 'if-none-match': etag })).status).toBe(200)
    expect((await get(serving, '/views?max-age=1h')).status).toBe(200)
    await new Promise(resolve => setTimeout(resolve, 5))
    const stale = await get(serving, '/views?max-age=1ms')
    expect(stale).toMatchObject({ status: 503, body: { code: 'stale' } })
  })

  it('a state that is not there yet, goes away or is put back is a 503 for that time', async () => {
    const place = newPlace()
    const serving = await service(place.state)
    expect(await get(serving, '/views')).toMatchObject({ status: 503, body: { code: 'state-missing' } })
    await fill(place, 0, 20)
    await expect.poll(async () => (await get(serving, '/views')).status).toBe(200)
    cpSync(place.state, `${place.state}-copy`, { recursive: true })
    rmSync(place.state, { recursive: true })
    await expect.poll(async () => (await get(serving, '/views')).status).toBe(503)
    renameSync(`${place.state}-copy`, place.state)
    await expect.poll(async () => (await get(serving, '/views')).status).toBe(200)
  })
})

describe('what cannot be answered is a problem that says what to write', () => {
  it.each([
    ['/views/totl', 404, 'unknown-view', 'did you mean total?'],
    ['/views/__proto__', 404, 'unknown-view', 'there are: hourly kept total'],
    ['/views/..%2f..%2fetc%2fpasswd/rows', 404, 'unknown-view', 'there are: hourly kept total'],
    ['/views/total%00/rows', 404, 'unknown-view', 'did you mean total?'],
    ['/view', 404, 'unknown-path', '/views/NAME/rows'],
    ['/views/total/rows?limt=5', 400, 'unknown-parameter', 'did you mean limit?'],
    ['/views/total/rows?__proto__=1', 400, 'unknown-parameter', 'key limit cursor'],
    ['/views/total/rows?key=k3', 400, 'malformed', '%22k3%22'],
    ['/views/total/rows?key="a"&key="b"', 400, 'malformed', 'key= once'],
    ['/views/total/rows?limit=0', 400, 'malformed', 'from 1 to 10000'],
    ['/views/total/rows?limit=10001', 400, 'malformed', 'by cursor'],
    ['/views/total/rows?cursor=%%%', 400, 'malformed', 'next said'],
    ['/views/total/rows?cursor=', 400, 'malformed', 'next said'],
    ['/views/total/rows?key="a"&cursor=AA', 400, 'malformed', 'leave cursor out'],
    ['/views?max-age=soon', 400, 'malformed', 'max-age=5s'],
    [`/views/total/rows?key="${'x'.repeat(9000)}"`, 414, 'too-long', ''],
  ])('%s', async (path, status, code, hint) => {
    const serving = await service((await filledPlace(10)).state)
    const { body, headers, ...answer } = await get(serving, path)
    expect(answer.status, JSON.stringify(body)).toBe(status)
    expect(headers.get('content-type')).toBe('application/problem+json')
    expect(body).toMatchObject({ status, code, title: expect.any(String), detail: expect.any(String) })
    expect(body.hint ?? '').toContain(hint)
  })

  it('another type, another method', async () => {
    const serving = await service((await filledPlace(10)).state)
    expect(await get(serving, '/views', { accept: 'text/html' })).toMatchObject({ status: 406, body: { code: 'type' } })
    const posted = await fetch(`${serving.address}/views`, { method: 'POST', body: '{}' })
    expect([posted.status, ((await posted.json()) as { code: string }).code]).toEqual([405, 'method'])
  })
})

describe('who may ask', () => {
  it.each([
    [{ host: 'evil.example' }, 421],
    [{ host: 'evil.example:80' }, 421],
    [{ host: 'LOCALHOST:1' }, 200],
    [{ origin: 'http://evil.example' }, 403],
    [{ origin: 'null' }, 403],
    [{ 'sec-fetch-site': 'cross-site' }, 403],
    [{ 'sec-fetch-site': 'same-site' }, 403],
    [{ 'sec-fetch-site': 'same-origin' }, 200],
  ])('%j: %i', async (headers, status) => {
    const serving = await service((await filledPlace(10)).state)
    expect(await statusWith(serving.address, headers)).toBe(status)
  })

  it('with a token those who bring it, as a header or a cookie', async () => {
    const token = 'a token of 26 characters..'
    const serving = await service((await filledPlace(10)).state, { token })
    const status = async (headers: Record<string, string>) => (await get(serving, '/views', headers)).status
    expect(await status({})).toBe(401)
    expect(await status({ authorization: 'Bearer another' })).toBe(401)
    expect(await status({ authorization: `Bearer ${token}` })).toBe(200)
    expect(await status({ cookie: `a=b; lyrebird-token=${token}` })).toBe(200)
    expect(JSON.stringify((await get(serving, '/views')).body)).not.toContain(token)
  })

  it('another host than loopback needs a token, or the word', async () => {
    const { state } = await filledPlace(10)
    await expect(service(state, { host: '0.0.0.0' })).rejects.toMatchObject({
      code: 'usage',
      hint: expect.stringContaining('--insecure'),
    })
    const serving = await service(state, { host: '0.0.0.0', insecure: true })
    expect(serving.address).toContain('http://0.0.0.0:')
  })

  it('answers are for this origin alone', async () => {
    const serving = await service((await filledPlace(10)).state)
    for (const path of ['/views', '/views/none', '/healthz']) {
      const { headers } = await get(serving, path)
      expect(headers.get('content-security-policy'), path).toBe("default-src 'self'")
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('access-control-allow-origin')).toBeNull()
    }
  })
})

/** With headers that fetch does not let one set. */
function statusWith(address: string, headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const asked = request(`${address}/views`, { headers }, response => {
      response.resume()
      resolve(response.statusCode)
    })
    asked.on('error', reject)
    asked.end()
  })
}
