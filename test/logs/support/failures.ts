// The failure that a piece of code ends in.

import { isLyrebirdError, type LyrebirdError } from '../../../core/errors.ts'

/** The typed failure that `action` throws; any other error is rethrown. */
export async function failureOf(action: () => unknown): Promise<LyrebirdError> {
  try {
    await action()
  } catch (e) {
    if (isLyrebirdError(e)) return e
    throw e
  }
  throw new Error('a failure was expected, but all went well')
}

export const codeOf = async (action: () => unknown): Promise<string> => (await failureOf(action)).code
