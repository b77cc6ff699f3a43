/** Name, code, and what comes of it where that is not `equal`. */
export declare const LIBRARIES: readonly (readonly [name: string, code: string, expected?: string])[]
export declare function versionOf(name: string, code: string): string | undefined
