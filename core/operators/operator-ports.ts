// A node that flushes, and what making one needs of the executor.

import type { GroupAccess, Inlet, Linked, OutputAccess, RowInlet } from '../emitted/emitted-module.ts'
import type { Recorder } from '../emitted/recorder.ts'
import type { Lambdas, Plan } from '../plan/plan.ts'
import type { Environment } from '../state/environment.ts'
import type { MultisetDigest } from '../values/multiset-digest.ts'
import type { Operator } from './operator.ts'

/** What nodes need of their executor. */
export interface OperatorContext {
  readonly plan: Plan
  readonly lambdas: Lambdas
  readonly env: Environment
  readonly report: Recorder
  digest(name: string): MultisetDigest
  /** The emitted functions. They are linked after all nodes have been made. */
  linked(): Linked
  /** The node that takes rows under an id. Asked for when rows change, since it is made after the tables it stands on. */
  rows(node: string): RowInlet
}

/** A node as the executor sees it, and as emitted code does. */
export interface OperatorPorts {
  readonly operator: Operator
  readonly groups?: GroupAccess & { readonly size: number; endChunk(): void }
  readonly inlet?: Inlet
  readonly output?: OutputAccess
  readonly rows?: RowInlet
}
