// The seventh phase: writes the artefact of a plan, which runs on its own.

import { relative } from 'node:path'
import type { Plan } from '../../core/plan/plan.ts'
import type { JobAnalysis } from '../2-check/job-analysis.ts'
import type { Bundle } from '../3-bundle/bundle.ts'
import { packageRoot, packageVersion } from '../package-root.ts'
import { artefactText, type Versions } from './artefact-text.ts'
import { linkPackage, writeArtefact } from './write-artefact.ts'

/** Throws only what the file system throws. */
export function emitArtefact(
  outDir: string,
  plan: Plan,
  bundle: Bundle,
  analysis: JobAnalysis,
  sinks: string | null = null,
): void {
  writeArtefact(outDir, artefactText(plan, bundle, relativeFiles(analysis), versions(), sinks))
  linkPackage(outDir, packageRoot())
}

function relativeFiles({ files, folder }: JobAnalysis): string[] {
  return files.map(file => relative(folder, file).replaceAll('\\', '/'))
}

/** The versions that a job's results may depend on besides its own code. */
function versions(): Versions {
  const { node, v8, icu = 'none', tz = 'none' } = process.versions
  return { lyrebird: packageVersion(), node, v8, icu, tz }
}
