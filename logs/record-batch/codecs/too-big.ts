// Thrown where decompressed bytes would pass the limit. Becomes `too-big` with topic, partition and offsets where these
// are known.

export class TooBig extends Error {
  readonly bytesMax: number

  constructor(bytesMax: number) {
    super(`more than ${bytesMax} bytes`)
    this.name = 'TooBig'
    this.bytesMax = bytesMax
  }
}
