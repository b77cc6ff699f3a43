// A growing set of used parts of a value.

import type { Uses } from '../../../core/plan/schema.ts'

/** Field names from the root; `[]` for the elements of an array or the values of a record. */
export type UsePath = readonly string[]

export class UseTree {
  #whole = false
  readonly #fields = new Map<string, UseTree>()

  /** The value at a path as a whole. */
  whole(path: UsePath): void {
    this.#at(path).#whole = true
  }

  /** Only that something is there. */
  presence(path: UsePath): void {
    this.#at(path)
  }

  /** What another function uses of the value at a path. */
  graft(path: UsePath, uses: Uses): void {
    const at = this.#at(path)
    if (uses === true) at.#whole = true
    else for (const [field, inner] of Object.entries(uses)) at.graft([field], inner)
  }

  toUses(): Uses {
    if (this.#whole) return true
    const out: Record<string, Uses> = Object.create(null)
    for (const [name, inner] of [...this.#fields].sort(([a], [b]) => (a < b ? -1 : 1))) out[name] = inner.toUses()
    return out
  }

  #at(path: UsePath): UseTree {
    let at: UseTree = this
    for (const name of path) {
      const next = at.#fields.get(name) ?? new UseTree()
      at.#fields.set(name, next)
      at = next
    }
    return at
  }
}
