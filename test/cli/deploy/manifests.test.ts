// The manifests for Kubernetes as a parser of YAML reads them: one process at a time, no rights, a read-only root, its
// state on a volume, probes, a Secret, and names that Kubernetes takes, whatever the job is called.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { manifestsOf } from '../../../cli/deploy/kubernetes.ts'
import { deployedName } from '../../../cli/deploy/names.ts'
import { JOB, project, run } from '../lyrebird.ts'

/** RFC 1035, as names of services and values of labels must be. */
const LABEL = /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/

interface Manifest {
  readonly kind: string
  readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> }
  // biome-ignore lint/suspicious/noExplicitAny: as the parser gives it
  readonly spec: any
}

/** By kind. Throws where a document does not parse, or warns. */
function parsed(text: string): Readonly<Record<string, Manifest>> {
  const documents = parseAllDocuments(text)
  const manifests = [...documents].map(document => {
    expect([...document.errors, ...document.warnings]).toEqual([])
    return document.toJS() as Manifest
  })
  return Object.fromEntries(manifests.map(manifest => [manifest.kind, manifest]))
}

describe('what compile --k8s writes', () => {
  let folder = ''
  let manifests: Readonly<Record<string, Manifest>> = {}
  beforeAll(async () => {
    folder = project({ 'job.ts': JOB })
    const { code, err } = await run(folder, ['compile', 'job.ts', '--k8s'])
    expect([code, err]).toEqual([0, expect.stringContaining('dist/page-views/k8s.yaml')])
    manifests = parsed(readFileSync(join(folder, 'dist/page-views/k8s.yaml'), 'utf8'))
  })

  it('is a claim, a deployment and a service', () => {
    expect(Object.keys(manifests)).toEqual(['PersistentVolumeClaim', 'Deployment', 'Service'])
    expect(manifests.PersistentVolumeClaim?.spec).toMatchObject({ accessModes: ['ReadWriteOnce'] })
  })

  it('runs one process at a time, and lets it end', () => {
    const { spec } = manifests.Deployment as Manifest
    expect(spec).toMatchObject({ replicas: 1, strategy: { type: 'Recreate' } })
    // A run ends within ten seconds of SIGTERM.
    expect(spec.template.spec.terminationGracePeriodSeconds).toBeGreaterThan(10)
    expect(spec.template.metadata.labels).toMatchObject(spec.selector.matchLabels)
    expect(spec.template.metadata.labels).toMatchObject(manifests.Service?.spec.selector)
  })

  it('gives it no rights and nothing to write but its state', () => {
    const { spec } = (manifests.Deployment as Manifest).spec.template
    const [container] = spec.containers
    expect(spec).toMatchObject({
      automountServiceAccountToken: false,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 1000,
        fsGroup: 1000,
        seccompProfile: { type: 'RuntimeDefault' },
      },
      volumes: [{ name: 'state', persistentVolumeClaim: { claimName: 'page-views-state' } }],
    })
    expect(manifests.PersistentVolumeClaim?.metadata.name).toBe('page-views-state')
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    })
    expect(container.volumeMounts).toEqual([{ name: 'state', mountPath: '/state' }])
    expect(container.resources).toMatchObject({ requests: { cpu: '500m', memory: '1Gi' }, limits: { memory: '1Gi' } })
  })

  it('asks it how it is, and takes what it connects with from a Secret', () => {
    const [container] = (manifests.Deployment as Manifest).spec.template.spec.containers
    const port = 'metrics'
    expect(container).toMatchObject({
      ports: [{ name: port, containerPort: 9464 }],
      livenessProbe: { httpGet: { path: '/healthz', port } },
      readinessProbe: { httpGet: { path: '/readyz', port } },
      startupProbe: { httpGet: { path: '/healthz', port } },
      envFrom: [{ secretRef: { name: 'page-views' } }],
      args: ['--log', '$(LYREBIRD_LOG)', '--log-format', 'json'],
    })
    expect(manifests.Service?.spec.ports).toEqual([{ name: port, port: 9464, targetPort: port }])
    expect(container.env).toBeUndefined()
  })

  it('leaves what somebody has edited, and says so', async () => {
    const path = join(folder, 'dist/page-views/k8s.yaml')
    const own = `${readFileSync(path, 'utf8')}# ours\n`
    writeFileSync(path, own)
    const { code, err } = await run(folder, ['compile', 'job.ts', '--k8s'])
    expect([code, err]).toEqual([0, expect.stringContaining('k8s.yaml is there with other content and stays')])
    expect(readFileSync(path, 'utf8')).toBe(own)
    const { out } = await run(folder, ['compile', 'job.ts', '--k8s', '--json'])
    expect(JSON.parse(out)).toMatchObject({ beside: { files: ['k8s.yaml'], kept: ['k8s.yaml'] } })
  })
})

describe('a name of a job', () => {
  const jobNames = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_-]{0,99}$/)

  it('becomes names that Kubernetes takes', () => {
    fc.assert(
      fc.property(jobNames, job => {
        const all = Object.values(parsed(manifestsOf(job)))
        expect(all).toHaveLength(3)
        for (const { metadata } of all) {
          expect(metadata.name).toMatch(LABEL)
          for (const label of Object.values(metadata.labels)) expect(label).toMatch(LABEL)
        }
      }),
      { numRuns: 200 },
    )
  })

  it('that YAML reads as something else is still a text', () => {
    for (const job of ['null', 'true', 'no', 'on', 'e1', 'y', 'NaN']) {
      const { PersistentVolumeClaim: claim, Deployment: deployment, Service: service } = parsed(manifestsOf(job))
      const texts = [claim, deployment, service].flatMap(one => [
        one?.metadata.name,
        ...Object.values(one?.metadata.labels ?? {}),
      ])
      const { containers, volumes } = (deployment as Manifest).spec.template.spec
      texts.push(containers[0].envFrom[0].secretRef.name, volumes[0].persistentVolumeClaim.claimName)
      texts.push(...Object.values(service?.spec.selector as Record<string, string>))
      expect(new Set(texts.map(text => typeof text)), job).toEqual(new Set(['string']))
    }
  })

  it('stays as it is where it fits, and different ones stay different', () => {
    expect(deployedName('page-views')).toBe('page-views')
    const alike = ['pageViews', 'pageviews', 'page_views', 'page-views', 'page--views', 'PageViews', 'page-views_']
    expect(new Set(alike.map(deployedName)).size).toBe(alike.length)
    const long = 'a'.repeat(100)
    expect(deployedName(long)).not.toBe(deployedName(`${long.slice(1)}b`))
  })
})
