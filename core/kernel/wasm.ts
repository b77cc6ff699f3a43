// What is used of WebAssembly, typed here: the standard library of a program without a browser does not declare it.
//
// Promises: undefined where the engine has none (`--jitless`).

/** A compiled module. */
export interface WasmModule {
  readonly [Symbol.toStringTag]: string
}

/** Memory that is shared, so that views stay valid when it grows. */
export interface WasmMemory {
  readonly buffer: SharedArrayBuffer
  /** Pages of 64 kB; throws RangeError where there are none. */
  grow(pages: number): number
}

interface Wasm {
  readonly Module: new (bytes: Uint8Array) => WasmModule
  readonly Memory: new (limits: { initial: number; maximum: number; shared: true }) => WasmMemory
  readonly Instance: new (
    module: WasmModule,
    imports: { readonly env: { readonly memory: WasmMemory } },
  ) => { readonly exports: unknown }
}

export const wasm = (globalThis as { readonly WebAssembly?: Wasm }).WebAssembly
