// Generated from job.md by scripts/messages.mjs. Do not edit: change the Markdown and run the script.

import type { Message } from '../diagnostic.ts'

/** There is no job file `path`. */
export function unreadableJob(p: { readonly path: string }): Message {
  return {
    word: 'unreadable-job',
    severity: 'error',
    title: `there is no job file ${p.path}`,
    label: 'no such file',
    why: 'A job is a TypeScript module that exports `job(name, results)` by default.',
    fix: 'Check the path; it is taken from the folder where the command runs.',
  }
}

/** The file exports no job. */
export function noJob(): Message {
  return {
    word: 'no-job',
    severity: 'error',
    title: 'the file exports no job',
    label: 'no default export made by job(...)',
    why: 'The compiler takes the job from the default export, so that one file is one job.',
    fix: "End the file with `export default job('name', { view })`.",
  }
}

/** The job's module threw while it was loaded. */
export function evaluationFailed(p: { readonly text: string }): Message {
  return {
    word: 'evaluation-failed',
    severity: 'error',
    title: "the job's module threw while it was loaded",
    label: `${p.text}`,
    why: 'The graph of a job is made by running its module; nothing can be compiled of one that throws.',
    fix: 'Correct the error. Files, network, timers and the environment are absent while a job is loaded.',
  }
}

/** The package `name` threw while it was loaded. */
export function libraryFailed(p: { readonly name: string; readonly place: string; readonly text: string }): Message {
  return {
    word: 'library-failed',
    severity: 'error',
    title: `the package ${p.name} threw while it was loaded`,
    label: `${p.text} (${p.place})`,
    why: 'The graph of a job is made by running its module with all that it imports.',
    fix: 'Import another build or version of the package, or write the function yourself. `docs/libraries.md` lists packages that have been tried.',
  }
}

/** Loading the job twice gave two different jobs. */
export function unstableJob(p: { readonly text: string }): Message {
  return {
    word: 'unstable-job',
    severity: 'error',
    title: 'loading the job twice gave two different jobs',
    label: `${p.text}`,
    why: 'A plan must follow from the source alone; this one depends on something else.',
    fix: 'Build the pipeline from constants of the source only.',
  }
}

/** Both sides of the join can close at one instant. */
export function sameInstant(p: { readonly text: string }): Message {
  return {
    word: 'same-instant',
    severity: 'warning',
    title: 'both sides of the join can close at one instant',
    label: `${p.text}`,
    why: "A version of the element's own time counts, so the hour that ends a day meets that day, not the one before as the other hours do.",
    fix: "Say which is meant: `joinTable(table, { at: 'before' })` takes earlier versions only, `{ at: 'same' }` also that one.",
  }
}

/** The job cannot be bundled. */
export function bundleFailed(p: { readonly text: string }): Message {
  return {
    word: 'bundle-failed',
    severity: 'error',
    title: 'the job cannot be bundled',
    label: `${p.text}`,
    why: 'The emitted module must hold all that the lambdas call.',
    fix: 'Correct the import, or install the package that it names.',
  }
}

/** A word of the language was called where the compiler could not see it. */
export function unmarkedCall(p: { readonly name: string }): Message {
  return {
    word: 'unmarked-call',
    severity: 'error',
    title: 'a word of the language was called where the compiler could not see it',
    label: `${p.name} was called indirectly`,
    why: 'Its types, the fields that it uses and its hash come from its place in the source.',
    fix: 'Call it directly: `stream.map(f)`, not `Reflect.apply(stream.map, stream, [f])` and not through `any`.',
  }
}

/** A name is no identifier. */
export function badName(p: { readonly text: string }): Message {
  return {
    word: 'bad-name',
    severity: 'error',
    title: 'a name is no identifier',
    label: `${p.text}`,
    why: 'Names of jobs, views and fields are used in paths of a query, in file names and in types.',
    fix: 'Use letters, digits and _, beginning with a letter.',
  }
}

