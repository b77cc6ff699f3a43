// Generated from types.md by scripts/messages.mjs. Do not edit: change the Markdown and run the script.

import type { Message } from '../diagnostic.ts'

/** TypeScript finds a type error. */
export function typeError(p: { readonly code: string; readonly text: string }): Message {
  return {
    word: 'type-error',
    severity: 'error',
    title: 'TypeScript finds a type error',
    label: `${p.text}`,
    why: 'A job runs only where its types hold.',
    fix: `Correct it as TypeScript says (error TS${p.code}); your editor shows the same.`,
  }
}

/** A type with `any` cannot be read from bytes. */
export function anyInType(p: { readonly path: string }): Message {
  return {
    word: 'any-in-type',
    severity: 'error',
    title: 'a type with `any` cannot be read from bytes',
    label: `${p.path} is any`,
    why: 'A record is checked against its type; `any` says nothing that could be checked, so every mistake would come out later, somewhere else.',
    fix: 'Write the type of the field, or `unknown` for any JSON value that your lambdas examine themselves.',
  }
}

/** JSON has no dates. */
export function dateInType(p: { readonly path: string }): Message {
  return {
    word: 'date-in-type',
    severity: 'error',
    title: 'JSON has no dates',
    label: `${p.path} is a Date`,
    why: 'What stands in the log is text or a number; no decoder could tell which texts are meant as dates.',
    fix: 'Declare it as `string` (or `number`) and convert in the lambda: `Date.parse(v.at)`.',
  }
}

/** A record is plain data, not an instance of a class. */
export function classInType(p: { readonly path: string; readonly type: string }): Message {
  return {
    word: 'class-in-type',
    severity: 'error',
    title: 'a record is plain data, not an instance of a class',
    label: `${p.path} is ${p.type}`,
    why: 'Bytes hold fields and no methods; what comes out of a decoder would not be an instance.',
    fix: 'Declare an interface with the fields, and call functions on it.',
  }
}

/** A record is plain data and has no functions. */
export function functionInType(p: { readonly path: string }): Message {
  return {
    word: 'function-in-type',
    severity: 'error',
    title: 'a record is plain data and has no functions',
    label: `${p.path} is a function`,
    why: 'A function has no bytes.',
    fix: 'Remove the method from the type and write it as a function that takes the value.',
  }
}

/** A record is plain data and has no symbols. */
export function symbolInType(p: { readonly path: string }): Message {
  return {
    word: 'symbol-in-type',
    severity: 'error',
    title: 'a record is plain data and has no symbols',
    label: `${p.path} is a symbol`,
    why: 'A symbol has no bytes.',
    fix: 'Use a string, or a union of string literals.',
  }
}

/** JSON has no maps and no sets. */
export function collectionInType(p: { readonly path: string; readonly type: string }): Message {
  return {
    word: 'collection-in-type',
    severity: 'error',
    title: 'JSON has no maps and no sets',
    label: `${p.path} is a ${p.type}`,
    why: 'What stands in the log is an object or an array.',
    fix: 'Declare `Record<string, V>` for a map, an array for a set.',
  }
}

/** The type of the source is not known here. */
export function unresolvedType(p: { readonly path: string; readonly type: string }): Message {
  return {
    word: 'unresolved-type',
    severity: 'error',
    title: 'the type of the source is not known here',
    label: `${p.path} is the type parameter ${p.type}`,
    why: 'The decoder is made for one type when the job is compiled; a type parameter has none yet.',
    fix: 'Call `source<...>` with the concrete type, and hand the stream to the generic helper.',
  }
}

/** This type cannot be checked against bytes. */
export function unsupportedType(p: { readonly advice: string; readonly path: string; readonly type: string }): Message {
  return {
    word: 'unsupported-type',
    severity: 'error',
    title: 'this type cannot be checked against bytes',
    label: `${p.path} is ${p.type}`,
    why: 'A record is checked against the whole declared type, so that a wrong one is a dead letter and no surprise later.',
    fix: `${p.advice}`,
  }
}

/** `what` must be plain data. */
export function noCanonicalBytes(p: { readonly path: string; readonly type: string; readonly what: string }): Message {
  return {
    word: 'no-canonical-bytes',
    severity: 'error',
    title: `${p.what} must be plain data`,
    label: `${p.path} is ${p.type}`,
    why: 'It is kept, compared and hashed by its canonical bytes; this has none.',
    fix: 'Return null, booleans, numbers, bigints, strings, bytes, or arrays and plain objects of them.',
  }
}

/** `name`() takes a number or a bigint from each element. */
export function notNumeric(p: { readonly advice: string; readonly name: string; readonly type: string }): Message {
  return {
    word: 'not-numeric',
    severity: 'error',
    title: `${p.name}() takes a number or a bigint from each element`,
    label: `this gives ${p.type}`,
    why: 'An element whose part is no number would be left out of every field of its row, `count()` included.',
    fix: `${p.advice}`,
  }
}

/** A CSV row cannot have this type. */
export function csvShape(p: { readonly path: string; readonly type: string }): Message {
  return {
    word: 'csv-shape',
    severity: 'error',
    title: 'a CSV row cannot have this type',
    label: `${p.path} is ${p.type}`,
    why: 'A row is a list of texts, one for each column; each field is converted on its own.',
    fix: 'Declare one field for each column, of the type string, number, bigint, boolean, a literal or null.',
  }
}
