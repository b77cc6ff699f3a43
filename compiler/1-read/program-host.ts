// The host of TypeScript's program: it reads files, and parses those that no author writes once for each process.
//
// Promises: the standard library, the host's declarations and the language's own files are shared by all programs of a
// process, bound ones too; an author's file is read again for each program, so that an edit counts.

import { dirname, join } from 'node:path'
import { Project, ts } from 'ts-morph'
import { languageFolders } from '../package-root.ts'
import { HOST_DECLARATIONS, HOST_FILE } from './host-globals.ts'

/** A host for programs whose options are `options` and what the author's tsconfig decides. */
export function programHost(root: string, options: ts.CompilerOptions): ts.CompilerHost {
  const { files, folder } = standardFiles(root, options)
  const ours = languageFolders(root)
  return {
    getSourceFile: (fileName, language) => {
      const known = files.get(fileName)
      if (known !== undefined) return known
      const text = ts.sys.readFile(fileName)
      if (text === undefined) return undefined
      const file = ts.createSourceFile(fileName, text, language)
      if (ours.some(f => fileName.startsWith(f))) files.set(fileName, file)
      return file
    },
    getDefaultLibFileName: () => join(folder, 'lib.d.ts'),
    getDefaultLibLocation: () => folder,
    fileExists: fileName => files.has(fileName) || ts.sys.fileExists(fileName),
    readFile: fileName => files.get(fileName)?.text ?? ts.sys.readFile(fileName),
    directoryExists: ts.sys.directoryExists,
    getDirectories: ts.sys.getDirectories,
    ...(ts.sys.realpath === undefined ? {} : { realpath: ts.sys.realpath }),
    getCurrentDirectory: ts.sys.getCurrentDirectory,
    getCanonicalFileName: fileName => fileName,
    useCaseSensitiveFileNames: () => true,
    getNewLine: () => '\n',
    writeFile: () => {
      throw new Error('lyrebird invariant broken: the type check writes nothing')
    },
  }
}

interface StandardFiles {
  /** By absolute path. */
  readonly files: Map<string, ts.SourceFile>
  /** Where the standard library is: a path of ts-morph's own, which holds its files in memory. */
  readonly folder: string
}

let standard: StandardFiles | null = null

function standardFiles(root: string, options: ts.CompilerOptions): StandardFiles {
  if (standard !== null) return standard
  const project = new Project({
    // With every library of the language: a program takes those that its own options name.
    compilerOptions: { ...options, lib: ['lib.esnext.d.ts'] },
    skipAddingFilesFromTsConfig: true,
    skipFileDependencyResolution: true,
  })
  project.createSourceFile(join(root, HOST_FILE), HOST_DECLARATIONS)
  const program = project.getProgram().compilerObject
  const files = new Map(program.getSourceFiles().map(file => [file.fileName, file]))
  const library = program.getSourceFiles().find(file => program.isSourceFileDefaultLibrary(file)) as ts.SourceFile
  standard = { files, folder: dirname(library.fileName) }
  return standard
}
