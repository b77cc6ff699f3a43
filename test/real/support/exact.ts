// An exact sum of doubles by big integers, and CSV by hand: oracles that share nothing with the code under test.

/** Every finite double is an integer multiple of 2^-1074. */
const SCALE = 1074n
const view = new DataView(new ArrayBuffer(8))

/** A finite double in units of 2^-1074. */
function units(x: number): bigint {
  view.setFloat64(0, x)
  const bits = view.getBigUint64(0)
  const exponent = (bits >> 52n) & 0x7ffn
  const fraction = bits & 0xfffffffffffffn
  const size = exponent === 0n ? fraction : (fraction | 0x10000000000000n) << (exponent - 1n)
  return x < 0 ? -size : size
}

export class ExactSum {
  #units = 0n
  #count = 0

  add(x: number): void {
    this.#units += units(x)
    this.#count++
  }

  get count(): number {
    return this.#count
  }

  /** Whether a double is the nearest to the sum: no neighbour is nearer (a tie would need an even fraction). */
  isNearest(x: number): boolean {
    return isNearest(x, this.#units, 1n)
  }

  /** Whether a double is the nearest to the sum divided by the count. */
  isNearestMean(x: number): boolean {
    return isNearest(x, this.#units, BigInt(this.#count))
  }
}

/** |x - n/d| <= |y - n/d| for both neighbours y of x. */
function isNearest(x: number, n: bigint, d: bigint): boolean {
  const distance = (y: number): bigint => absolute(units(y) * d - n)
  const here = distance(x)
  return [-1n, 1n].every(step => here <= distance(neighbour(x, step)))
}

/** The next double away from zero (1n) or towards it (-1n); around zero the smallest ones. */
function neighbour(x: number, step: bigint): number {
  if (x === 0) return step > 0n ? 2 ** -Number(SCALE) : -(2 ** -Number(SCALE))
  view.setFloat64(0, x)
  view.setBigUint64(0, view.getBigUint64(0) + step)
  return view.getFloat64(0)
}

const absolute = (n: bigint): bigint => (n < 0n ? -n : n)

/** All records of a CSV text (RFC 4180), the header left out; character by character. */
export function csvRecords(text: string): string[][] {
  const records: string[][] = []
  let fields: string[] = []
  let field = ''
  let quoted = false
  for (let i = 0; i < text.length; i++) {
    const c = text[i] as string
    if (quoted) {
      if (c !== '"') field += c
      else if (text[i + 1] === '"') field += text[++i]
      else quoted = false
    } else if (c === '"' && field === '') quoted = true
    else if (c === ',' || c === '\n') {
      fields.push(field)
      field = ''
      if (c === '\n') {
        records.push(fields)
        fields = []
      }
    } else field += c
  }
  if (field !== '' || fields.length > 0) records.push([...fields, field])
  return records.slice(1)
}

/** Values by key, made on first use. */
export class Groups<T> extends Map<string, T> {
  readonly #make: () => T
  constructor(make: () => T) {
    super()
    this.#make = make
  }

  at(key: string): T {
    const found = this.get(key) ?? this.#make()
    this.set(key, found)
    return found
  }
}
