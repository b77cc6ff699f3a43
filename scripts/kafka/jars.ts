// Where Kafka's jars come from: Maven, once, into .kafka/libs of the repository (scripts/kafka/pom.xml names the
// versions).
//
// Promises: fetched whole or not at all (a temporary folder, then one rename), so that two test files may fetch at
// once; nothing is fetched where the folder exists. Where Java or Maven is missing, the callers decide what to do (the
// reason is a sentence).

import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'

/** The parts that a broker is started from. */
export interface KafkaParts {
  /** Folder of the repository that holds everything fetched or made here. */
  readonly home: string
  readonly scripts: string
  /** Every jar, in a fixed order: a class-data archive belongs to one exact class path. */
  readonly jars: readonly string[]
  /** Class-data archive of one Java and these jars: halves the start of a broker. It may not exist. */
  readonly archive: string
}

/** The parts, fetched if necessary; or the sentence that says why there are none. */
export function kafkaParts(): KafkaParts | string {
  const root = repositoryRoot()
  const scripts = join(root, 'scripts', 'kafka')
  const home = join(root, '.kafka')
  const libs = join(home, 'libs')
  const java = spawnSync('java', ['-version'], { encoding: 'utf8' })
  if (java.status !== 0) return 'java is not installed (Kafka 4 needs Java 17 or newer)'
  const version = /version "(\d+)([\w.+-]*)/.exec(java.stderr)
  if (version !== null && Number(version[1]) < 17) return `java is version ${version[1]} (Kafka 4 needs 17 or newer)`
  if (!existsSync(libs)) {
    const failure = fetchJars(join(scripts, 'pom.xml'), libs)
    if (failure !== null) return failure
  }
  const jars = jarsIn(libs)
  return { home, scripts, jars, archive: join(home, `classes-${version?.[1] ?? ''}${version?.[2] ?? ''}.jsa`) }
}

/** Fetches what a pom.xml names into a new folder; the sentence that says why not, or null. */
export function fetchJars(pom: string, libs: string): string | null {
  if (spawnSync('mvn', ['-v'], { encoding: 'utf8' }).status !== 0) {
    return `mvn is not installed, and .kafka/${basename(libs)} does not exist`
  }
  const partial = `${libs}.${process.pid}.partial`
  mkdirSync(dirname(libs), { recursive: true })
  const goal = ['dependency:copy-dependencies', `-DoutputDirectory=${partial}`, '-DincludeScope=runtime']
  const run = spawnSync('mvn', ['-q', '-B', '-f', pom, ...goal], { encoding: 'utf8', timeout: 300_000 })
  if (run.status !== 0) {
    rmSync(partial, { recursive: true, force: true })
    const last = `${run.stdout}${run.stderr}`.trim().split('\n')[0] ?? ''
    return `mvn could not fetch the jars of ${basename(libs)}: ${last.slice(0, 300)}`
  }
  try {
    renameSync(partial, libs)
  } catch (e) {
    rmSync(partial, { recursive: true, force: true })
    if (!existsSync(libs)) throw e
  }
  return null
}

/** The jars of a folder, in a fixed order. */
export function jarsIn(libs: string): readonly string[] {
  return readdirSync(libs)
    .filter(name => name.endsWith('.jar'))
    .sort()
    .map(name => join(libs, name))
}

/** The nearest folder upwards of the current one that holds this file's pom.xml. */
export function repositoryRoot(): string {
  for (let at = resolve('.'); ; at = dirname(at)) {
    if (existsSync(join(at, 'scripts', 'kafka', 'pom.xml'))) return at
    if (dirname(at) === at) throw new Error('not inside the repository: no scripts/kafka/pom.xml upwards of here')
  }
}
