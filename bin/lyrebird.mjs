#!/usr/bin/env node
// The command `lyrebird`. The zone is set before anything else is loaded, since Node reads it once (docs/semantics.md).

process.env.TZ = 'UTC'
const { main } = await import('../build/cli/main.js')
await main(process.argv.slice(2))