/** This is no name for a topic. */
export function badTopic(p: { readonly text: string }): Message {
  return {
    word: 'bad-topic',
    severity: 'error',
    title: 'this is no name for a topic',
    label: `${p.text}`,
    why: 'Topics are named as Kafka names them, and each has one writer.',
    fix: 'Use letters, digits, `.`, `_` and `-`, at most 249 of them.',
  }
}

/** This is no duration. */
export function badDuration(p: { readonly text: string }): Message {
  return {
    word: 'bad-duration',
    severity: 'error',
    title: 'this is no duration',
    label: `${p.text}`,
    why: 'Windows and bounds are exact counts of milliseconds.',
    fix: "Write a whole number and a unit: '500ms', '30s', '5m', '1h', '7d'.",
  }
}

/** This window cannot be. */
export function badWindow(p: { readonly text: string }): Message {
  return {
    word: 'bad-window',
    severity: 'error',
    title: 'this window cannot be',
    label: `${p.text}`,
    why: 'Every element must fall into at least one window, or it would be lost in silence.',
    fix: 'Give the window a length, a hop no longer than that, and an offset below the hop; a calendar its unit and a time zone by name. Join tables of the same windows only.',
  }
}

/** A job does not follow `name`. */
export function ignoredOption(p: { readonly fix: string; readonly name: string; readonly text: string }): Message {
  return {
    word: 'ignored-option',
    severity: 'warning',
    title: `a job does not follow ${p.name}`,
    label: `${p.text}`,
    why: 'Some options of a tsconfig are the same for every job, so that a job has one meaning wherever it is compiled.',
    fix: `${p.fix}`,
  }
}

/** `path` cannot be read whole. */
export function unreadableConfig(p: { readonly path: string; readonly text: string }): Message {
  return {
    word: 'unreadable-config',
    severity: 'warning',
    title: `${p.path} cannot be read whole`,
    label: `${p.text}`,
    why: 'Options that are not understood do not count, such as the names in `paths`.',
    fix: 'Correct the file; `npx tsc --showConfig` shows how TypeScript reads it.',
  }
}

/** This option cannot be. */
export function badOption(p: { readonly text: string }): Message {
  return {
    word: 'bad-option',
    severity: 'error',
    title: 'this option cannot be',
    label: `${p.text}`,
    why: 'An option that is not understood would be ignored in silence.',
    fix: 'Use the options that the message names.',
  }
}

/** This argument cannot be. */
export function badArgument(p: { readonly text: string }): Message {
  return {
    word: 'bad-argument',
    severity: 'error',
    title: 'this argument cannot be',
    label: `${p.text}`,
    why: 'The language checks what types could not.',
    fix: 'Pass what the message asks for.',
  }
}

/** This needs a keyed stream. */
export function notKeyed(p: { readonly text: string }): Message {
  return {
    word: 'not-keyed',
    severity: 'error',
    title: 'this needs a keyed stream',
    label: `${p.text}`,
    why: 'State is kept by key, so that it can be spread over workers.',
    fix: 'Call `keyBy(...)` first.',
  }
}

/** This needs a table with windows. */
export function notWindowed(p: { readonly text: string }): Message {
  return {
    word: 'not-windowed',
    severity: 'error',
    title: 'this needs a table with windows',
    label: `${p.text}`,
    why: 'Only a window that has closed has a result that is final.',
    fix: 'Call `window(...)` before the aggregation.',
  }
}

/** The job has no results. */
export function noResults(p: { readonly text: string }): Message {
  return {
    word: 'no-results',
    severity: 'error',
    title: 'the job has no results',
    label: `${p.text}`,
    why: 'A job without results would read its log for nothing.',
    fix: "Name a view or an output: `job('name', { view })`.",
  }
}

/** Two outputs write to one topic. */
export function duplicateOutput(p: { readonly text: string }): Message {
  return {
    word: 'duplicate-output',
    severity: 'error',
    title: 'two outputs write to one topic',
    label: `${p.text}`,
    why: 'Their records would interleave by chance.',
    fix: 'Merge the streams before `to(...)`, or use two topics.',
  }
}
