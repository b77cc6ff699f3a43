// Types of scripts/messages.mjs for the test that calls it.

/** Every generated file by its path from the package's root; sources are pairs of a name and Markdown. */
export function generate(sources?: readonly (readonly [string, string])[]): ReadonlyMap<string, string>
