// Ranks of prices, as q15 to q17 count them.

export type Rank = 1 | 2 | 3

/** 1 below 10,000 cents, 2 below 1,000,000, 3 from there. */
export const rankOf = (price: number): Rank => (price < 10_000 ? 1 : price < 1_000_000 ? 2 : 3)
