// Which of some versions of one key is its row: the rule of a table's topic (semantics.md 3.8).

interface PlacedVersion {
  readonly partition: number
  readonly offset: bigint
  readonly time: number
}

/**
 * The greatest offset of each partition decides there; where its value is null the partition has no row. Of the others
 * the newest by (time, partition, offset); undefined where there is none.
 */
export function bestPartition<V extends PlacedVersion>(
  versions: readonly V[],
  valueIn: (version: V) => unknown,
): V | undefined {
  const partitions = [...new Set(versions.map(v => v.partition))].sort((a, b) => a - b)
  return partitions
    .map(
      partition =>
        versions
          .filter(v => v.partition === partition)
          .sort(byOffset)
          .at(-1) as V,
    )
    .filter(version => valueIn(version) !== null)
    .sort((a, b) => a.time - b.time || a.partition - b.partition)
    .at(-1)
}

const byOffset = (a: PlacedVersion, b: PlacedVersion): number => Number(a.offset - b.offset)
