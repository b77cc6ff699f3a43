// How many inputs the differential tests of the kernel try, and from which seed; `scripts/campaigns/kernel-fuzz.mjs`
// sets both.

export const INPUTS = Number(process.env.LYREBIRD_KERNEL_INPUTS ?? 100_000)
export const SEED = Number(process.env.LYREBIRD_KERNEL_SEED ?? 20_260_101)
