// The broker that coordinates the transactions of an id (FindCoordinator).

import { findCoordinatorCall } from '../calls/find-coordinator.ts'
import type { Link } from '../client.ts'
import type { Cluster } from '../cluster.ts'
import { checkTransaction } from './transaction-errors.ts'

/** Throws `Passing` and LinkFailure where another try may help, and typed failures. */
export async function coordinatorOf(cluster: Cluster, transactionalId: string): Promise<Link> {
  const { error, message, node } = await cluster.ask(findCoordinatorCall(transactionalId))
  checkTransaction(error, `the transactional id ${transactionalId}`, message, transactionalId, 'Describe')
  return await cluster.node(node, 'write')
}
