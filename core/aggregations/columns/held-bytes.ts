// About how much memory the states of a column take beyond its arrays: for those that grow with their elements.
//
// Promises: cheap to keep up to date, and of the right order of magnitude; when groups are spilled follows from it, and
// no result does.

/** Of an entry of a list or map, with a time and an identity. */
export const ENTRY_BYTES = 200

/** Of the identity that breaks the ties of a group. */
export const ORDER_KEY_BYTES = 160

/** Of a number in a map or set. */
export const MAP_ENTRY_BYTES = 48

export class HeldBytes {
  #bySlot = new Float64Array(0)
  /** Over all slots. */
  total = 0

  grow(capacity: number): void {
    const bySlot = new Float64Array(capacity)
    bySlot.set(this.#bySlot)
    this.#bySlot = bySlot
  }

  add(slot: number, bytes: number): void {
    this.#bySlot[slot] = (this.#bySlot[slot] as number) + bytes
    this.total += bytes
  }

  clear(slot: number): void {
    this.set(slot, 0)
  }

  set(slot: number, bytes: number): void {
    this.total += bytes - (this.#bySlot[slot] as number)
    this.#bySlot[slot] = bytes
  }
}

/** Of a group apart from its columns: key, index, row hashes. */
const GROUP_BYTES = 160

/** Of a group in a column, without what the column holds beyond its arrays. */
const CELL_BYTES = 32

/** About the memory of a table of groups. */
export function memoryOf(groups: number, columns: readonly { readonly held?: HeldBytes }[]): number {
  let bytes = groups * (GROUP_BYTES + CELL_BYTES * columns.length)
  for (const { held } of columns) bytes += held?.total ?? 0
  return bytes
}

/** About what a value of plain data takes in memory. */
export function valueBytes(value: unknown): number {
  if (typeof value === 'string') return 24 + 2 * value.length
  if (typeof value !== 'object' || value === null) return 16
  if (value instanceof Uint8Array) return 120 + value.length
  let bytes = 32
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) bytes += 8 + (typeof value[i] === 'number' ? 16 : valueBytes(value[i]))
  } else for (const name in value) bytes += 16 + valueBytes((value as Record<string, unknown>)[name])
  return bytes
}
