// Bytes to strings for emitted decoders: fast where the platform has fast ways, right everywhere.
//
// Promises: `utf8Text` is strict, as `core/decode/text.ts` is; an interner gives the same strings as `latin1Text`.

/** Native methods of Node's Buffer, which take any Uint8Array as `this`; absent on other platforms. */
interface NativeSlices {
  latin1Slice?(this: Uint8Array, start: number, end: number): string
}

const native = (globalThis as { Buffer?: { prototype: NativeSlices } }).Buffer?.prototype
const latin1Slice = native?.latin1Slice

/** The bytes as Latin-1 text, one UTF-16 unit for each byte. */
export function latin1Text(bytes: Uint8Array, start: number, end: number): string {
  if (end - start > 24 && latin1Slice !== undefined) return latin1Slice.call(bytes, start, end)
  let text = ''
  for (let at = start; at < end; at++) text += String.fromCharCode(bytes[at] as number)
  return text
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The text of UTF-8 bytes, or null where they are malformed. A byte order mark stays in the text. */
export function utf8Text(bytes: Uint8Array, start: number, end: number): string | null {
  let at = start
  while (at < end && (bytes[at] as number) < 0x80) at++
  if (at === end) return latin1Text(bytes, start, end)
  try {
    return strict.decode(bytes.subarray(start, end))
  } catch {
    return null
  }
}

const ENTRIES = 4096
const LONGEST = 64
/** Calls after which an interner looks at its rate of hits, and the least rate at which it goes on. */
const TRIAL = 8192
const LEAST_RATE = 0.5

/** A direct-mapped memory of texts by their bytes. It allocates nothing for a text that it remembers. */
export function interner(): (bytes: Uint8Array, start: number, end: number) => string {
  const texts: (string | undefined)[] = new Array(ENTRIES).fill(undefined)
  let calls = 0
  let misses = 0
  let on = true
  return (bytes, start, end) => {
    const length = end - start
    if (!on || length > LONGEST) return latin1Text(bytes, start, end)
    let hash = length
    for (let at = start; at < end; at++) hash = Math.imul(hash ^ (bytes[at] as number), 0x01000193)
    const place = (hash ^ (hash >>> 15)) & (ENTRIES - 1)
    const known = texts[place]
    if (++calls === TRIAL) {
      on = misses < TRIAL * (1 - LEAST_RATE)
      calls = 0
      misses = 0
    }
    if (known !== undefined && known.length === length) {
      let i = 0
      while (i < length && known.charCodeAt(i) === bytes[start + i]) i++
      if (i === length) return known
    }
    misses++
    const text = latin1Text(bytes, start, end)
    texts[place] = text
    return text
  }
}
