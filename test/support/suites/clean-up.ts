// What modules of support remove after each test or file. They are loaded once for all files that share a process, so
// that hooks of their own would run for the first file only.
//
// Not here: running it (clean-up-hooks.ts).

type Act = () => void

const acts = { test: new Set<Act>(), file: new Set<Act>() }

/** Called as a module of support is loaded. */
export function cleanUpAfterEach(what: keyof typeof acts, act: Act): void {
  acts[what].add(act)
}

export function cleanUp(what: keyof typeof acts): void {
  for (const act of acts[what]) act()
}
