// The names that a job's own global object shares with the host: those of the language, and those that only compute.

/** Names of ECMAScript, without those that each realm has of its own (`Date`, `Function`, `Math` and others). */
export const LANGUAGE_NAMES: readonly string[] = Object.freeze(
  (
    'AggregateError Array ArrayBuffer AsyncDisposableStack BigInt BigInt64Array BigUint64Array Boolean DataView ' +
    'DisposableStack Error EvalError Float16Array Float32Array Float64Array Infinity Int16Array Int32Array Int8Array ' +
    'Iterator Map NaN Number Object Promise Proxy RangeError ReferenceError RegExp Set String SuppressedError ' +
    'SyntaxError TypeError URIError Uint16Array Uint32Array Uint8Array Uint8ClampedArray WeakMap WeakSet decodeURI ' +
    'decodeURIComponent encodeURI encodeURIComponent escape isFinite isNaN parseFloat parseInt undefined unescape'
  ).split(' '),
)

/** What of the host depends on nothing but its arguments. */
export const HOST_NAMES: readonly string[] = Object.freeze(
  'DOMException TextDecoder TextEncoder URL URLSearchParams atob btoa structuredClone'.split(' '),
)
