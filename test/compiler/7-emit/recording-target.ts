// A link target that records everything that emitted code does, in order; and the emitted module of a program written
// by hand.

import { emitLink } from '../../../compiler/7-emit/functions.ts'
import type { Column } from '../../../core/aggregations/columns/column.ts'
import { sourceDecoder } from '../../../core/decode/decoder.ts'
import { ABI } from '../../../core/emitted/abi.ts'
import {
  type FunctionsModule,
  type Lineage,
  LineagePath,
  type Linked,
  type LinkTarget,
  type SourcePartition,
} from '../../../core/emitted/emitted-module.ts'
import { Recorder } from '../../../core/emitted/recorder.ts'
import { makeRuntimeApi } from '../../../core/emitted/runtime-api.ts'
import { mustNotEndRun } from '../../../core/errors.ts'
import { newKernel } from '../../../core/kernel/kernel-over.ts'
import { KeyScratch } from '../../../core/operators/aggregate/key-index.ts'
import { KeyWriter } from '../../../core/operators/aggregate/key-writer.ts'
import type { Lambdas, Plan } from '../../../core/plan/plan.ts'
import type { InputPartition, ReferenceInput } from '../../../core/reference/input.ts'
import { bytesToHex } from '../../../core/values/bytes.ts'
import { canonicalBytes, decodeBytes } from '../../../core/values/canonical.ts'
import { kernelModule } from '../../../host/kernel-module.ts'
import { chunkOfRecords } from '../../../logs/chunk-of-records.ts'
import { memorySorter } from '../../support/memory-state.ts'

export interface TestProgram {
  readonly plan: Plan
  readonly lambdas: Lambdas
}

/** The module as the compiler emits it, evaluated from its text. */
export function emittedModule({ plan, lambdas }: TestProgram): FunctionsModule {
  const link = new Function('lambdas', `'use strict'\n${emitLink(plan)}\nreturn link`)(
    lambdas,
  ) as FunctionsModule['link']
  return { abi: ABI, plan, lambdas, files: [], usedIntl: () => false, link }
}

/** Everything that a module does with a log in chunks of `chunkSize` records, as lines of text. */
export function traceOf(module: FunctionsModule, log: ReferenceInput, chunkSize: number): string[] {
  const trace: string[] = []
  const recorder = new Recorder({
    newSorter: memorySorter,
    decoders: new Map(
      module.plan.nodes.flatMap(n =>
        n.kind === 'source' ? [[n.id, sourceDecoder(n, module.lambdas, e => mustNotEndRun(n.id, e))]] : [],
      ),
    ),
    siteOf: () => undefined,
    placeOf: () => undefined,
  })
  const linked = module.link(recordingTarget(module.plan, recorder, trace))
  for (const partition of log) {
    for (const node of module.plan.nodes) {
      if (node.kind !== 'source' || node.params.topic !== partition.topic) continue
      const state: SourcePartition = { maxTime: Number.NEGATIVE_INFINITY, leap: -1, leapAt: -1, leapTime: Number.NaN }
      feed(linked, node.id, partition, recorder, chunkSize, state)
      trace.push(
        `${node.id} ${partition.topic}/${partition.partition} T ${state.maxTime} leap ${state.leap} to ${state.leapTime}`,
      )
    }
  }
  feedClosed(linked, trace)
  const rows = [...recorder.lateRows.take(), ...recorder.deadRows.take()]
  return [...trace, ...rows.map(([key, value]) => `${bytesToHex(key)} ${bytesToHex(value)}`)]
}

function feed(
  linked: Linked,
  source: string,
  partition: InputPartition,
  recorder: Recorder,
  chunkSize: number,
  state: SourcePartition,
): void {
  const { records } = partition
  for (let at = 0; at < records.length; at += chunkSize) {
    const part = records.slice(at, at + chunkSize).map(r => ({ ...r, timestamp: r.timestamp ?? 0 }))
    const chunk = chunkOfRecords(partition, part, (part.at(-1)?.offset ?? 0n) + 1n)
    recorder.enter(chunk)
    linked.sources[source]?.(chunk, 0, chunk.count, state)
  }
}

