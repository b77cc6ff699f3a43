// The folders in the directory of a state, and where its outputs are: in one of them, or in a cluster.

import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { isKafkaAddress } from '../../logs/kafka/login/address.ts'
import { clusterOf } from '../../sinks/kafka/journal.ts'

/**
 * Where the outputs of a command go: what was asked for, else where the state has written to before, else to the
 * cluster that records come from. Undefined: to its own directory.
 */
export function outOf(out: string | undefined, log: string, state: string): string | undefined {
  const before = clusterOf(outboxOf(state))
  return out ?? before ?? (isKafkaAddress(log) && !existsSync(defaultOut(state)) ? log : undefined)
}

/** Where the outputs of a state are: the cluster that it has written to, or its own directory. */
export const writtenTo = (state: string): string => clusterOf(outboxOf(state)) ?? defaultOut(state)

/** Where outputs go by default: a log directory inside the state directory. */
export const defaultOut = (state: string): string => join(state, 'out')

/** Where the state keeps what is on its way to a cluster. */
export const outboxOf = (state: string): string => join(state, 'outbox')

/** Where a new version of the job is computed beside the present one. */
export const nextOf = (state: string): string => join(state, 'next')

/** What does not fit in memory. */
export const scratchOf = (state: string): string => join(state, 'scratch')

/** Made empty: what a killed run left there is of no use, since this process owns the state now. */
export function makeScratch(state: string): void {
  rmSync(scratchOf(state), { recursive: true, force: true })
  mkdirSync(scratchOf(state), { recursive: true })
}

/** The folder of a job's file from that of a state, so that places in the file can be shown later. */
export const folderFrom = (state: string, folder: string | undefined): string | undefined =>
  folder === undefined ? undefined : relative(resolve(state), resolve(folder))
