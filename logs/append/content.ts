// What an input holds, by its first bytes: packed or not, and in which encoding; from then on its text in UTF-8.
//
// Promises: gzip is unpacked, UTF-16 is found by its byte order mark or its zeros, and a byte order mark is never part
// of a record. What is no text is refused by name, before anything is written.

import { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { LyrebirdError } from '../../core/errors.ts'
import { APPEND_PAUSE_MS } from '../limits.ts'
import { type Pieces, peek, withoutPauses, withPauses } from './pieces.ts'

const HEAD_BYTES = 512

/** By their first bytes in hex. `with`: what unpacks it to stdout. */
const MAGIC: readonly { readonly hex: string; readonly what: string; readonly with?: string }[] = [
  { hex: '28b52ffd', what: 'zstd', with: 'zstd -dc' },
  { hex: '425a68', what: 'bzip2', with: 'bzip2 -dc' },
  { hex: 'fd377a585a00', what: 'xz', with: 'xz -dc' },
  { hex: '04224d18', what: 'lz4', with: 'lz4 -dc' },
  { hex: '504b0304', what: 'a zip archive (or a spreadsheet)', with: 'unzip -p' },
  { hex: '504b0506', what: 'an empty zip archive' },
  { hex: '377abcaf271c', what: 'a 7z archive', with: '7z x -so' },
  { hex: '50415231', what: 'a Parquet file' },
  { hex: '4f626a01', what: 'an Avro file' },
  { hex: '4f5243', what: 'an ORC file' },
  { hex: '4152524f5731', what: 'an Arrow file' },
  { hex: '53514c69746520666f726d6174203300', what: 'an SQLite database' },
  { hex: '255044462d', what: 'a PDF' },
  { hex: '89504e470d0a1a0a', what: 'an image' },
  { hex: 'd0cf11e0a1b11ae1', what: 'an old spreadsheet or document' },
  { hex: '7f454c46', what: 'a program' },
]

const UTF_8 = 'utf-8'

interface TextOptions {
  readonly name: string
  /** A label of the Encoding Standard; null where it is to be found out. */
  readonly encoding: string | null
  /** Take what looks like no text too. */
  readonly unchecked: boolean
}

/** The text of an input as UTF-8, without a byte order mark. Throws `not-appendable` for what is none. */
export async function textOf(bytes: AsyncIterable<Uint8Array>, options: TextOptions): Promise<Pieces> {
  const raw = await peek(withPauses(bytes, APPEND_PAUSE_MS), HEAD_BYTES)
  if (raw.head[0] !== 0x1f || raw.head[1] !== 0x8b) return await decoded(raw.pieces, raw.head, options)
  const unpacked = await peek(withPauses(gunzip(raw.pieces, options.name), APPEND_PAUSE_MS), HEAD_BYTES)
  return await decoded(unpacked.pieces, unpacked.head, options)
}

async function* gunzip(pieces: Pieces, name: string): AsyncGenerator<Uint8Array> {
  const packed = Readable.from(withoutPauses(pieces), { objectMode: false })
  const unpacked = createGunzip()
  packed.on('error', e => unpacked.destroy(e))
  try {
    yield* packed.pipe(unpacked) as AsyncIterable<Uint8Array>
  } catch (e) {
    const { code } = e as { code?: unknown }
    if (typeof code !== 'string' || !code.startsWith('Z_')) throw e
    const what = code === 'Z_BUF_ERROR' ? 'the gzip file is cut off' : 'the gzip file is damaged'
    throw notText(name, what, `restore it, or see what is left of it with gzip -dc ${name}`, e)
  } finally {
    packed.destroy()
    unpacked.destroy()
  }
}

async function decoded(pieces: Pieces, head: Buffer, { name, encoding, unchecked }: TextOptions): Promise<Pieces> {
  const marked = encodingOfMark(head)
  if (marked?.encoding === 'utf-32') {
    throw notText(name, 'it is UTF-32', `write it as UTF-8: iconv -f UTF-32 -t UTF-8 ${name} | lyrebird append ...`)
  }
  const unknown = encoding === null && marked === null && !unchecked
  if (unknown) refuseMagic(name, head)
  const label = encoding ?? marked?.encoding ?? (unchecked ? null : encodingOfZeros(head))
  if (unknown && label === null && head.includes(0)) {
    throw notText(name, 'it is no text: there are zero bytes in it', 'with --format bytes the file is one record')
  }
  const canonical = label === null ? UTF_8 : decoderOf(label).encoding
  const text = withoutMark(pieces, marked !== null && marked.encoding === canonical ? marked.bytes : 0)
  return canonical === UTF_8 ? text : recoded(text, label as string, name)
}

function encodingOfMark(head: Buffer): { readonly encoding: string; readonly bytes: number } | null {
  const hex = head.subarray(0, 4).toString('hex')
  if (hex === 'fffe0000' || hex === '0000feff') return { encoding: 'utf-32', bytes: 4 }
  if (hex.startsWith('efbbbf')) return { encoding: UTF_8, bytes: 3 }
  if (hex.startsWith('fffe')) return { encoding: 'utf-16le', bytes: 2 }
  return hex.startsWith('feff') ? { encoding: 'utf-16be', bytes: 2 } : null
}

/** UTF-16 without a mark: half of the bytes of western text are zero, all on one side. */
function encodingOfZeros(head: Buffer): string | null {
  let [even, odd] = [0, 0]
  head.forEach((byte, i) => {
    if (byte !== 0) return
    if (i % 2 === 0) even++
    else odd++
  })
  const many = head.length / 5
  if (odd > many && even === 0) return 'utf-16le'
  return even > many && odd === 0 ? 'utf-16be' : null
}

function refuseMagic(name: string, head: Buffer): void {
  const hex = head.subarray(0, 16).toString('hex')
  const known = MAGIC.find(magic => hex.startsWith(magic.hex))
  if (known !== undefined) {
    const hint =
      known.with === undefined
        ? 'write its records as lines of JSON first; with --format bytes the file is one record'
        : `unpack it on the way: ${known.with} ${name} | lyrebird append ...`
    throw notText(name, `it is ${known.what}`, hint)
  }
  if (head.subarray(257, 262).toString('latin1') === 'ustar') {
    throw notText(name, 'it is a tar archive', `unpack it on the way: tar -xOf ${name} | lyrebird append ...`)
  }
}

function decoderOf(label: string) {
  try {
    return new TextDecoder(label, { fatal: true, ignoreBOM: true })
  } catch {
    throw new LyrebirdError('usage', `there is no encoding ${JSON.stringify(label)}`, {
      hint: 'such as utf-8, utf-16le, windows-1252, iso-8859-15, shift_jis, gb18030',
    })
  }
}

async function* withoutMark(pieces: Pieces, bytes: number): Pieces {
  let left = bytes
  for await (const piece of pieces) {
    if (piece === null || left === 0) {
      yield piece
      continue
    }
    const dropped = Math.min(left, piece.length)
    left -= dropped
    yield piece.subarray(dropped)
  }
}

async function* recoded(pieces: Pieces, label: string, name: string): Pieces {
  const decoder = decoderOf(label)
  const encoder = new TextEncoder()
  const decode = (piece?: Uint8Array): Uint8Array => {
    try {
      return encoder.encode(piece === undefined ? decoder.decode() : decoder.decode(piece, { stream: true }))
    } catch (e) {
      throw notText(name, `it is no ${decoder.encoding}`, 'say which encoding it has with --encoding', e)
    }
  }
  for await (const piece of pieces) yield piece === null ? null : decode(piece)
  yield decode()
}

function notText(name: string, what: string, hint: string, cause?: unknown): LyrebirdError {
  return new LyrebirdError('not-appendable', `${name} cannot be appended: ${what}`, {
    where: { path: name },
    hint,
    cause,
  })
}
