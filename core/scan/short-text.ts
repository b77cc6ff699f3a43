// Short texts from bytes: one call with an argument for each character, at a sixth of the cost of a call into Node.
//
// Promises: the text whose units are the bytes, up to 24 of them (a time with milliseconds).
// Not here: longer ones (`text.ts`).

// biome-ignore-all format: five characters a line.

const units = String.fromCharCode

/** The text of `length` bytes from `s` on; undefined where there are more than 24. */
export function shortText(v: DataView, s: number, length: number): string | undefined {
  switch (length) {
    case 0: return ''
    case 1: return units(v.getUint8(s))
    case 2: return units(v.getUint8(s), v.getUint8(s + 1))
    case 3: return units(v.getUint8(s), v.getUint8(s + 1), v.getUint8(s + 2))
    case 4: return units(v.getUint8(s), v.getUint8(s + 1), v.getUint8(s + 2), v.getUint8(s + 3))
    case 5: return units(v.getUint8(s), v.getUint8(s + 1), v.getUint8(s + 2), v.getUint8(s + 3), v.getUint8(s + 4))
    case 6: return units(v.getUint8(s), v.getUint8(s + 1), v.getUint8(s + 2), v.getUint8(s + 3), v.getUint8(s + 4),
        v.getUint8(s + 5))
    case 7: return units(v.getUint8(s), v.getUint8(s + 1), v.getUint8(s + 2), v.getUint8(s + 3), v.getUint8(s + 4),
        v.getUint8(s + 5), v.getUint8(s + 6))
    case 8: return units(v.getUint8(s), v.getUint8(s + 1), v.getUint8(s + 2), v.getUint8(s + 3), v.getUint8(s + 4),
        v.getUint8(s + 5), v.getUint8(s + 6), v.getUint8(s + 7))
    case 9: return units(v.getUint8(s), v.getUint8(s + 1), v.getUint8(s + 2), v.getUint8(s + 3), v.getUint8(s + 4),
        v.getUint8(s + 5), v.getUint8(s + 6), v.getUint8(s + 7), v.getUint8(s + 8))
    case 10: return units(v.getUint8(s), v.getUint8(s + 1), v.getUint8(s + 2), v.getUint8(s + 3), v.getUint8(s + 4),
        v.getUint8(s + 5), v.getUint8(s + 6), v.getUint8(s + 7), v.getUint8(s + 8), v.getUint8(s + 9))
    case 11: return units(v.getUint8(s), v.getUint8(s + 1), v.getUint8(s + 2), v.getUint8(s + 3), v.getUint8(s + 4),
        v.getUint8(s + 5), v.getUint8(s + 6), v.getUint8(s + 7), v.getUint8(s + 8), v.getUint8(s + 9),
        v.getUint8(s + 10))
    case 12: return units(v.getUint8(s), v.getUint8(s + 1), v.getUint8(s + 2), v.getUint8(s + 3), v.getUint8(s + 4),
        v.getUint8(s + 5), v.getUint8(s + 6), v.getUint8(s + 7), v.getUint8(s + 8), v.getUint8(s + 9),
        v.getUint8(s + 10), v.getUint8(s + 11))
    default: return longerText(v, s, length)
  }
}

