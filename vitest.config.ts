// How tests run: every process in UTC, whatever the machine's zone (docs/semantics.md).

import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

process.env.TZ = 'UTC'

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

export default defineConfig({
  resolve: {
    alias: [
      { find: /^lyrebird$/, replacement: here('./dsl/index.ts') },
      { find: /^lyrebird\/(avro|protobuf)$/, replacement: here('./formats/$1/index.ts') },
      { find: /^lyrebird\/log$/, replacement: here('./logs/writer/index.ts') },
      { find: /^lyrebird\/testing$/, replacement: here('./testing/index.ts') },
    ],
  },
  test: {
    include: ['test/**/*.test.ts', 'examples/**/*.test.ts'],
    exclude: ['**/node_modules/**', 'test/fixtures/**'],
    // Many suites wait for disks, brokers and processes of their own: with one worker for each processor a third of their
    // time is left.
    maxWorkers: availableParallelism() + 1,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
})
