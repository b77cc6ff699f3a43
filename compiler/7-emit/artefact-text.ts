// The text of an artefact's files: `functions.mjs` with its map, `batch.mjs`, `stream.mjs`, `run.mjs`, `plan.json`,
// `manifest.json`.
//
// Promises: a function of bundle, plan and versions alone; the map leads from the author's code in the module to the
// author's files. Writing them is in `write-artefact.ts`.

import { ABI } from '../../core/emitted/abi.ts'
import type { Plan } from '../../core/plan/plan.ts'
import { REALM_NAMES } from '../../core/realm/closed-realm.ts'
import { MANIFEST_FORMAT, sha256 } from '../../host/artefact.ts'
import type { Bundle } from '../3-bundle/bundle.ts'
import { AFTER, BEFORE, PARAMETERS } from '../3-bundle/closed-code.ts'
import { FORMAT_ENTRIES } from '../package-root.ts'
import { emitLink } from './functions.ts'

/** Contents by file name, in the order in which they are to be written: the manifest last. */
export type Artefact = ReadonlyMap<string, string>

export interface Versions {
  readonly lyrebird: string
  readonly node: string
  readonly v8: string
  readonly icu: string
  readonly tz: string
}

/** `files`: the author's, relative to the job's folder; `sinks`: a module with the sinks of a configuration. */
export function artefactText(
  plan: Plan,
  bundle: Bundle,
  files: readonly string[],
  versions: Versions,
  sinks: string | null = null,
): Artefact {
  const { code, map } = functionsModule(plan, bundle, files)
  const contents = new Map([
    ['plan.json', `${JSON.stringify(plan, null, 2)}\n`],
    ['functions.mjs.map', map],
    ['functions.mjs', code],
    ['batch.mjs', targetModule('runtime-batch')],
    ['stream.mjs', targetModule('runtime-stream')],
    ['run.mjs', targetModule('deployment')],
    ...(sinks === null ? [] : [['sinks.mjs', sinks] as const]),
  ])
  contents.set('manifest.json', manifest(plan, contents, files, versions))
  return contents
}

function functionsModule(plan: Plan, bundle: Bundle, files: readonly string[]): { code: string; map: string } {
  const formats = bundle.requires.filter(name => Object.hasOwn(FORMAT_ENTRIES, name))
  const before = `// Job ${plan.job}, compiled by lyrebird. Do not edit: change the job and compile it again.
import * as lyrebird from 'lyrebird'
${formats.map((name, i) => `import * as format${i} from '${name}'\n`).join('')}
export const abi = ${ABI}
export const files = ${JSON.stringify(files)}
lyrebird.checkAbi({ abi, files }, import.meta.url)

const realm = lyrebird.closedRealm()
const { names } = realm
const module = { exports: {} }
const require = name => {
  if (name === 'lyrebird') return lyrebird
${formats.map((name, i) => `  if (name === '${name}') return format${i}\n`).join('')}  throw new Error(\`a compiled job cannot load \${name}\`)
}

function evaluate(${PARAMETERS.join(', ')}) {
${BEFORE}`
  const after = `${AFTER}}

evaluate(module.exports, module, require, ${REALM_NAMES.map(name => `names.${name}`).join(', ')}, realm.hostModule, realm.close)

export const usedIntl = realm.usedIntl
export const plan = JSON.parse(${JSON.stringify(JSON.stringify(plan))})
export const lambdas = lyrebird.lambdasOf(plan, lyrebird.graphOf(module.exports.default))

export ${emitLink(plan)}
//# ${MAP_URL}=functions.mjs.map
`
  const lines = before.split('\n').length - 1
  const map = { ...bundle.map, file: 'functions.mjs', mappings: ';'.repeat(lines) + bundle.map.mappings }
  return { code: `${before}${bundle.code.trimEnd()}${after}`, map: `${JSON.stringify(map)}\n` }
}

/** Spelt so that tools which look for the comment do not find it in this very file. */
const MAP_URL = ['source', 'MappingURL'].join('')

/** The runtime is loaded first: it sets the time zone before any code of the author's runs. */
function targetModule(entry: string): string {
  return `import 'lyrebird/engine'
import { main } from 'lyrebird/${entry}'

await main(() => import('./functions.mjs'), import.meta.url, process.argv.slice(2))
`
}

function manifest(
  plan: Plan,
  contents: ReadonlyMap<string, string>,
  sources: readonly string[],
  versions: Versions,
): string {
  const document = {
    format: MANIFEST_FORMAT,
    abi: ABI,
    job: plan.job,
    sources,
    results: Object.fromEntries(plan.results.map(r => [r.name, { kind: r.kind, hash: r.hash }])),
    versions,
    files: Object.fromEntries([...contents].map(([name, text]) => [name, sha256(text)])),
  }
  return `${JSON.stringify({ ...document, checksum: sha256(JSON.stringify(document)) }, null, 2)}\n`
}