function longerText(v: DataView, s: number, length: number): string | undefined {
  switch (length) {
    case 13: return units(v.getUint8(s), v.getUint8(s + 1), v.getUint8(s + 2), v.getUint8(s + 3), v.getUint8(s + 4),
        v.getUint8(s + 5), v.getUint8(s + 6), v.getUint8(s + 7), v.getUint8(s + 8), v.getUint8(s + 9),
        v.getUint8(s + 10), v.getUint8(s + 11), v.getUint8(s + 12))
    case 14: return units(v.getUint8(s), v.getUint8(s + 1), v.getUint8(s + 2), v.getUint8(s + 3), v.getUint8(s + 4),
        v.getUint8(s + 5), v.getUint8(s + 6), v.getUint8(s + 7), v.getUint8(s + 8), v.getUint8(s + 9),
        v.getUint8(s + 10), v.getUint8(s + 11), v.getUint8(s + 12), v.getUint8(s + 13))
    case 15: return units(v.getUint8(s), v.getUint8(s + 1), v.getUint8(s + 2), v.getUint8(s + 3), v.getUint8(s + 4),
        v.getUint8(s + 5), v.getUint8(s + 6), v.getUint8(s + 7), v.getUint8(s + 8), v.getUint8(s + 9),
        v.getUint8(s + 10), v.getUint8(s + 11), v.getUint8(s + 12), v.getUint8(s + 13), v.getUint8(s + 14))
    case 16: return units(v.getUint8(s), v.getUint8(s + 1), v.getUint8(s + 2), v.getUint8(s + 3), v.getUint8(s + 4),
        v.getUint8(s + 5), v.getUint8(s + 6), v.getUint8(s + 7), v.getUint8(s + 8), v.getUint8(s + 9),
        v.getUint8(s + 10), v.getUint8(s + 11), v.getUint8(s + 12), v.getUint8(s + 13), v.getUint8(s + 14),
        v.getUint8(s + 15))
    case 17: return units(v.getUint8(s), v.getUint8(s + 1), v.getUint8(s + 2), v.getUint8(s + 3), v.getUint8(s + 4),
        v.getUint8(s + 5), v.getUint8(s + 6), v.getUint8(s + 7), v.getUint8(s + 8), v.getUint8(s + 9),
        v.getUint8(s + 10), v.getUint8(s + 11), v.getUint8(s + 12), v.getUint8(s + 13), v.getUint8(s + 14),
        v.getUint8(s + 15), v.getUint8(s + 16))
    case 18: return units(v.getUint8(s), v.getUint8(s + 1), v.getUint8(s + 2), v.getUint8(s + 3), v.getUint8(s + 4),
        v.getUint8(s + 5), v.getUint8(s + 6), v.getUint8(s + 7), v.getUint8(s + 8), v.getUint8(s + 9),
        v.getUint8(s + 10), v.getUint8(s + 11), v.getUint8(s + 12), v.getUint8(s + 13), v.getUint8(s + 14),
        v.getUint8(s + 15), v.getUint8(s + 16), v.getUint8(s + 17))
    case 19: return units(v.getUint8(s), v.getUint8(s + 1), v.getUint8(s + 2), v.getUint8(s + 3), v.getUint8(s + 4),
        v.getUint8(s + 5), v.getUint8(s + 6), v.getUint8(s + 7), v.getUint8(s + 8), v.getUint8(s + 9),
        v.getUint8(s + 10), v.getUint8(s + 11), v.getUint8(s + 12), v.getUint8(s + 13), v.getUint8(s + 14),
        v.getUint8(s + 15), v.getUint8(s + 16), v.getUint8(s + 17), v.getUint8(s + 18))
    case 20: return units(v.getUint8(s), v.getUint8(s + 1), v.getUint8(s + 2), v.getUint8(s + 3), v.getUint8(s + 4),
        v.getUint8(s + 5), v.getUint8(s + 6), v.getUint8(s + 7), v.getUint8(s + 8), v.getUint8(s + 9),
        v.getUint8(s + 10), v.getUint8(s + 11), v.getUint8(s + 12), v.getUint8(s + 13), v.getUint8(s + 14),
        v.getUint8(s + 15), v.getUint8(s + 16), v.getUint8(s + 17), v.getUint8(s + 18), v.getUint8(s + 19))
    case 21: return units(v.getUint8(s), v.getUint8(s + 1), v.getUint8(s + 2), v.getUint8(s + 3), v.getUint8(s + 4),
        v.getUint8(s + 5), v.getUint8(s + 6), v.getUint8(s + 7), v.getUint8(s + 8), v.getUint8(s + 9),
        v.getUint8(s + 10), v.getUint8(s + 11), v.getUint8(s + 12), v.getUint8(s + 13), v.getUint8(s + 14),
        v.getUint8(s + 15), v.getUint8(s + 16), v.getUint8(s + 17), v.getUint8(s + 18), v.getUint8(s + 19),
        v.getUint8(s + 20))
    case 22: return units(v.getUint8(s), v.getUint8(s + 1), v.getUint8(s + 2), v.getUint8(s + 3), v.getUint8(s + 4),
        v.getUint8(s + 5), v.getUint8(s + 6), v.getUint8(s + 7), v.getUint8(s + 8), v.getUint8(s + 9),
        v.getUint8(s + 10), v.getUint8(s + 11), v.getUint8(s + 12), v.getUint8(s + 13), v.getUint8(s + 14),
        v.getUint8(s + 15), v.getUint8(s + 16), v.getUint8(s + 17), v.getUint8(s + 18), v.getUint8(s + 19),
        v.getUint8(s + 20), v.getUint8(s + 21))
    case 23: return units(v.getUint8(s), v.getUint8(s + 1), v.getUint8(s + 2), v.getUint8(s + 3), v.getUint8(s + 4),
        v.getUint8(s + 5), v.getUint8(s + 6), v.getUint8(s + 7), v.getUint8(s + 8), v.getUint8(s + 9),
        v.getUint8(s + 10), v.getUint8(s + 11), v.getUint8(s + 12), v.getUint8(s + 13), v.getUint8(s + 14),
        v.getUint8(s + 15), v.getUint8(s + 16), v.getUint8(s + 17), v.getUint8(s + 18), v.getUint8(s + 19),
        v.getUint8(s + 20), v.getUint8(s + 21), v.getUint8(s + 22))
    case 24: return units(v.getUint8(s), v.getUint8(s + 1), v.getUint8(s + 2), v.getUint8(s + 3), v.getUint8(s + 4),
        v.getUint8(s + 5), v.getUint8(s + 6), v.getUint8(s + 7), v.getUint8(s + 8), v.getUint8(s + 9),
        v.getUint8(s + 10), v.getUint8(s + 11), v.getUint8(s + 12), v.getUint8(s + 13), v.getUint8(s + 14),
        v.getUint8(s + 15), v.getUint8(s + 16), v.getUint8(s + 17), v.getUint8(s + 18), v.getUint8(s + 19),
        v.getUint8(s + 20), v.getUint8(s + 21), v.getUint8(s + 22), v.getUint8(s + 23))
    default: return undefined
  }
}
