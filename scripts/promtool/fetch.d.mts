// The types of `fetch.mjs`.

type Promtool =
  | { readonly path: string; readonly missing?: undefined }
  | { readonly path?: undefined; readonly missing: string }

export function promtool(): Promtool
