// Deliberate defects: one text of one file replaced by another, and the suite that must notice.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the texts of code that emits code
//
// Promises: each is small, plausible, and wrong in a way that the contract forbids.

export interface Mutant {
  readonly name: string
  /** What is wrong, in words. */
  readonly defect: string
  readonly file: string
  /** Stands in the file exactly once. */
  readonly find: string
  readonly put: string
  readonly suite: string
}

const VERIFY = 'test/mutants/verify.test.ts'
const INTERRUPTED = 'test/mutants/interrupted.test.ts'

export const MUTANTS: readonly Mutant[] = [
  {
    name: 'last-record-of-chunk',
    defect: 'the last record of each chunk is lost',
    file: 'compiler/4-emit/source-loop.ts',
    find: 'for (let i = first; i < last; i++)',
    put: 'for (let i = first; i < last - 1; i++)',
    suite: VERIFY,
  },
  {
    name: 'late-with-equality',
    defect: 'a record exactly as old as the disorder allows is late',
    file: 'compiler/4-emit/source-loop.ts',
    find: 'if (time < newest - ',
    put: 'if (time <= newest - ',
    suite: VERIFY,
  },
  {
    name: 'ticks-move-nothing',
    defect: 'a tick moves no watermark',
    file: 'compiler/4-emit/source-loop.ts',
    find: 'if (tick > newest && kit.isTime(tick)) newest = tick',
    put: '',
    suite: VERIFY,
  },
  {
    name: 'branches-of-a-merge-look-alike',
    defect: 'the same record behind two branches of a merge has one identity',
    file: 'compiler/4-emit/functions.ts',
    find: '${consumer.branch})`',
    put: '0)`',
    suite: VERIFY,
  },
  {
    name: 'hopping-window-holds-its-end',
    defect: 'an element at the end of a hopping window is in it',
    file: 'compiler/4-emit/aggregate.ts',
    find: '${start} + ${window.sizeMs} > ${time}',
    put: '${start} + ${window.sizeMs} >= ${time}',
    suite: VERIFY,
  },
  {
    name: 'window-end-off-by-one',
    defect: 'windows end one millisecond early',
    file: 'core/execute/table-rows.ts',
    find: 'end: start + size }',
    put: 'end: start + size - 1 }',
    suite: VERIFY,
  },
  {
    name: 'window-closes-late',
    defect: 'a window whose end is the watermark stays open',
    file: 'core/execute/aggregates.ts',
    find: 'const closing = row.end !== null && row.end <= now',
    put: 'const closing = row.end !== null && row.end < now',
    suite: VERIFY,
  },
  {
    name: 'merge-forgets-one-side',
    defect: 'merging two partial counts forgets one of them',
    file: 'core/fold/count.ts',
    find: 'this.#counts[slot] = (this.#counts[slot] as number) + r.f64()',
    put: 'this.#counts[slot] = r.f64()',
    suite: VERIFY,
  },
  {
    name: 'sum-by-plus',
    defect: 'what an addition of doubles loses is lost',
    file: 'core/fold/exact-sums.ts',
    find: 'if (error !== 0) this.#addLow(slot, at + 1, error)',
    put: '',
    suite: VERIFY,
  },
  {
    name: 'ties-by-arrival',
    defect: 'among equal times the first to arrive wins, not the least identity',
    file: 'core/fold/moments.ts',
    find: 'return difference === 0 ? compareBytes(this.#identityOf(origin), this.identity(slot)) : difference',
    put: 'return difference',
    suite: VERIFY,
  },
  {
    name: 'output-at-the-watermark',
    defect: 'an element at the watermark is written, though an earlier one may still come',
    file: 'core/execute/output-buffer.ts',
    find: 'if (element.time < watermark) {',
    put: 'if (element.time <= watermark) {',
    suite: VERIFY,
  },
  {
    name: 'restart-forgets-times',
    defect: 'a stream that starts again does not know its event times',
    file: 'core/execute/progress.ts',
    find: 'progress.sourcePartition(source, p).maxTime = maxTime',
    put: 'progress.sourcePartition(source, p)',
    suite: VERIFY,
  },
  {
    name: 'digest-keeps-old-rows',
    defect: 'the digest of a view still counts the row that was replaced',
    file: 'core/execute/table-rows.ts',
    find: 'digest.removeHash(track.hash, at)',
    put: '',
    suite: VERIFY,
  },
  {
    name: 'keep-off-by-one',
    defect: 'a row that has just grown too old is kept',
    file: 'core/execute/table-rows.ts',
    find: 'end <= this.#keepNow - chain.keepMs',
    put: 'end < this.#keepNow - chain.keepMs',
    suite: VERIFY,
  },
  {
    name: 'cut-before-state',
    defect: 'the cut is written in a transaction before the one of the state',
    file: 'runtime-common/job-run.ts',
    find: 'await writer.commit(transaction => {',
    put: 'await writer.commit(first => first.putDocument(PROGRESS, this.progress.encode()))\n      await writer.commit(transaction => {',
    suite: INTERRUPTED,
  },
  {
    name: 'outputs-not-recovered',
    defect: 'records that were written but not committed stay in the output',
    file: 'runtime-common/outputs.ts',
    find: 'await writer.recover(positions.get(topic) ?? queues.map(() => 0n))',
    put: '',
    suite: INTERRUPTED,
  },
]
