// Runs TypeScript's checker over snippets of job code, each in a block of its own after one prelude.
//
// Promises: the compiler options of an author's project under strict; the messages of a snippet as an editor shows
// them.

import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

/** Messages of each snippet by its name, in order; empty where it type-checks. */
export function checkSnippets(prelude: string, snippets: Readonly<Record<string, string>>): Map<string, string[]> {
  const name = join(ROOT, 'test/types/snippets.ts')
  const names = Object.keys(snippets)
  let text = `${prelude}\n`
  const ends = names.map(key => {
    text += `{\n${snippets[key]}\n}\n`
    return text.length
  })
  const found = new Map<string, string[]>(names.map(key => [key, []]))
  for (const diagnostic of diagnosticsOf(name, `${text}export {}\n`)) {
    const at = diagnostic.start ?? 0
    const key = names[ends.findIndex(end => at < end)] ?? 'outside'
    const message = ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n')
    found.set(key, [...(found.get(key) ?? []), message])
  }
  return found
}

/** The number of types that the checker makes for a file of job code, and its messages. */
export function typesMade(text: string): { readonly count: number; readonly messages: readonly string[] } {
  const name = join(ROOT, 'test/types/snippets.ts')
  const program = programOf(name, text)
  const messages = complaints(program, name).map(d => ts.flattenDiagnosticMessageText(d.messageText, '\n'))
  return { count: program.getInstantiationCount(), messages }
}

function diagnosticsOf(name: string, text: string): readonly ts.Diagnostic[] {
  return complaints(programOf(name, text), name)
}

function complaints(program: ts.Program, name: string): readonly ts.Diagnostic[] {
  const file = program.getSourceFile(name)
  return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)]
}

function programOf(name: string, text: string): ts.Program {
  const read = ts.readConfigFile(join(ROOT, 'tsconfig.json'), ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent({ ...read.config, files: [], include: [] }, ts.sys, ROOT)
  const host = ts.createCompilerHost(options)
  const { getSourceFile, fileExists, readFile } = host
  host.fileExists = path => path === name || fileExists.call(host, path)
  host.readFile = path => (path === name ? text : readFile.call(host, path))
  host.getSourceFile = (path, ...rest) =>
    path === name ? ts.createSourceFile(path, text, rest[0]) : getSourceFile.call(host, path, ...rest)
  return ts.createProgram([name], { ...options, noEmit: true }, host)
}
