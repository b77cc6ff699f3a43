// The ports of an operator to executor and emitted code, and what making an operator needs of its executor.

import type { GroupAccess, Inlet, Linked, OutputAccess, RowInlet } from '../emitted/emitted-module.ts'
import type { Recorder } from '../emitted/recorder.ts'
import type { OwnKernel } from '../kernel/kernel-over.ts'
import type { Lambdas, Plan } from '../plan/plan.ts'
import type { Environment } from '../state/environment.ts'
import type { MultisetDigest } from '../values/multiset-digest.ts'
import type { Operator } from './operator.ts'

/** What operators need of their executor. */
export interface OperatorContext {
  readonly plan: Plan
  readonly lambdas: Lambdas
  readonly env: Environment
  readonly report: Recorder
  /** The executor's kernel, made when it is first asked for. */
  kernel(): OwnKernel
  digest(name: string): MultisetDigest
  /** The emitted functions. They are linked after all operators have been made. */
  linked(): Linked
  /**
   * The inlet for rows of a node. Called only when rows change, since that operator is made after those of its tables.
   */
  rows(node: string): RowInlet
}

/** The inlet of a changelog, and how it is written anew. Keys are canonical bytes of the bytes of a record's key. */
export interface Changelog extends RowInlet {
  /** The key of the records of a row. */
  keyOf(rowKey: Uint8Array): Uint8Array
  encodedKey(recordKey: Uint8Array | null): Uint8Array
  /** The next flush writes first that there is no row of this key. Copies it. */
  writeGone(key: Uint8Array): void
}

/** An operator as the executor and as emitted code see it. */
export interface OperatorPorts {
  readonly operator: Operator
  readonly groups?: GroupAccess & { readonly size: number; endChunk(): void }
  readonly inlet?: Inlet
  readonly output?: OutputAccess
  readonly rows?: RowInlet
  readonly changelog?: Changelog
}
