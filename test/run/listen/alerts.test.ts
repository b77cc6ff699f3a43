// The alert rules and the metrics before Prometheus' own tool; and pages, rules and metrics have the same names.

import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { parse } from 'yaml'
import { listen } from '../../../run/listen/listen.ts'
import { runBatch } from '../../../runtime-batch/index.ts'
import { promtool } from '../../../scripts/promtool/fetch.mjs'
import { ROOT, read } from '../../support/repository.ts'
import { testFolder } from '../support/folder.ts'
import { embeddedLog } from '../support/logs.ts'
import { functions, input } from '../support/traffic.ts'

const RULES = 'docs/alerts.yml'
const CASES = 'test/run/listen/alerts.promtool.yml'

interface Rules {
  readonly groups: readonly { readonly rules: readonly { readonly alert: string; readonly expr: string }[] }[]
}

interface Cases {
  readonly tests: readonly {
    readonly alert_rule_test: readonly { readonly alertname: string; readonly exp_alerts?: readonly object[] }[]
  }[]
}

const rules = (parse(read(RULES)) as Rules).groups.flatMap(group => group.rules)

/** What a scrape of a state with views and outputs gives. */
async function metricsText(): Promise<string> {
  const [log, state] = [join(testFolder(), 'log'), join(testFolder(), 'state')]
  await embeddedLog(log, input)
  await runBatch({ functions, log, state })
  const server = await listen('127.0.0.1:0', { state, log })
  onTestFinished(() => server.close())
  return await (await fetch(`http://${server.address}/metrics`)).text()
}

const ownNames = (text: string): readonly string[] => [...new Set(text.match(/\blyrebird_[a-z_]+/g) ?? [])].toSorted()

it('each metric is on its page, and no other one', async () => {
  const told = ownNames((await metricsText()).replace(/^(?!# HELP).*$/gm, ''))
  expect(told.length).toBeGreaterThan(10)
  expect(ownNames(read('docs/metrics.md'))).toEqual(told)
})

it('rules speak of metrics that there are, and each stands on the page', async () => {
  const text = await metricsText()
  const known = new Set([...text.matchAll(/^# HELP (\S+)/gm)].map(([, name]) => name as string))
  for (const { alert, expr } of rules) {
    const names = expr.match(/\b(lyrebird|process|nodejs)_[a-z_]+/g) ?? []
    expect(
      names.filter(name => !known.has(name)),
      alert,
    ).toEqual([])
    expect(read('docs/metrics.md')).toContain(`| \`${alert}\` |`)
  }
})

it('each rule has a case in which it fires, and one in which it does not', () => {
  const cases = (parse(read(CASES)) as Cases).tests.flatMap(test => test.alert_rule_test)
  for (const { alert } of rules) {
    const own = cases.filter(({ alertname }) => alertname === alert).map(({ exp_alerts: alerts = [] }) => alerts.length)
    expect(new Set(own), alert).toEqual(new Set([0, 1]))
  }
})

const tool = promtool()
if (tool.path === undefined) console.log(`SKIPPED: alert rules are not checked by promtool: ${tool.missing}`)

it('promtool is there in CI', () => {
  if (process.env.CI === 'true') expect(tool).toEqual({ path: expect.any(String) })
})

describe.skipIf(tool.path === undefined)('promtool', () => {
  const run = (args: readonly string[], input?: string) => {
    const { status, stdout, stderr } = spawnSync(tool.path as string, args, { cwd: ROOT, encoding: 'utf8', input })
    return { status, said: `${stdout}${stderr}` }
  }

  it('takes the rules', () => {
    const { status, said } = run(['check', 'rules', RULES])
    expect(said).toContain(`SUCCESS: ${rules.length} rules found`)
    expect(status, said).toBe(0)
  })

  it('sees them fire where they should, and not where they should not', () => {
    const { status, said } = run(['test', 'rules', CASES])
    expect(status, said).toBe(0)
  })

  it('has nothing to say against the metrics', async () => {
    expect(run(['check', 'metrics'], await metricsText())).toEqual({ status: 0, said: '' })
  })
})
