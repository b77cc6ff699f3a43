// The kernel: the inner loops of the fast path, as functions over addresses of one linear memory.
//
// Promises: two implementations of one interface, the WebAssembly of `kernel/assembly` and the JavaScript of
// `core/kernel/js`, which give the same results at the same addresses and return the same numbers. Addresses and counts
// are integers below 2^32; a kernel reads at most KERNEL_PADDING bytes past what it is given.
// Not here: which of the two is used (`kernel-over.ts`).

export interface Kernel {
  /** 1 where the bytes [from, end) are well-formed UTF-8, else 0. */
  utf8(from: number, end: number): number
  /**
   * Writes where the lines of the bytes [from, end) begin and end, relative to `base`, to `starts` and `ends` (words):
   * those that a line feed closes, and no more than `most`. Returns how many they are.
   */
  splitLines(from: number, end: number, base: number, starts: number, ends: number, most: number): number
  /**
   * Reads n JSON records by a program (`decode/layout.ts`). Record i has the bytes from `base + starts[i]` to
   * `base + ends[i]` (modulo 2^32), or none where `starts[i]` is -1. `odd[i]` becomes 1 where the obvious decoder must
   * decide, else 0 and the columns of the program hold the record's values; those that are left to be read are listed
   * at `later`. Presence columns must be zero before. Returns how many records are odd.
   */
  decode(program: number, base: number, starts: number, ends: number, n: number, odd: number, later: number): number
  /**
   * Writes the numbers 0 to n - 1 to `order` (words), in the order of the keys of rows with these numbers. A key is the
   * bytes between the first two words of its row in a table of `rowBytes` each, relative to `bytes`. Of two keys of
   * which one begins with the other, the longer must go on with something else than zeros. `scratch`:
   * `SORT_SCRATCH.ofRow` bytes a row and `SORT_SCRATCH.more`.
   */
  sortRows(table: number, rowBytes: number, bytes: number, n: number, order: number, scratch: number): void
  /**
   * Writes the BLAKE2s hash of each of n rows, 16 bytes, to `out`: of the bytes between the first word of its row and
   * that at `endAt`. `scratch`: that of `hash-scratch.ts`.
   */
  hashRows(table: number, rowBytes: number, endAt: number, bytes: number, n: number, out: number, scratch: number): void
  /**
   * Packs rows into blocks of a run of about `blockBytes` each, without their checksums (`store/runs/block.ts`), at
   * `out`, as long as they fit into `outBytes` and are no more than `most`. `order` has the numbers of n rows. A row
   * has the start of its key in its first word, and at the given places the key's end, the value's start and its end;
   * the first `moved` bytes of keys are written behind the others.
   * Writes the number of blocks to `list`, and behind it three words for each: address, bytes, rows. Returns how many
   * rows are packed. Writes up to 15 bytes behind the last block.
   */
  packBlocks(
    table: number,
    rowBytes: number,
    keyEndAt: number,
    valueAt: number,
    valueEndAt: number,
    moved: number,
    bytes: number,
    order: number,
    n: number,
    blockBytes: number,
    out: number,
    outBytes: number,
    list: number,
    most: number,
  ): number
  /**
   * Writes the rows of n slots (words) by a program of some operations (`pack/row-program.ts`), from `base + at` on.
   * The first word of row i of the table becomes where it starts, relative to `base`; the program sets the others.
   * Returns how many rows are written: less than n where the next one has a value that is in no array. Writes up to 15
   * bytes behind the last row.
   */
  packRows(
    program: number,
    operations: number,
    slots: number,
    n: number,
    table: number,
    rowBytes: number,
    base: number,
    at: number,
  ): number
  /**
   * The number of a key in the table with this header (`kernel/assembly/keys.ts`), by its canonical bytes. -1: it is
   * new and has the number `next` now; -2: there is no place, or no room for its bytes.
   */
  keyNumber(header: number, key: number, length: number, next: number): number
  /** The same for a text by its UTF-8, which has no zeros. */
  textNumber(header: number, text: number, length: number, next: number): number
  /**
   * Reads what the searches for n texts will read, so that memory is near when they come. `starts` are relative to
   * `base`; lengths may have their two highest bits set; any of the texts may be none. Changes nothing; the result says
   * nothing.
   */
  warmTexts(header: number, base: number, starts: number, lengths: number, n: number): number
  /** The same for a number; its canonical bytes, nine, are put at `scratch`. */
  doubleNumber(header: number, scratch: number, value: number, next: number): number
  /**
   * Writes a row table of four words a row (where its key starts and ends, and its value) of the rows of a block of a
   * run, from one on, as long as their keys are before the `boundLength` bytes at `bound`; with `bound` 0 of all.
   * Returns how many they are.
   */
  readRows(block: number, from: number, bound: number, boundLength: number, table: number): number
  /**
   * Writes the numbers of the keys of n rows of such a table to `numbers` (words), without the first `prefix` and the
   * last `suffix` bytes of each. New keys get those from `next` on; where they lie, and their lengths, are written to
   * `keysAt` and `keyLengths` (words, by number). Returns how many rows are done: it ends before one for which there
   * is no place or no room.
   */
  numberRows(
    header: number,
    table: number,
    n: number,
    prefix: number,
    suffix: number,
    next: number,
    numbers: number,
    keysAt: number,
    keyLengths: number,
  ): number
  /**
   * Adds the values of n rows of such a table, the states of some columns, to their slots (words), by a program of some
   * operations (`pack/merge-program.ts`). Returns how many are added: it ends before a row with a state that is in no
   * array. `scratch`: 32 bytes an operation.
   */
  mergeRows(program: number, operations: number, table: number, n: number, slots: number, scratch: number): number
  /** Moves the places of a table to fresh ones, mask + 1 of 16 bytes each, and lets half of them be taken. */
  growKeys(header: number, places: number, mask: number): void
}

/** Words of a row in the table that `readRows` writes, and which of them says what; the key starts at the first. */
export const LOADED_ROW = Object.freeze({ words: 4, keyEnd: 1, valueStart: 2, valueEnd: 3 })

/** Bytes of the scratch of `sortRows`. */
export const SORT_SCRATCH = Object.freeze({ ofRow: 40, more: 17_408 })
