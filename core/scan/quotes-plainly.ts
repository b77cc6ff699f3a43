// Texts that JSON writes as they are.

/** Whether the JSON spelling of a text has no escapes. */
export function quotesPlainly(text: string): boolean {
  return JSON.stringify(text) === `"${text}"`
}
