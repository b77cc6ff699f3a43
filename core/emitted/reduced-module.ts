// The functions of a job, of which an executor runs some results only.
//
// Promises: an executor of the module makes operators for the reduced plan alone; what emitted code gives to other
// nodes is dropped, and what their lambdas throw is nobody's.
// Not here: which results (deployment/upgrade).

import type { Plan, PlanNodeOf } from '../plan/plan.ts'
import { findNode } from '../plan/plan-index.ts'
import { reducedPlan } from '../plan/reduced-plan.ts'
import type { FunctionsModule, GroupAccess, Inlet, JobPart, LinkTarget, OutputAccess } from './emitted-module.ts'

/** The module for a part of the job. */
export function reducedModule(functions: FunctionsModule, part: JobPart): FunctionsModule {
  const { plan } = functions
  const reduced = reducedPlan(plan, new Set(part.results))
  return {
    ...functions,
    plan: reduced,
    part,
    link: target => functions.link({ ...withDropping(target, plan), runs: id => findNode(reduced, id) !== undefined }),
  }
}

/** The target with ports for every node of the whole plan. */
function withDropping(target: LinkTarget, plan: Plan): LinkTarget {
  const groups: Record<string, GroupAccess> = {}
  const inlets: Record<string, Inlet> = {}
  const outputs: Record<string, OutputAccess> = {}
  for (const node of plan.nodes) {
    if (node.kind === 'aggregate') groups[node.id] = target.groups[node.id] ?? noGroups(node)
    else if (node.kind === 'output') outputs[node.id] = target.outputs[node.id] ?? NO_OUTPUT
    else inlets[node.id] = target.inlets[node.id] ?? NO_INLET
  }
  return { ...target, groups, inlets, outputs }
}

const nothing = (): void => {}

const NO_OUTPUT: OutputAccess = { add: nothing }
const NO_INLET: Inlet = { add: nothing, addPacked: nothing }
const NO_KEY: GroupAccess['keyWriter'] = {
  begin: nothing,
  marks: nothing,
  text: nothing,
  textAt: nothing,
  value: nothing,
}

function noGroups({ params }: PlanNodeOf<'aggregate'>): GroupAccess {
  const column = { add: nothing, present: nothing } as unknown as GroupAccess['columns'][number]
  return {
    columns: params.fields.map(() => column),
    enter: nothing,
    enterText: nothing,
    enterWritten: nothing,
    keyWriter: NO_KEY,
    slotAt: () => 0,
  }
}
