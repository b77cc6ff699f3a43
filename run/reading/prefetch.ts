// Reads one item ahead: while one chunk is processed, the next one is being read.

/**
 * The same items in the same order. Leaving the loop early closes the source; `release` then takes an item that was
 * read in vain.
 */
export async function* prefetch<T>(source: AsyncIterable<T>, release?: (item: T) => void): AsyncGenerator<T> {
  const iterator = source[Symbol.asyncIterator]()
  let next = iterator.next()
  try {
    for (;;) {
      const item = await next
      if (item.done === true) return
      next = iterator.next()
      // A failure of what is read ahead is thrown when that item is wanted, not before.
      next.catch(() => {})
      yield item.value
    }
  } finally {
    const ahead = await next.catch(() => null)
    if (ahead?.done === false) release?.(ahead.value)
    await iterator.return?.()
  }
}
