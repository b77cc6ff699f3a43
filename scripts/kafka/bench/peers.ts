// The peers that are not the package's: Kafka Streams (Maven, Java) and @kafkats/flow (npm), of pinned versions.
//
// Promises: fetched once, into .kafka of the repository, and never a part of the package or of its tests; where one
// cannot be had, one line says why, and the bench goes on without it.

import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fetchJars, jarsIn } from '../jars.ts'

export interface Peers {
  /** The command of Kafka Streams up to its arguments; null where there is none. */
  readonly streams: readonly string[] | null
  /** The script for @kafkats/flow; null where there is none. */
  readonly flow: string | null
}

export const NO_PEERS: Peers = { streams: null, flow: null }

const FLOW = ['@kafkats/flow', '@kafkats/client']
const FLOW_VERSION = '0.12.0'
const HEAP = '-Xmx1g'
const INSTALL_LIMIT_MS = 300_000

interface Places {
  readonly root: string
  readonly scratch: string
}

export function preparePeers(places: Places, tell: (line: string) => void): Peers {
  const unless = <T>(name: string, made: T | Failure): T | null => {
    if (!(made instanceof Failure)) return made
    tell(`without ${name}: ${made.reason}`)
    return null
  }
  return {
    streams: unless('Kafka Streams', streamsCommand(places)),
    flow: unless('@kafkats/flow', flowScript(places)),
  }
}

class Failure {
  readonly reason: string

  constructor(reason: string) {
    this.reason = reason.replace(/\s+/g, ' ').trim().slice(0, 300)
  }
}

function streamsCommand({ root, scratch }: Places): readonly string[] | Failure {
  const libs = join(root, '.kafka', 'streams-libs')
  const failure = existsSync(libs) ? null : fetchJars(join(root, 'scripts', 'kafka', 'bench', 'pom.xml'), libs)
  if (failure !== null) return new Failure(failure)
  const jars = jarsIn(libs).join(':')
  const classes = join(scratch, 'classes')
  const source = join(root, 'bench', 'kafka', 'Streams.java')
  const { status, stderr, error } = spawnSync('javac', ['-cp', jars, '-d', classes, source], { encoding: 'utf8' })
  if (status !== 0) return new Failure(`javac: ${error?.message ?? stderr}`)
  return ['java', HEAP, '-cp', `${classes}:${jars}`, 'Streams']
}

function flowScript({ root }: Places): string | Failure {
  const home = join(root, '.kafka', `flow-${FLOW_VERSION}`)
  if (!existsSync(home)) {
    const partial = `${home}.${process.pid}.partial`
    mkdirSync(partial, { recursive: true })
    writeFileSync(join(partial, 'package.json'), '{ "type": "module", "private": true }\n')
    const packages = FLOW.map(name => `${name}@${FLOW_VERSION}`)
    const args = ['install', '--silent', '--no-audit', '--no-fund', ...packages]
    const options = { cwd: partial, encoding: 'utf8', timeout: INSTALL_LIMIT_MS } as const
    const { status, stdout, stderr, error } = spawnSync('npm', args, options)
    if (status !== 0) {
      rmSync(partial, { recursive: true, force: true })
      return new Failure(`npm could not install it: ${error?.message ?? `${stdout} ${stderr}`}`)
    }
    renameSync(partial, home)
  }
  const script = join(home, 'flow.mjs')
  copyFileSync(join(root, 'bench', 'kafka', 'flow.mjs'), script)
  return script
}
