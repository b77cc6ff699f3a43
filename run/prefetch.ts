// Reading one item ahead: while one chunk is worked on, the next is on its way from the disk or the broker.

/** The same items in the same order. Leaving the loop early closes the source. */
export async function* prefetch<T>(source: AsyncIterable<T>): AsyncGenerator<T> {
  const iterator = source[Symbol.asyncIterator]()
  let next = iterator.next()
  try {
    for (;;) {
      const item = await next
      if (item.done === true) return
      next = iterator.next()
      // A failure of what is read ahead is told when it is asked for, not before.
      next.catch(() => {})
      yield item.value
    }
  } finally {
    await next.catch(() => {})
    await iterator.return?.()
  }
}
