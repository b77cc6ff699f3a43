// From keys to numbers, in JavaScript.

import { compareBytes } from '../../values/bytes.ts'
import { canonicalBytes } from '../../values/canonical.ts'
import type { Kernel } from '../kernel.ts'
import type { KernelMemory } from '../memory.ts'

const TEXT = 0x40
const NEW = -1
const NO_ROOM = -2

/** Words of the header, and of a place. */
const [PLACES, MASK, SIZE, LIMIT, ROOM, ROOM_END, LAST_AT, LAST_LENGTH] = [0, 4, 8, 12, 16, 20, 24, 28]
const [HASH, ENTRY, KEY_AT, KEY_LENGTH, PLACE_BYTES] = [0, 4, 8, 12, 16]

export function keysOver(
  memory: KernelMemory,
): Pick<Kernel, 'keyNumber' | 'textNumber' | 'warmTexts' | 'doubleNumber' | 'growKeys'> {
  const get = (address: number): number => memory.view.getUint32(address, true)
  const set = (address: number, word: number): void => memory.view.setUint32(address, word, true)

  const numberOf = (header: number, key: Uint8Array, next: number): number => {
    const hash = hashOf(key)
    const mask = get(header + MASK)
    const places = get(header + PLACES)
    let at = hash & mask
    for (; get(places + at * PLACE_BYTES + ENTRY) !== 0; at = (at + 1) & mask) {
      const place = places + at * PLACE_BYTES
      const keyAt = get(place + KEY_AT)
      const known = memory.bytes.subarray(keyAt, keyAt + get(place + KEY_LENGTH))
      if (get(place + HASH) === hash && compareBytes(known, key) === 0) return get(place + ENTRY) - 1
    }
    const size = get(header + SIZE)
    const room = get(header + ROOM)
    if (size === get(header + LIMIT) || room + key.length > get(header + ROOM_END)) return NO_ROOM
    memory.bytes.set(key, room)
    const place = places + at * PLACE_BYTES
    set(place + HASH, hash)
    set(place + ENTRY, next + 1)
    set(place + KEY_AT, room)
    set(place + KEY_LENGTH, key.length)
    set(header + SIZE, size + 1)
    set(header + ROOM, room + key.length)
    set(header + LAST_AT, room)
    set(header + LAST_LENGTH, key.length)
    return NEW
  }

  return {
    keyNumber: (header, key, length, next) => numberOf(header, memory.bytes.slice(key, key + length), next),
    textNumber(header, text, length, next) {
      const key = new Uint8Array(length + 2)
      key[0] = TEXT
      key.set(memory.bytes.subarray(text, text + length), 1)
      return numberOf(header, key, next)
    },
    warmTexts: () => 0,
    doubleNumber(header, scratch, value, next) {
      memory.bytes.set(canonicalBytes(value), scratch)
      return numberOf(header, canonicalBytes(value), next)
    },
    growKeys(header, places, mask) {
      const [old, oldMask] = [get(header + PLACES), get(header + MASK)]
      memory.bytes.fill(0, places, places + (mask + 1) * PLACE_BYTES)
      for (let i = 0; old !== 0 && i <= oldMask; i++) {
        const from = old + i * PLACE_BYTES
        if (get(from + ENTRY) === 0) continue
        let at = get(from + HASH) & mask
        while (get(places + at * PLACE_BYTES + ENTRY) !== 0) at = (at + 1) & mask
        memory.bytes.copyWithin(places + at * PLACE_BYTES, from, from + PLACE_BYTES)
      }
      set(header + PLACES, places)
      set(header + MASK, mask)
      set(header + LIMIT, (mask >>> 1) + 1)
    },
  }
}

/** 32-bit FNV-1a with its high bits folded into the low ones. */
function hashOf(key: Uint8Array): number {
  let hash = 0x811c9dc5
  for (const byte of key) hash = Math.imul(hash ^ byte, 0x01000193)
  return (hash ^ (hash >>> 15)) >>> 0
}
