// Measures what the types of a large job cost: one run of TypeScript's checker over a job of 200 nodes.
//
//   npm run bench:types [-- --nodes 200 --rounds 5]
//
// Promises: the time of the check alone, libraries parsed before; the median of the rounds, each with a program of its
// own.

import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import ts from 'typescript'
import { largeJob } from './large-job.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const { values } = parseArgs({
  options: { nodes: { type: 'string', default: '200' }, rounds: { type: 'string', default: '5' } },
})
const name = join(root, 'bench', 'large-job-of-types.ts')
const text = largeJob(Number(values.nodes), '../dsl/index.ts')
const read = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile)
const { options } = ts.parseJsonConfigFileContent({ ...read.config, files: [], include: [] }, ts.sys, root)

function check() {
  const host = ts.createCompilerHost(options)
  const { getSourceFile, fileExists } = host
  host.fileExists = path => path === name || fileExists.call(host, path)
  host.getSourceFile = (path, ...rest) =>
    path === name ? ts.createSourceFile(path, text, rest[0]) : getSourceFile.call(host, path, ...rest)
  const program = ts.createProgram([name], { ...options, noEmit: true }, host)
  const started = performance.now()
  const problems = program.getSemanticDiagnostics(program.getSourceFile(name))
  const ms = performance.now() - started
  if (problems.length > 0) throw new Error(ts.flattenDiagnosticMessageText(problems[0].messageText, '\n'))
  return { ms, instantiations: program.getInstantiationCount() }
}

const runs = Array.from({ length: Number(values.rounds) }, check)
const median = runs.map(r => r.ms).sort((a, b) => a - b)[Math.floor(runs.length / 2)]
console.log(`${values.nodes} nodes: ${Math.round(median)} ms to check, ${runs[0].instantiations} types made`)
