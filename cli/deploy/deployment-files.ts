// Writes what a compiled job is deployed with into its folder: `compile --docker --k8s`.
//
// Promises: a Dockerfile or manifest that is there with other content is somebody's own and stays; package.json and
// lyrebird's tarball are written anew. Throws `usage` where npm cannot pack.

import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot, packageVersion } from '../../compiler/package-root.ts'
import { LyrebirdError } from '../../core/errors.ts'
import { DOCKERIGNORE, dockerfileOf, packageOf, tarballName } from './docker.ts'
import { manifestsOf } from './kubernetes.ts'

interface Wanted {
  readonly docker: boolean
  readonly k8s: boolean
}

export interface DeploymentFiles {
  /** Names of the files that are there now. */
  readonly files: readonly string[]
  /** Those of them that had other content and were left. */
  readonly kept: readonly string[]
}

/** `folder` is that of the artefact. */
export function writeDeploymentFiles(job: string, folder: string, { docker, k8s }: Wanted): DeploymentFiles {
  const image = { job, version: packageVersion(), node: process.versions.node }
  const own = new Map<string, string>()
  if (docker) own.set('Dockerfile', dockerfileOf(image)).set('.dockerignore', DOCKERIGNORE)
  if (k8s) own.set('k8s.yaml', manifestsOf(job))
  const kept = [...own].filter(([name, text]) => !writeUnlessOwn(join(folder, name), text)).map(([name]) => name)
  const files = [...own.keys()]
  if (docker) {
    pack(folder)
    writeFileSync(join(folder, 'package.json'), packageOf(image))
    files.push('package.json', tarballName(image.version))
  }
  return { files, kept }
}

/** False where a file of other content is there. */
function writeUnlessOwn(path: string, text: string): boolean {
  if (existsSync(path)) return readFileSync(path, 'utf8') === text
  writeFileSync(path, text)
  return true
}

/** The package that runs here, as npm would publish it. */
function pack(folder: string): void {
  const args = ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder]
  const { status, error, stderr } = spawnSync('npm', args, { cwd: packageRoot(), encoding: 'utf8' })
  if (status === 0) return
  const why = error === undefined ? stderr.trim().split('\n')[0] : error.message
  throw new LyrebirdError('usage', `npm could not pack lyrebird for the image: ${why}`, {
    hint: 'npm comes with Node: is it on the PATH, and may it write into the folder of the artefact?',
  })
}
