// A superaccumulator: a fixed-point number wide enough for any sum of doubles, after R. Neal, "Fast exact summation
// using small and large superaccumulators" (arXiv:1505.05571).
//
// Promises: exact for any number of finite doubles in any order.
// Not here: sums that fit into two doubles (`exact-sums.ts`).

const LIMB_BITS = 32
const LIMB = 2 ** LIMB_BITS
/** 2098 bits of doubles, and room for the carries of 2^50 additions. */
const LIMBS = 68
/** Each addition changes a limb by less than 2^34 in magnitude; limbs stay exact below 2^53. */
const ADDS_BETWEEN_CARRIES = 2 ** 18

const word = new DataView(new ArrayBuffer(8))

export class Superaccumulator {
  /** Limb i counts units of 2 ** (32 * i - 1074); between carries they may be negative or past 2^32. */
  readonly #limbs = new Float64Array(LIMBS)
  #adds = 0

  /** Adds a finite double. */
  add(value: number): void {
    word.setFloat64(0, value)
    const high = word.getUint32(0)
    const biased = (high >>> 20) & 0x7ff
    const top = biased === 0 ? high & 0xfffff : (high & 0xfffff) | 0x100000
    const position = Math.max(biased, 1) - 1
    const at = position >>> 5
    const scale = 2 ** (position & 31)
    // The two halves of the mantissa, shifted and split at limb boundaries. All products have at most 32 significant
    // bits.
    const low = word.getUint32(4) * scale
    const lowCarry = Math.floor(low / LIMB)
    const next = top * scale
    const nextCarry = Math.floor(next / LIMB)
    const sign = high >>> 31 === 1 ? -1 : 1
    this.#bump(at, sign * (low - lowCarry * LIMB))
    this.#bump(at + 1, sign * (lowCarry + (next - nextCarry * LIMB)))
    this.#bump(at + 2, sign * nextCarry)
    if (++this.#adds >= ADDS_BETWEEN_CARRIES) this.#carry()
  }

  /** The exact sum in units of 2 ** LEAST_EXPONENT. */
  units(): bigint {
    this.#carry()
    let units = 0n
    for (let i = LIMBS - 1; i >= 0; i--) units = (units << 32n) + BigInt(this.#limbs[i] as number)
    return units
  }

  #bump(at: number, by: number): void {
    this.#limbs[at] = (this.#limbs[at] as number) + by
  }

  /** Brings all limbs but the highest into 0 <= limb < 2^32. */
  #carry(): void {
    const limbs = this.#limbs
    for (let i = 0; i < LIMBS - 1; i++) {
      const limb = limbs[i] as number
      const carry = Math.floor(limb / LIMB)
      if (carry === 0) continue
      limbs[i] = limb - carry * LIMB
      limbs[i + 1] = (limbs[i + 1] as number) + carry
    }
    this.#adds = 0
  }
}
