// A socket beside a lock file, open for as long as the process that holds the lock lives.
//
// Promises: the kernel closes it with its process, however that ends, and answers for one that is stopped. So a socket
// that refuses says "ended" and one that answers says "running" across containers, host names and process ids, for
// every process of the same kernel.
// Not here: what a process of another kernel means (`lock-holder.ts`).

import { type FileHandle, open, rm } from 'node:fs/promises'
import { connect, createServer, type Server } from 'node:net'
import { join } from 'node:path'

type Answer = 'answers' | 'refuses' | 'absent' | 'unknown'

/** Most bytes of a socket's address that every system takes (sun_path, unix(7)). */
const ADDRESS_BYTES_MAX = 100
/** A socket that neither takes nor refuses a connection for so many ms belongs to a busy process. */
const ANSWER_MS = 2000

export interface LockSocket {
  close(): Promise<void>
}

/** Opens a socket of this name; null where the system or the file system has none. It does not keep the process. */
export async function openLockSocket(directory: string, name: string): Promise<LockSocket | null> {
  const server = await addressed(directory, name, listen).catch(() => null)
  if (server === null) return null
  return {
    async close() {
      await new Promise(resolve => server.close(resolve))
      await rm(join(directory, name), { force: true }).catch(() => undefined)
    },
  }
}

/** Asks the socket of this name. */
export async function askLockSocket(directory: string, name: string): Promise<Answer> {
  return (await addressed(directory, name, ask).catch(() => null)) ?? 'unknown'
}

/** Runs `use` with an address of the file; through /proc where its path is too long. Null where there is no address. */
async function addressed<T>(directory: string, name: string, use: (address: string) => Promise<T>): Promise<T | null> {
  if (process.platform === 'win32') return null
  const path = join(directory, name)
  if (Buffer.byteLength(path) <= ADDRESS_BYTES_MAX) return await use(path)
  if (process.platform !== 'linux') return null
  const handle: FileHandle = await open(directory, 'r')
  try {
    return await use(`/proc/self/fd/${handle.fd}/${name}`)
  } finally {
    await handle.close()
  }
}

function listen(path: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer(connection => connection.destroy())
    server.unref()
    server.once('error', reject)
    // Other users may ask too; who may enter the directory is decided there.
    server.listen({ path, exclusive: true, readableAll: true, writableAll: true }, () => {
      server.removeListener('error', reject)
      server.on('error', () => undefined)
      resolve(server)
    })
  })
}

function ask(path: string): Promise<Answer> {
  return new Promise(resolve => {
    const socket = connect(path)
    const answered = (answer: Answer): void => {
      socket.destroy()
      resolve(answer)
    }
    socket.setTimeout(ANSWER_MS, () => answered('answers'))
    socket.once('connect', () => answered('answers'))
    socket.once('error', (error: NodeJS.ErrnoException) => answered(ANSWERS[String(error.code)] ?? 'unknown'))
  })
}

const ANSWERS: Readonly<Record<string, Answer>> = {
  ECONNREFUSED: 'refuses',
  ENOENT: 'absent',
  EAGAIN: 'answers', // its queue is full
}
