// Generated from determinism.md by scripts/messages.mjs. Do not edit: change the Markdown and run the script.

import type { Message } from '../diagnostic.ts'

/** The lambda reads the clock. */
export function clockInLambda(p: { readonly name: string }): Message {
  return {
    word: 'clock-in-lambda',
    severity: 'error',
    title: 'the lambda reads the clock',
    label: `${p.name} gives another answer at each run`,
    why: 'Batch reads a record hours after the stream did, so the two would differ.',
    fix: "Use the record's own time: a field of the value, or `record.timestamp` from the second argument.",
  }
}

/** The lambda uses randomness. */
export function randomInLambda(p: { readonly name: string }): Message {
  return {
    word: 'random-in-lambda',
    severity: 'error',
    title: 'the lambda uses randomness',
    label: `${p.name} gives another answer at each call`,
    why: 'The same record would be treated differently by batch, by the stream and after a restart.',
    fix: 'Derive the choice from the record, such as a hash of its id.',
  }
}

/** The lambda starts or stops a timer. */
export function timerInLambda(p: { readonly name: string }): Message {
  return {
    word: 'timer-in-lambda',
    severity: 'error',
    title: 'the lambda starts or stops a timer',
    label: `${p.name} acts when the clock says so`,
    why: 'What a timer does happens at another moment in batch than in the stream, and after another record.',
    fix: 'Express the delay in event time: a window closes when the watermark passes its end.',
  }
}

/** The lambda uses the host's time zone. */
export function localTime(p: { readonly name: string }): Message {
  return {
    word: 'local-time',
    severity: 'error',
    title: "the lambda uses the host's time zone",
    label: `${p.name} depends on where the program runs`,
    why: 'Two machines in two zones would give the same record two different hours.',
    fix: 'Use the UTC form: `getUTCHours()`, `Date.UTC(y, m, d)`, `toISOString()`.',
  }
}

/** The lambda depends on a locale. */
export function localeInLambda(p: { readonly name: string }): Message {
  return {
    word: 'locale-in-lambda',
    severity: 'error',
    title: 'the lambda depends on a locale',
    label: `${p.name} follows the language settings of the host`,
    why: 'Another machine would order or print the same text differently.',
    fix: "Compare with `<` and `>`, print with `toFixed`, `toISOString`, `toLowerCase`; or name locale and zone: `new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/London' })`.",
  }
}

/** The job reaches outside its log. */
export function outsideWorld(p: { readonly name: string }): Message {
  return {
    word: 'outside-world',
    severity: 'error',
    title: 'the job reaches outside its log',
    label: `${p.name} answers from outside the log`,
    why: 'A file, a service or a process answers differently next time, and batch could not ask it again about the past.',
    fix: 'Put the answers into a topic and read it as a source, or write them into the job as constants.',
  }
}

/** The job reads the environment of its process. */
export function environmentVariable(p: { readonly name: string }): Message {
  return {
    word: 'environment-variable',
    severity: 'error',
    title: 'the job reads the environment of its process',
    label: `${p.name} is set by whoever starts the program`,
    why: 'The plan would not say what the job does, and two runs could do two things.',
    fix: "Write the value into the job, where it becomes a part of the plan's hash.",
  }
}

/** The lambda waits for something. */
export function asyncInLambda(p: { readonly name: string }): Message {
  return {
    word: 'async-in-lambda',
    severity: 'error',
    title: 'the lambda waits for something',
    label: `${p.name} answers later`,
    why: 'The order in which promises settle is not in the log, and no executor waits for them.',
    fix: 'Return the result itself. What must be looked up elsewhere comes in as another source.',
  }
}

/** The lambda changes a variable outside itself. */
export function capturedState(p: { readonly name: string }): Message {
  return {
    word: 'captured-state',
    severity: 'error',
    title: 'the lambda changes a variable outside itself',
    label: `\`${p.name}\` keeps its value from one record to the next`,
    why: 'What a record yields would depend on which records came before it, and that order differs between batch and stream.',
    fix: 'Let the language keep state: `keyBy(...)` with an aggregation such as `count()` or `last(...)`.',
  }
}

/** The lambda changes an object outside itself. */
export function capturedMutation(p: { readonly name: string }): Message {
  return {
    word: 'captured-mutation',
    severity: 'error',
    title: 'the lambda changes an object outside itself',
    label: `this changes \`${p.name}\`, which outlives the record`,
    why: 'The next record would see what this one left behind, in an order that differs between batch and stream.',
    fix: 'Make a new object in the lambda, or let an aggregation keep the state: `collectSet`, `countDistinct`, `last`.',
  }
}

/** The lambda goes on with an iterator from outside. */
export function keptIterator(p: { readonly name: string }): Message {
  return {
    word: 'kept-iterator',
    severity: 'error',
    title: 'the lambda goes on with an iterator from outside',
    label: `\`${p.name}\` continues where an earlier record stopped`,
    why: 'Which element this record meets depends on how many records came before it.',
    fix: 'Make an array of it outside the lambda (`[...ids()]`) and choose from that by something in the record.',
  }
}

