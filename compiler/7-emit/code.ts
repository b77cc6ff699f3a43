// Pieces of emitted JavaScript: literals that are safe anywhere, and indentation.

/** A JavaScript string literal. JSON is one, since ES2019 for the line separators too. */
export const text = (value: string): string => JSON.stringify(value)

/** A property of an object literal that becomes an own field whatever its name is. */
export const property = (name: string): string =>
  /^[A-Za-z_$][\w$]*$/.test(name) && name !== '__proto__' ? name : `[${text(name)}]`

/** Code with two blanks for each open bracket, by the brackets at the ends and beginnings of its lines. */
export function layout(code: string): string {
  let depth = 0
  const lines: string[] = []
  for (const raw of code.split('\n')) {
    const line = raw.trim()
    if (line === '') continue
    const closing = /^[}\])]/.test(line) ? 1 : 0
    lines.push('  '.repeat(Math.max(0, depth - closing)) + line)
    if (/[{[(]$/.test(line)) depth += 1 - closing
    else depth -= closing
  }
  return `${lines.join('\n')}\n`
}
