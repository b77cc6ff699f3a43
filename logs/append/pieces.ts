// The pieces in which an input arrives: with its pauses, and looked at before they are read.
//
// Promises: nothing is lost or moved by looking; a slow producer is waited for only until it pauses.

/** null: nothing came for a while. */
export type Pieces = AsyncGenerator<Uint8Array | null>

/** The pieces of an input, with null whenever none has come for a while. */
export async function* withPauses(bytes: AsyncIterable<Uint8Array>, pauseMs: number): Pieces {
  const pieces = bytes[Symbol.asyncIterator]()
  try {
    for (;;) {
      const next = pieces.next()
      let timer: NodeJS.Timeout | undefined
      const pause = new Promise<null>(resolve => {
        timer = setTimeout(resolve, pauseMs, null)
      })
      const first = await Promise.race([next, pause])
      clearTimeout(timer)
      if (first === null) yield null
      const piece = first ?? (await next)
      if (piece.done === true) return
      yield piece.value
    }
  } finally {
    await pieces.return?.()
  }
}

export async function* withoutPauses(pieces: Pieces): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) if (piece !== null) yield piece
}

interface Peeked {
  /** The first bytes, at least as many as were asked for unless the input ended or paused. */
  readonly head: Buffer
  /** Whether the head is all there is. */
  readonly whole: boolean
  /** All pieces, those of the head too. */
  readonly pieces: Pieces
}

/** Looks at the beginning of an input. Where it pauses, `enough` says whether what came will do. */
export async function peek(
  pieces: Pieces,
  bytes: number,
  enough: (head: Buffer) => boolean = head => head.length > 0,
): Promise<Peeked> {
  const seen: Uint8Array[] = []
  let size = 0
  let whole = false
  let paused = false
  while (size < bytes) {
    const { done, value } = await pieces.next()
    if (done === true) {
      whole = true
      break
    }
    if (value === null) {
      paused = enough(Buffer.concat(seen))
      if (paused) break
      continue
    }
    seen.push(value)
    size += value.length
  }
  return { head: Buffer.concat(seen), whole, pieces: chained(paused ? [...seen, null] : seen, pieces) }
}

async function* chained(seen: readonly (Uint8Array | null)[], rest: Pieces): Pieces {
  try {
    yield* seen
    yield* rest
  } finally {
    await rest.return(undefined)
  }
}
