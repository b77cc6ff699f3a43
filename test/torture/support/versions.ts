// Versions of the job of the torture: each later one edits a view and has an output of its own, which that of the
// version before it no longer is.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

const HERE = import.meta.dirname
const FIRST = join(HERE, 'torture-job.ts')

/** Topic of the output that only version n has. */
export const notedTopic = (n: number): string => `noted-${n}`
export const NOTED_PARTITIONS = 2

/** The file of version n of the job: 0 is the first one; later ones are written into the folder of the project. */
export function versionFile(n: number, project: string | null): string {
  if (n === 0) return FIRST
  if (project === null) throw new Error('later versions of the job need a folder')
  const file = join(project, `version-${n}.ts`)
  writeFileSync(
    file,
    `import { job, sum } from 'lyrebird'
import { results, transfers } from '${join(HERE, 'torture-results.ts')}'

export default job('torture', {
  ...results,
  sent: transfers.keyBy(t => t.from).aggregate({ scaled: sum(t => t.amount * ${n}) }),
  noted: transfers.map(({ id }) => ({ id, version: ${n} })).to('${notedTopic(n)}', { partitions: ${NOTED_PARTITIONS} }),
})
`,
  )
  return file
}
