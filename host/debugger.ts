// Whether somebody watches this process in a debugger.

/** True where Node was started with an inspector, by whatever flag. One that is attached later is not seen. */
export function isDebugged(): boolean {
  const flags = [...process.execArgv, ...(process.env.NODE_OPTIONS ?? '').split(/\s+/)]
  return flags.some(flag => flag.startsWith('--inspect'))
}