/** A regular expression remembers where it stopped. */
export function statefulRegexp(p: { readonly name: string }): Message {
  return {
    word: 'stateful-regexp',
    severity: 'error',
    title: 'a regular expression remembers where it stopped',
    label: `\`${p.name}\` has the flag g or y and keeps \`lastIndex\` between records`,
    why: "`test` and `exec` would begin in the middle of the next record's text.",
    fix: 'Drop the flag, or use `text.replace`, `text.matchAll` or `text.match`, which begin at 0.',
  }
}

/** The lambda changes its input. */
export function mutatesInput(p: { readonly name: string }): Message {
  return {
    word: 'mutates-input',
    severity: 'error',
    title: 'the lambda changes its input',
    label: `this changes \`${p.name}\`, which other branches of the job read too`,
    why: 'A value is shared by all lambdas that follow a node; whichever runs first would decide what the others see.',
    fix: 'Return a changed copy: `{ ...v, name }`, `v.tags.toSorted()`, `v.items.filter(...)`.',
  }
}

/** The job runs code that cannot be read beforehand. */
export function dynamicCode(p: { readonly name: string }): Message {
  return {
    word: 'dynamic-code',
    severity: 'error',
    title: 'the job runs code that cannot be read beforehand',
    label: `${p.name} hides what will run`,
    why: "What the compiler cannot read it cannot vouch for, and a change in it would not change the plan's hash.",
    fix: 'Call the function by its name, imported where the file begins.',
  }
}

/** A call through `any` cannot be followed. */
export function unseenCall(p: { readonly name: string }): Message {
  return {
    word: 'unseen-call',
    severity: 'error',
    title: 'a call through `any` cannot be followed',
    label: `${p.name} has the type any, so nobody can tell what runs`,
    why: 'What the compiler cannot read it cannot vouch for.',
    fix: 'Give the value its type: `const parsed = JSON.parse(text) as Order`.',
  }
}

/** The lambda cannot be found in the source. */
export function unseenLambda(p: { readonly name: string }): Message {
  return {
    word: 'unseen-lambda',
    severity: 'error',
    title: 'the lambda cannot be found in the source',
    label: `${p.name} could be any function`,
    why: 'Which fields it uses, whether it is deterministic and what its hash is can only be read from its text.',
    fix: 'Pass an arrow function, or the name of a function of yours: `.map(v => handlers.get(v.kind)(v))` becomes a function with a `switch`.',
  }
}

/** The lambda watches memory or threads. */
export function hostMemory(p: { readonly name: string }): Message {
  return {
    word: 'host-memory',
    severity: 'error',
    title: 'the lambda watches memory or threads',
    label: `${p.name} answers by when the garbage collector or another thread ran`,
    why: 'Neither is in the log.',
    fix: 'Hold the value itself, in a variable of the lambda.',
  }
}

/** The lambda reads the program's own text. */
export function sourceText(p: { readonly name: string }): Message {
  return {
    word: 'source-text',
    severity: 'error',
    title: "the lambda reads the program's own text",
    label: `${p.name} differs between builds of the same job`,
    why: 'Stack traces, names and texts of functions change with bundling and with the version of Node, though the job is the same.',
    fix: 'Use a message or a name that you write yourself.',
  }
}

/** The job changes a built-in object. */
export function prototypePatch(p: { readonly name: string }): Message {
  return {
    word: 'prototype-patch',
    severity: 'error',
    title: 'the job changes a built-in object',
    label: `this changes \`${p.name}\` for all code in the process`,
    why: 'Executors and libraries rely on the built-in objects as they are.',
    fix: 'Write a function of your own and call it.',
  }
}

/** The last digit of this result is up to the engine. */
export function approximateMath(p: { readonly name: string }): Message {
  return {
    word: 'approximate-math',
    severity: 'warning',
    title: 'the last digit of this result is up to the engine',
    label: `${p.name} may round differently in another version of Node`,
    why: 'ECMAScript leaves the accuracy of these functions open; on one version all executors agree.',
    fix: 'Keep one version of Node for a state directory, or round the result.',
  }
}

/** The lambda writes to the console. */
export function consoleInLambda(p: { readonly name: string }): Message {
  return {
    word: 'console-in-lambda',
    severity: 'warning',
    title: 'the lambda writes to the console',
    label: `${p.name} prints once for each time a record is read`,
    why: 'A record may be read again after a restart, and by several workers; what is printed is no part of the result.',
    fix: 'Fine while you look for a mistake. For good, make the line a field of the result.',
  }
}

/** The lambda calls a library that cannot be read. */
export function unreadLibrary(p: { readonly name: string }): Message {
  return {
    word: 'unread-library',
    severity: 'warning',
    title: 'the lambda calls a library that cannot be read',
    label: `${p.name} is an installed package`,
    why: 'Its clock, randomness and network are closed at run time; state that it keeps between records cannot be seen.',
    fix: "Fine if what is called depends on nothing but its arguments. The package's content is a part of the plan's hash.",
  }
}
