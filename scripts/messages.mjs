// Generates from `compiler/messages/*.md`: typed functions beside them, the pages that `explain` prints, and
// `docs/diagnostics/`.
//
// `node scripts/messages.mjs` writes; with `--check` it only compares and fails where a file is stale. A duplicate
// word, a missing field or an unknown one is an error.

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..')
const FOLDER = join(ROOT, 'compiler/messages')
const FIELDS = ['severity', 'title', 'label', 'why', 'fix']

/** Every generated file by its path from the package's root. */
export function generate(sources = readSources()) {
  const words = new Map()
  const files = new Map()
  for (const [name, text] of sources) {
    const messages = parse(name, text)
    for (const message of messages) {
      if (words.has(message.word)) throw new Error(`${name}: the word ${message.word} stands twice`)
      words.set(message.word, message)
    }
    files.set(`compiler/messages/${name}.ts`, functionsFile(name, messages))
  }
  const all = [...words.values()].sort((a, b) => (a.word < b.word ? -1 : 1))
  files.set('compiler/messages/pages.ts', pagesFile(all))
  for (const message of all) files.set(`docs/diagnostics/${message.word}.md`, page(message))
  files.set('docs/diagnostics/README.md', indexPage(all))
  return files
}

function readSources() {
  const names = readdirSync(FOLDER).filter(f => f.endsWith('.md'))
  return names.sort().map(f => [basename(f, '.md'), readFileSync(join(FOLDER, f), 'utf8')])
}

function parse(name, text) {
  return text
    .split(/^## /m)
    .slice(1)
    .map(section => {
      const [word, ...lines] = section.split('\n')
      const message = { word: word.trim() }
      if (!/^[a-z]+(-[a-z]+)*$/.test(message.word)) throw new Error(`${name}: ${message.word} is no word`)
      let at = lines.findIndex(line => line.startsWith('- '))
      for (; lines[at]?.startsWith('- '); at++) {
        const [, field, value] = /^- ([a-z]+): (.+)$/.exec(lines[at]) ?? []
        if (!FIELDS.includes(field)) throw new Error(`${name}: ${message.word} has an unknown field: ${lines[at]}`)
        message[field] = value
      }
      for (const field of FIELDS) {
        if (message[field] === undefined) throw new Error(`${name}: ${message.word} has no ${field}`)
      }
      return { ...message, body: lines.slice(at).join('\n').trim() }
    })
}

function parameters(message) {
  const names = FIELDS.flatMap(f => [...message[f].matchAll(/%(\w+)%/g)].map(m => m[1]))
  return [...new Set(names)].sort()
}

function functionsFile(name, messages) {
  const head = [
    `// Generated from ${name}.md by scripts/messages.mjs. Do not edit: change the Markdown and run the script.`,
    '',
    "import type { Message } from '../diagnostic.ts'",
  ]
  return `${[...head, ...messages.map(functionText)].join('\n')}\n`
}

function functionText(message) {
  const names = parameters(message)
  const camel = message.word.replace(/-(\w)/g, (_, letter) => letter.toUpperCase())
  const list = names.length === 0 ? '' : `p: { ${names.map(n => `readonly ${n}: string`).join('; ')} }`
  const fields = ['word', ...FIELDS].map(f => fieldLine(f, message[f]))
  return [
    '',
    `/** ${sentence(message.title)} */`,
    `export function ${camel}(${list}): Message {`,
    '  return {',
    ...fields,
    '  }',
    '}',
  ].join('\n')
}

const fieldLine = (field, text) => `    ${field}: ${literal(text)},`

function literal(text) {
  if (/%\w+%/.test(text)) {
    return `\`${text.replace(/[\\`]|\$\{/g, '\\$&').replace(/%(\w+)%/g, (_, name) => `\${p.${name}}`)}\``
  }
  if (text.includes("'") && !text.includes('"')) return `"${text.replaceAll('\\', '\\\\')}"`
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}

function page(message) {
  const plain = text => text.replace(/%(\w+)%/g, '*$1*')
  return `${[
    `# ${message.word}`,
    '',
    `**${capital(plain(message.title))}** (${message.severity})`,
    '',
    ...[message.why, message.fix].map(plain).flatMap(text => [text, '']),
    ...(message.body === '' ? [] : [message.body, '']),
  ]
    .join('\n')
    .trimEnd()}\n`
}

function indexPage(messages) {
  const rows = messages.map(
    m => `| [${m.word}](${m.word}.md) | ${m.severity} | ${m.title.replace(/%(\w+)%/g, '*$1*')} |`,
  )
  return `${['# Diagnostics', '', 'Generated from `compiler/messages/`. `lyrebird explain WORD` prints the same pages.', '', '| word | severity | says |', '|---|---|---|', ...rows].join('\n')}\n`
}

function pagesFile(messages) {
  const entries = messages.map(m => `  ['${m.word}', ${literalPage(page(m))}],`)
  return `${[
    '// biome-ignore-all format: one line a page keeps this file short.',
    '// Generated from compiler/messages/*.md by scripts/messages.mjs: the page of each word, for `explain`. Do not edit.',
    '',
    'export const PAGES: ReadonlyMap<string, string> = new Map([',
    ...entries,
    '])',
  ].join('\n')}\n`
}

const literalPage = text => JSON.stringify(text).replaceAll('${', '\\u0024{')
const capital = text => text[0].toUpperCase() + text.slice(1)
const sentence = text => `${capital(text).replace(/%(\w+)%/g, '`$1`')}.`

function run(check) {
  const stale = []
  mkdirSync(join(ROOT, 'docs/diagnostics'), { recursive: true })
  for (const [path, text] of generate()) {
    const file = join(ROOT, path)
    const known = check ? readOrNull(file) : null
    if (check && known !== text) stale.push(path)
    if (!check) writeFileSync(file, text)
  }
  if (stale.length > 0) {
    console.error(`stale: ${stale.join(', ')}\nrun: node scripts/messages.mjs`)
    process.exitCode = 1
  }
}

function readOrNull(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return null
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) run(process.argv.includes('--check'))
