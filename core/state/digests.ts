// Names of the digests that a state keeps: of each view's rows, and of everything that a node has emitted.

export const DIGEST = {
  late: 'late',
  dead: 'dead',
  view: (name: string): string => `view/${name}`,
  /** Of what a node has emitted, or an output has written. */
  emitted: (node: string): string => `handed/${node}`,
} as const
