// Waits for a promise, but not for longer than a time.

/** True where the promise settles within so many ms; what it settles to, or why it fails, is for others to ask. */
export async function settledWithin(asked: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const over = new Promise<boolean>(resolve => {
    timer = setTimeout(resolve, ms, false)
  })
  const settled = asked.then(
    () => true,
    () => true,
  )
  try {
    return await Promise.race([settled, over])
  } finally {
    clearTimeout(timer)
  }
}
