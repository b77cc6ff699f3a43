// How the rows of a topic's values are laid out: the names of their columns, and the characters between them.
//
// Promises: plain data. A log that kept the header of a file gives it with each chunk; other logs say nothing, and then
// the format of the source does.

/** Each is one ASCII character; `quote` is empty where nothing is quoted. */
export interface RowDialect {
  readonly delimiter: string
  readonly quote: string
  /** Stands before a quote inside quotes: the quote itself (RFC 4180), or a backslash. */
  readonly escapedBy: string
}

export interface RowLayout extends RowDialect {
  readonly topic: string
  /** In the order of the rows; null where the file had no header and nobody named them. */
  readonly columns: readonly string[] | null
}

export const RFC_4180: RowDialect = Object.freeze({ delimiter: ',', quote: '"', escapedBy: '"' })

/** The dialect that a format says, for rows whose log says nothing. */
export function dialectOf({ delimiter, quote, escapedBy }: Partial<RowDialect>): RowDialect {
  const quoted = quote ?? RFC_4180.quote
  return { delimiter: delimiter ?? RFC_4180.delimiter, quote: quoted, escapedBy: escapedBy ?? quoted }
}

const DELIMITER = /^[\t !#$%&()*,/:;<=>?@[\]^`{|}~]$/
const QUOTE = /^[!#$%&'"*/@^`|~]?$/

/** Why three values are no dialect, in a sentence; null where they are one. */
export function dialectProblem({ delimiter, quote, escapedBy }: Record<keyof RowDialect, unknown>): string | null {
  if (typeof delimiter !== 'string' || !DELIMITER.test(delimiter)) {
    return 'the delimiter is one ASCII character that is no letter, digit, sign, point or quote'
  }
  if (typeof quote !== 'string' || !QUOTE.test(quote) || quote === delimiter) {
    return 'the quote is one ASCII character such as a double or single quote, another than the delimiter'
  }
  if (escapedBy === quote || (escapedBy === '\\' && quote !== '')) return null
  return 'the escape is the quote itself or a backslash'
}
