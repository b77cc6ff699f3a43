// A node that settles, and what making one needs of the machine.

import type { Lambdas, Plan } from '../plan.ts'
import type { GroupAccess, Inlet, Linked, OutputAccess, RowInlet } from './contract.ts'
import type { Environment } from './environment.ts'
import type { Recorder } from './recorder.ts'
import type { SettledNode } from './settled.ts'
import type { Tally } from './tally.ts'

/** What nodes need of their machine. */
export interface Parts {
  readonly plan: Plan
  readonly lambdas: Lambdas
  readonly env: Environment
  readonly report: Recorder
  tally(name: string): Tally
  /** The emitted functions. They are linked after all nodes have been made. */
  linked(): Linked
  /** The node that takes rows under an id. Asked for when rows change, since it is made after the tables it stands on. */
  rows(node: string): RowInlet
}

/** A node as the machine sees it, and as emitted code does. */
export interface Made {
  readonly settled: SettledNode
  readonly groups?: GroupAccess & { readonly size: number; endChunk(): void }
  readonly inlet?: Inlet
  readonly output?: OutputAccess
  readonly rows?: RowInlet
}
