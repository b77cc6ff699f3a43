// Declarations of what a host offers besides ECMAScript, so that a use of it gets its own diagnostic and not that of an
// unknown name.
//
// Promises: names as in the DOM and in Node's own declarations, which may be loaded too. Which of them a lambda may use
// is in `2-check/determinism/denied.ts`.

export const HOST_FILE = 'lyrebird-host.d.ts'

export const HOST_DECLARATIONS = `
interface Console {
  log(...data: unknown[]): void
  info(...data: unknown[]): void
  warn(...data: unknown[]): void
  error(...data: unknown[]): void
  debug(...data: unknown[]): void
  table(...data: unknown[]): void
}
declare var console: Console
interface Performance { now(): number; readonly timeOrigin: number; mark(name: string): unknown }
declare var performance: Performance
interface Crypto {
  randomUUID(): string
  getRandomValues<T>(array: T): T
  readonly subtle: { digest(algorithm: string, data: ArrayBufferView): Promise<ArrayBuffer> }
}
declare var crypto: Crypto
interface Process {
  readonly env: Record<string, string | undefined>
  readonly argv: string[]
  readonly pid: number
  readonly platform: string
  readonly version: string
  hrtime: { (): [number, number]; bigint(): bigint }
  uptime(): number
  cwd(): string
  exit(code?: number): never
  memoryUsage(): Record<string, number>
  nextTick(callback: () => void): void
  on(event: string, listener: (...args: any[]) => void): unknown
}
declare var process: Process
declare function setTimeout(callback: (...args: any[]) => void, ms?: number): any
declare function setInterval(callback: (...args: any[]) => void, ms?: number): any
declare function setImmediate(callback: (...args: any[]) => void): any
declare function queueMicrotask(callback: () => void): void
declare function clearTimeout(id: any): void
declare function clearInterval(id: any): void
declare function fetch(input: string, init?: object): Promise<any>
declare function require(id: string): any
declare function structuredClone<T>(value: T): T
declare function atob(data: string): string
declare function btoa(data: string): string
declare var global: typeof globalThis
declare var Buffer: any
declare class TextEncoder { encode(input?: string): Uint8Array }
declare class TextDecoder { constructor(label?: string); decode(input?: ArrayBufferView): string }
declare class URLSearchParams {
  constructor(init?: string | Record<string, string> | string[][])
  get(name: string): string | null
  getAll(name: string): string[]
  has(name: string): boolean
  entries(): IterableIterator<[string, string]>
  keys(): IterableIterator<string>
  values(): IterableIterator<string>
  [Symbol.iterator](): IterableIterator<[string, string]>
}
declare class URL {
  constructor(url: string, base?: string)
  static canParse(url: string, base?: string): boolean
  readonly href: string
  readonly origin: string
  readonly protocol: string
  readonly host: string
  readonly hostname: string
  readonly port: string
  readonly pathname: string
  readonly search: string
  readonly hash: string
  readonly username: string
  readonly password: string
  readonly searchParams: URLSearchParams
}
declare module 'node:*'
`
