// Blocks that are put aside, in a temporary file (`core/spill/spilled-blocks.ts`).
//
// Promises: a block that is read is the one that was added: each has a checksum. The file may pass from one thread of
// the process to another.

import { crc32 } from 'node:zlib'
import type { BlocksHandle, SpilledBlocks } from '../../core/spill/spilled-blocks.ts'
import { systemFailure } from '../../host/system-failure.ts'
import { SpillFile } from './spill-file.ts'

interface Block {
  readonly at: number
  readonly bytes: number
  readonly checksum: number
}

export class BlockFile implements SpilledBlocks {
  readonly #directory: string
  #file: SpillFile | null = null
  #blocks: Block[] = []

  /** A file is made when the first block comes. */
  constructor(directory: string, handle: BlocksHandle | null = null) {
    this.#directory = directory
    if (handle === null) return
    this.#file = new SpillFile(handle.file as SpillFile['file'])
    this.#blocks = [...handle.blocks] as Block[]
  }

  get count(): number {
    return this.#blocks.length
  }

  add(block: Uint8Array): void {
    try {
      this.#file ??= new SpillFile(this.#directory)
      this.#blocks.push({ at: this.#file.length, bytes: block.length, checksum: crc32(block) })
      this.#file.append(block)
    } catch (e) {
      throw systemFailure(e, this.#directory)
    }
  }

  read(number: number, into: Uint8Array): void {
    const { at, checksum } = this.#blocks[number] as Block
    const file = this.#file as SpillFile
    file.read(into, at)
    if (crc32(into) !== checksum) throw file.failure()
  }

  handOver(): BlocksHandle {
    const handle = { file: this.#file?.file, blocks: this.#blocks }
    this.#file = null
    this.#blocks = []
    return handle
  }

  dispose(): void {
    this.#file?.close()
    this.#file = null
    this.#blocks = []
  }
}
