// Runs the examples of language pages: node scripts/language-pages.mjs [--write] FILE.md...
//
// Each page holds a job (the last `ts` block that exports one) and `console` blocks. The job becomes `job.ts` in a new
// folder that holds the pages' log as `log` and the examples; the commands run there, in this one process, since
// starting one for each would take minutes.
//
// Promises: prints one line of JSON for each command, `{ file, command, output }`; with --write the blocks get the
// output. What differs from run to run becomes `...`; a command behind which a block shows `...` alone is left as it
// is.
// Not here: the test that pages stay true (`test/repository/docs.test.ts`). Needs `npm run build`.

import { mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

process.env.TZ = 'UTC'
process.env.NO_COLOR = '1'
const { main } = await import('../build/cli/main.js')

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const write = process.argv.includes('--write')
const files = process.argv.slice(2).filter(a => a !== '--write')
const say = process.stdout.write.bind(process.stdout)
process.stdout.setMaxListeners(0)
process.stderr.setMaxListeners(0)

/** What a command prints on both streams. */
async function captured(argv) {
  const chunks = []
  const streams = [process.stdout, process.stderr]
  const before = streams.map(s => s.write)
  for (const stream of streams) {
    stream.write = (chunk, encoding, done) => {
      chunks.push(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString())
      ;(typeof encoding === 'function' ? encoding : done)?.()
      return true
    }
  }
  try {
    await main(argv)
  } finally {
    streams.forEach((stream, i) => {
      stream.write = before[i]
    })
  }
  return chunks.join('')
}

/** Words of a command line; single and double quotes hold blanks together. */
const words = line => [...line.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(m => m[1] ?? m[2] ?? m[3])

async function outputOf(command) {
  const [line, filter] = command.split(/ \| (?=head -\d+$)/)
  const [npx, name, ...argv] = words(line)
  if (npx !== 'npx' || name !== 'lyrebird') throw new Error(`a page runs lyrebird alone, not: ${command}`)
  const text = await captured(argv)
  process.exitCode = 0
  const lines = text.trimEnd().split('\n')
  const shown = filter === undefined ? lines : lines.slice(0, Number(/\d+/.exec(filter)[0]))
  return shown.join('\n').replace(/\(\d+ commits, \d+ restarts\)/, '(... commits, ... restarts)')
}

function prepare(text) {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'lyrebird-page-')))
  symlinkSync(join(root, 'examples'), join(folder, 'examples'))
  symlinkSync(join(root, 'docs', 'language', 'log'), join(folder, 'log'))
  const jobs = [...text.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map(m => m[1]).filter(c => /export default job\(/.test(c))
  if (jobs.length > 0) writeFileSync(join(folder, 'job.ts'), jobs.at(-1))
  return folder
}

async function renew(file, block) {
  const [, ...commands] = block.split(/^\$ /m)
  const parts = []
  for (const part of commands) {
    const [command, ...shown] = part.split('\n')
    const output = await outputOf(command)
    say(`${JSON.stringify({ file, command, output })}\n`)
    const kept = shown.some(l => l === '...') ? shown.join('\n').trimEnd() : null
    parts.push(`$ ${command}\n${kept ?? output}`.trimEnd())
  }
  return parts.join('\n\n')
}

for (const file of files) {
  const path = resolve(root, file)
  const text = readFileSync(path, 'utf8')
  const folder = prepare(text)
  process.chdir(folder)
  let renewed = text
  for (const [whole, block] of text.matchAll(/^```console\n([\s\S]*?)^```/gm)) {
    const body = await renew(file, block)
    renewed = renewed.replace(whole, () => `\`\`\`console\n${body}\n\`\`\``)
  }
  if (write && renewed !== text) writeFileSync(path, renewed)
  process.chdir(root)
  rmSync(folder, { recursive: true, force: true })
}
process.exit(0)
