// The Postgres that holds views of the tortured job: killed and frozen while the engine goes on.

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { TestPostgres } from '../../../scripts/postgres/server.ts'

/** Views of the job that have a table of their name. */
const VIEWS = ['balances', 'visits']

export class Database {
  readonly #server: TestPostgres
  /** The folder of the configuration. */
  readonly project: string
  harms = 0

  private constructor(server: TestPostgres, project: string) {
    this.#server = server
    this.project = project
  }

  static async start(project: string): Promise<Database> {
    const server = await TestPostgres.start()
    const sinks = VIEWS.map(view => `${view}: postgres({ url: '${server.url()}', table: '${view}' })`)
    mkdirSync(project, { recursive: true })
    writeFileSync(join(project, 'package.json'), '{"type":"module"}')
    writeFileSync(
      join(project, 'lyrebird.config.ts'),
      `import { postgres } from 'lyrebird/sinks'\nexport default { sinks: { ${sinks.join(', ')} } }\n`,
    )
    return new Database(server, project)
  }

  async kill(ms: number): Promise<void> {
    this.harms++
    await this.#server.kill()
    await sleep(ms)
    await this.#server.begin()
  }

  async freeze(ms: number): Promise<void> {
    this.harms++
    this.#server.pause()
    await sleep(ms)
    this.#server.resume()
  }

  end(): Promise<void> {
    return this.#server.stop()
  }
}
