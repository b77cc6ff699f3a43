// Types of the part of snappyjs that is used; the package brings none.

declare module 'snappyjs' {
  const snappy: {
    uncompress(compressed: Uint8Array, maxLength?: number): Uint8Array
    compress(uncompressed: Uint8Array): Uint8Array
  }
  export default snappy
}
