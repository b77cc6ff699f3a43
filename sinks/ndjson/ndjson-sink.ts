// The rows of a view in a file of JSON lines: what has changed is appended, commit by commit.
//
// Promises: those of `RowSink`. The file is a sequence of commits, each ended by a line with its position; lines behind
// the last one of these do not count, and the next owner leaves them out. Of the lines with one row id the last one
// counts. What was reported is on the disk. Each owner goes on in a copy that takes the file's name: what an older one
// still writes goes to a file without a name. A file that is filled anew appears whole.

import { closeSync, existsSync, fstatSync, fsyncSync, openSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { LyrebirdError } from '../../core/errors.ts'
import {
  type RowSink,
  type RowSinkOptions,
  SinkAway,
  type SinkChange,
  type SinkPosition,
  type SinkRows,
  type SinkSnapshot,
} from '../../core/sink/row-sink.ts'
import { systemFailure } from '../../host/system-failure.ts'
import { syncDirectory } from '../../logs/embedded/sync-directory.ts'
import { claimLine, commitLine, rowLine } from './lines.ts'
import { type Found, readFound } from './read-found.ts'
import { writeWhole } from './write-whole.ts'

export class NdjsonSink implements RowSink {
  readonly #options: RowSinkOptions
  readonly #path: string
  #file: number | null = null
  #position: SinkPosition | null = null

  constructor(options: RowSinkOptions, path: string) {
    this.#options = options
    this.#path = path
  }

  async position(): Promise<SinkPosition | null> {
    return await this.#guarded(async () => {
      this.#close()
      const found = existsSync(this.#path) ? readFound(this.#path) : null
      const goesOn = found !== null && this.#isOurs(found)
      await this.#anew(async file => {
        if (goesOn) found.copyTo(file)
        writeWhole(file, claimLine(this.#options))
      })
      this.#position = goesOn && found.position !== null ? { ...found.position, epoch: this.#options.epoch } : null
      return this.#position
    })
  }

  async apply({ from, to, rows }: SinkChange): Promise<void> {
    await this.#guarded(async () => {
      const file = this.#held()
      const { run, commit } = this.#position ?? {}
      if (run !== from.run || commit !== from.commit) throw this.#stale(`it is at commit ${commit ?? 'none'}`)
      await write(file, rows, () => this.#check(file))
      writeWhole(file, commitLine(to))
      fsyncSync(file)
      this.#position = to
    })
  }

  async replace({ rows, changes, position }: SinkSnapshot): Promise<void> {
    await this.#guarded(async () => {
      this.#held()
      await this.#anew(async file => {
        writeWhole(file, claimLine(this.#options))
        await write(file, rows, () => {})
        await write(file, changes, () => {})
        writeWhole(file, commitLine(position()))
        this.#held()
      })
      this.#position = position()
    })
  }

  async held(): Promise<SinkPosition | null> {
    return await this.#guarded(async () => {
      if (!existsSync(this.#path)) return null
      const found = readFound(this.#path)
      if (found.state !== this.#options.state || found.view !== this.#options.view.name) throw this.#owned(found)
      return found.position
    })
  }

  async close(): Promise<void> {
    this.#close()
  }

  /** The open file. Throws `stale-owner` where another one has its name. */
  #held(): number {
    const file = this.#file
    if (file === null) throw new SinkAway(`${this.#path} is not open`)
    const [ours, named] = [fstatSync(file), statSync(this.#path, { throwIfNoEntry: false })]
    if (named?.ino === ours.ino && named.dev === ours.dev) return file
    throw this.#stale('it has taken the name of the file')
  }

  /** Throws where the file was closed meanwhile: its number may be that of another one by now. */
  #check(file: number): void {
    if (this.#file !== file) throw new SinkAway(`${this.#path} was closed`)
  }

  #stale(why: string): LyrebirdError {
    const { epoch } = this.#options
    return new LyrebirdError(
      'stale-owner',
      `another process writes ${this.#path}: ${why}; this one has epoch ${epoch}`,
      {
        where: { path: this.#path, epoch },
        hint: 'leave the file to the later one, or end it and start again; where the state was restored from a copy, add --republish once',
      },
    )
  }

  /** Writes a file that takes the name once it is whole and on the disk, and stays open. */
  async #anew(fill: (file: number) => Promise<void>): Promise<void> {
    const fresh = `${this.#path}.${process.pid}.new`
    const file = openSync(fresh, 'w', 0o666)
    try {
      await fill(file)
      fsyncSync(file)
      renameSync(fresh, this.#path)
      await syncDirectory(dirname(this.#path))
    } catch (error) {
      closeSync(file)
      rmSync(fresh, { force: true })
      throw error
    }
    this.#close()
    this.#file = file
  }

  #isOurs(found: Found): boolean {
    const { state, view, epoch } = found
    if (state === this.#options.state && view === this.#options.view.name) {
      if (epoch <= this.#options.epoch || this.#options.takesOver) return true
      throw this.#stale(`it has seen epoch ${epoch}`)
    }
    if (this.#options.takesOver) return false
    throw this.#owned(found)
  }

  #owned({ state, view }: Found): LyrebirdError {
    const other = state === this.#options.state ? `view ${view}` : `another state, ${state}`
    const whose = state === null ? 'holds lines that lyrebird did not write' : `holds the rows of ${other}`
    return new LyrebirdError('sink-owned', `${this.#path} ${whose}`, {
      where: { path: this.#path, owner: state ?? undefined },
      hint: 'bind the view to another file in lyrebird.config.ts, or add --republish once to replace the lines',
    })
  }

  async #guarded<T>(act: () => Promise<T>): Promise<T> {
    try {
      return await act()
    } catch (error) {
      // What was written of it must not become a part of what follows: the next owner leaves it out.
      this.#close()
      const { code } = error as { code?: unknown }
      if (code === 'ENOSPC' || code === 'EDQUOT')
        throw new SinkAway(`${this.#path}: no room on the disk`, { cause: error })
      throw systemFailure(error, this.#path)
    }
  }

  #close(): void {
    if (this.#file !== null) closeSync(this.#file)
    this.#file = null
  }
}

/** `check` is called each time before something is written. */
async function write(file: number, rows: SinkRows, check: () => void): Promise<void> {
  for await (const some of rows) {
    check()
    if (some.length > 0) writeWhole(file, some.map(rowLine).join(''))
  }
  check()
}
