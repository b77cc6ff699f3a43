// Runs the console blocks of Markdown files and writes what the commands print:
// node scripts/console-blocks.mjs FILE.md...
//
// Promises: the commands of one file run in one new folder that holds the examples; what differs from run to run
// (numbers of commits and restarts, reports of speed) becomes `...`. A command behind which a block shows `...` alone
// is left as it is.
// Not here: the pages of docs/language (`language-pages.mjs`); the test that documents stay true
// (`test/repository/docs.test.ts`).

import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const cli = `"${process.execPath}" "${join(root, 'bin', 'lyrebird.mjs')}"`

function outputOf(command, folder) {
  const line = command.replace(/^npx lyrebird/, cli)
  const { stdout } = spawnSync('sh', ['-c', `${line} 2>&1`], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  })
  return stdout.trimEnd().replace(/\(\d+ commits, \d+ restarts\)/, '(... commits, ... restarts)')
}

function renew(block, folder) {
  const [, ...commands] = block.split(/^\$ /m)
  return commands
    .map(part => {
      const [command, ...shown] = part.split('\n')
      const kept = shown.some(line => line === '...') ? shown.join('\n').trimEnd() : null
      const output = outputOf(command, folder)
      return `$ ${command}\n${kept ?? output}`.trimEnd()
    })
    .join('\n\n')
}

for (const file of process.argv.slice(2)) {
  if (/(^|\/)docs\/language\//.test(file)) throw new Error(`${file}: node scripts/language-pages.mjs --write ${file}`)
  const folder = mkdtempSync(join(tmpdir(), 'lyrebird-console-'))
  symlinkSync(join(root, 'examples'), join(folder, 'examples'))
  const text = readFileSync(file, 'utf8')
  writeFileSync(
    file,
    text.replace(/^```console\n([\s\S]*?)^```/gm, (_, block) => `\`\`\`console\n${renew(block, folder)}\n\`\`\``),
  )
  rmSync(folder, { recursive: true, force: true })
}
