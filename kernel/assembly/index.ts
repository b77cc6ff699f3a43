// The kernel in AssemblyScript: every function of `core/kernel/kernel.ts`.
//
// Promises: no runtime, no start function, no data of its own: memory is shared among instances, so each writes only
// where its caller says. Addresses are those of `core/kernel`.

export { hashRows } from './blake2s'
export { packBlocks } from './blocks'
export { decode } from './decode'
export { doubleNumber, growKeys, keyNumber, textNumber, warmTexts } from './keys'
export { splitLines } from './lines'
export { packRows } from './pack'
export { mergeRows, numberRows, readRows } from './runs'
export { sortRows } from './sort'
export { utf8 } from './utf8'
