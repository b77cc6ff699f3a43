// Whether bytes are well-formed UTF-8, 16 at a time (Keiser and Lemire, "Validating UTF-8 in less than one instruction
// per byte", 2021).
//
// Each pair of neighbouring bytes is looked up by three half bytes; what is left of the three answers names the errors
// that the pair can be part of. The eighth bit of an answer says that a byte follows another continuation, which is
// right only as the third or fourth byte of a sequence.

const TOO_SHORT: i8 = 1 // a lead byte or ASCII after a lead byte
const TOO_LONG: i8 = 2 // a continuation after ASCII
const OVERLONG_3: i8 = 4
const TOO_LARGE: i8 = 8
const SURROGATE: i8 = 16
const OVERLONG_2: i8 = 32
const OVERLONG_4: i8 = 64 // and a code point above 0x10ffff with a lead byte beyond 0xf4
const TWO_CONTINUATIONS: i8 = -128
const CARRY: i8 = TOO_SHORT | TOO_LONG | TWO_CONTINUATIONS

@inline
function errorsOf(v: v128, before: v128): v128 {
  // The three bytes before each byte.
  const one = i8x16.shuffle(before, v, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30)
  const two = i8x16.shuffle(before, v, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29)
  const three = i8x16.shuffle(before, v, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28)
  const byHigh = i8x16(
    TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG,
    TWO_CONTINUATIONS, TWO_CONTINUATIONS, TWO_CONTINUATIONS, TWO_CONTINUATIONS,
    TOO_SHORT | OVERLONG_2, TOO_SHORT, TOO_SHORT | OVERLONG_3 | SURROGATE,
    TOO_SHORT | TOO_LARGE | OVERLONG_4,
  )
  const byLow = i8x16(
    CARRY | OVERLONG_3 | OVERLONG_2 | OVERLONG_4, CARRY | OVERLONG_2, CARRY, CARRY, CARRY | TOO_LARGE,
    CARRY | TOO_LARGE | OVERLONG_4, CARRY | TOO_LARGE | OVERLONG_4, CARRY | TOO_LARGE | OVERLONG_4,
    CARRY | TOO_LARGE | OVERLONG_4, CARRY | TOO_LARGE | OVERLONG_4, CARRY | TOO_LARGE | OVERLONG_4,
    CARRY | TOO_LARGE | OVERLONG_4, CARRY | TOO_LARGE | OVERLONG_4,
    CARRY | TOO_LARGE | OVERLONG_4 | SURROGATE, CARRY | TOO_LARGE | OVERLONG_4, CARRY | TOO_LARGE | OVERLONG_4,
  )
  const byNext = i8x16(
    TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT,
    TOO_LONG | OVERLONG_2 | TWO_CONTINUATIONS | OVERLONG_3 | OVERLONG_4,
    TOO_LONG | OVERLONG_2 | TWO_CONTINUATIONS | OVERLONG_3 | TOO_LARGE,
    TOO_LONG | OVERLONG_2 | TWO_CONTINUATIONS | SURROGATE | TOO_LARGE,
    TOO_LONG | OVERLONG_2 | TWO_CONTINUATIONS | SURROGATE | TOO_LARGE,
    TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT,
  )
  const errors = v128.and(
    v128.and(
      i8x16.swizzle(byHigh, i8x16.shr_u(one, 4)),
      i8x16.swizzle(byLow, v128.and(one, i8x16.splat(0x0f))),
    ),
    i8x16.swizzle(byNext, i8x16.shr_u(v, 4)),
  )
  // A third byte follows 0xe0 or more two before, a fourth one 0xf0 or more three before: there two continuations are
  // right, and anything else is wrong.
  const must = v128.or(i8x16.sub_sat_u(two, i8x16.splat(0x60)), i8x16.sub_sat_u(three, i8x16.splat(0x70)))
  return v128.xor(v128.and(must, i8x16.splat(-128)), errors)
}

/** 1 where the bytes [from, end) are well-formed, else 0. Reads up to 15 bytes past the end. */
export function utf8(from: usize, end: usize): i32 {
  let before = i8x16.splat(0)
  let errors = i8x16.splat(0)
  // Not zero where the last bytes of a block begin a sequence that ends behind it.
  let begun = i8x16.splat(0)
  const complete = i8x16(-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -17, -33, -65)
  let p = from
  while (p + 16 <= end) {
    const v = v128.load(p)
    if (i8x16.bitmask(v) == 0) {
      errors = v128.or(errors, begun)
      begun = i8x16.splat(0)
    } else {
      errors = v128.or(errors, errorsOf(v, before))
      begun = i8x16.sub_sat_u(v, complete)
    }
    before = v
    p += 16
  }
  // The rest, with zeros behind it: a sequence that does not end is followed by ASCII then.
  const rest = i8x16.lt_u(
    i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15),
    i8x16.splat(<i8>(end - p)),
  )
  errors = v128.or(errors, errorsOf(p < end ? v128.and(v128.load(p), rest) : i8x16.splat(0), before))
  return <i32>!v128.any_true(errors)
}
