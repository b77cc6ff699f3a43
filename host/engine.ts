// Flags of Node under which nothing here can run, or under which lambdas would compute something else: found by what
// they do, so that it does not matter how they were given.

import { LyrebirdError } from '../core/errors.ts'

/** The flag that stands in the way, as a typed failure; null where none does. */
export function engineFault(): LyrebirdError | null {
  const found = FLAGS.find(({ isSet }) => isSet())
  if (found === undefined) return null
  return new LyrebirdError('engine-flag', `lyrebird cannot run under Node's flag ${found.flag}: ${found.why}`, {
    where: { flag: found.flag },
    hint: `take it out of ${isGiven(found.flag, process.execArgv) ? 'the command' : 'NODE_OPTIONS'}`,
  })
}

interface Flag {
  readonly flag: string
  readonly why: string
  readonly isSet: () => boolean
}

const FLAGS: readonly Flag[] = [
  {
    flag: '--disallow-code-generation-from-strings',
    why: 'reading and writing states needs functions that are made when they are first used',
    isSet: () => throws(() => new Function('')),
  },
  {
    flag: '--frozen-intrinsics',
    why: 'the closed realm in which jobs run has changed copies of built-in objects',
    isSet: () => Object.isFrozen(Array.prototype),
  },
  {
    flag: '--disable-proto',
    why: 'lambdas and libraries that use __proto__ would compute something else',
    isSet: () => !Object.hasOwn(Object.prototype, '__proto__') || throws(() => Reflect.get({}, '__proto__')),
  },
  {
    flag: '--no-addons',
    why: 'states are kept by lmdb, which is an addon',
    isSet: () => isGiven('--no-addons', [...process.execArgv, ...(process.env.NODE_OPTIONS ?? '').split(/\s+/)]),
  },
]

function throws(run: () => unknown): boolean {
  try {
    run()
    return false
  } catch {
    return true
  }
}

const isGiven = (flag: string, options: readonly string[]): boolean =>
  options.some(option => option === flag || option.startsWith(`${flag}=`))