/** Closed rows of every kind through every `closed` node. */
function feedClosed(linked: Linked, trace: string[]): void {
  for (const [node, run] of Object.entries(linked.emit)) {
    for (const value of [{ n: 1, size: 2, views: 3 }, { n: 3, size: 'x' }, null, 7]) {
      trace.push(`closed ${node}`)
      run('key', value, 59_999, canonicalBytes(['window', 0, 60_000]))
    }
  }
}

function recordingTarget(plan: Plan, report: Recorder, trace: string[]): LinkTarget {
  const show = (value: unknown): string => {
    if (value instanceof LineagePath || (value instanceof Uint8Array && value.length > 8)) {
      return bytesToHex(report.identity(value as Lineage))
    }
    try {
      return `${typeof value} ${Object.is(value, -0) ? '-0' : bytesToHex(canonicalBytes(value))}`
    } catch {
      return `${typeof value} without canonical bytes`
    }
  }
  const own = newKernel(kernelModule())
  const groups: Record<string, LinkTarget['groups'][string]> = {}
  const outputs: Record<string, LinkTarget['outputs'][string]> = {}
  for (const node of plan.nodes) {
    if (node.kind === 'output') {
      outputs[node.id] = {
        add: (keyed, key, value, time, lineage) => {
          trace.push(
            [
              node.id,
              keyed,
              key === undefined ? 'null' : show(key),
              show(value),
              time,
              bytesToHex(report.identity(lineage)),
            ].join(' '),
          )
        },
      }
    } else if (node.kind === 'aggregate') {
      const columns = node.params.fields.map(({ name }) => recordingColumn(`${node.id} ${name}`, trace, show))
      let slots = 0
      let entered: unknown
      const scratch = new KeyScratch(own)
      groups[node.id] = {
        columns,
        enter(key) {
          entered = key
        },
        enterText(texts, i) {
          const [address, length] = [texts.address(i), texts.length(i)]
          entered = new TextDecoder().decode(own.memory.bytes.slice(address, address + length))
        },
        keyWriter: new KeyWriter(scratch),
        enterWritten() {
          entered = decodeBytes(scratch.writer.view())
        },
        slotAt(start) {
          trace.push(`${node.id} slot ${slots} for ${show(start)} ${show(entered)}`)
          return slots++
        },
      }
    }
  }
  return {
    groups,
    inlets: recordingInlets(plan, report, trace, show),
    outputs,
    report,
    api: makeRuntimeApi(report, { kernel: () => own, callsAll: false }),
  }
}

function recordingInlets(
  plan: Plan,
  report: Recorder,
  trace: string[],
  show: (value: unknown) => string,
): LinkTarget['inlets'] {
  const inlet = (node: string): LinkTarget['inlets'][string] => {
    const add: LinkTarget['inlets'][string]['add'] = (branch, key, value, time, lineage, by) => {
      const at = bytesToHex(report.identity(lineage))
      trace.push([node, branch, show(key), show(value), time, at, show(by)].join(' '))
    }
    return {
      add,
      addPacked: (branch, key, value, time, lineage, by) => add(branch, key, decodeBytes(value), time, lineage, by),
    }
  }
  return Object.fromEntries(plan.nodes.map(node => [node.id, inlet(node.id)]))
}

function recordingColumn(name: string, trace: string[], show: (value: unknown) => string): Column {
  const never = (): never => {
    throw new Error('not asked for by emitted code')
  }
  return {
    add: (slot: number, ...input: unknown[]) => {
      trace.push(`${name} add ${slot} ${input.map(show).join(' ')}`)
    },
    present: slot => `${name} ${slot}`,
    grow: never,
    clear: never,
    write: never,
    merge: never,
  } as Column
}
