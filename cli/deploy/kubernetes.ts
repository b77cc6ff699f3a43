// The manifests of a job's deployment in Kubernetes: a claim for the state, the deployment, and a service that metrics
// are asked of.
//
// Promises: one process at a time, without rights, on a read-only root; addresses and passwords come from a Secret that
// is not made here.
// Not here: the image (`docker.ts`).

import { METRICS_PORT, RUN_AS, STATE_DIRECTORY } from './docker.ts'
import { deployedName } from './names.ts'

/** A run that is told to stop ends within ten seconds. */
const GRACE_SECONDS = 15

export function manifestsOf(job: string): string {
  const name = deployedName(job)
  return `${headOf(job, name)}${claimOf(name)}---\n${deploymentOf(name)}---\n${serviceOf(name)}`
}

const headOf = (job: string, name: string): string => `# Job ${job} as one deployment.
# Its image is that of the Dockerfile beside (compile --docker); what it connects with is in a Secret:
#
#   kubectl create secret generic ${name} --from-literal=LYREBIRD_LOG=kafka://HOST:PORT,... \\
#     --from-literal=LYREBIRD_KAFKA_USER=... --from-literal=LYREBIRD_KAFKA_PASSWORD=...
#   kubectl apply -f k8s.yaml
`

const claimOf = (name: string): string => `apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: "${name}-state"
  labels: {app.kubernetes.io/name: "${name}"}
spec:
  accessModes: [ReadWriteOnce]
  resources:
    requests: {storage: 10Gi}
`

const deploymentOf = (name: string): string => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: "${name}"
  labels: {app.kubernetes.io/name: "${name}"}
spec:
  # A state has one writer: the old process ends before the new one begins.
  replicas: 1
  strategy: {type: Recreate}
  # Ready once it is live: a long history is no failed rollout.
  progressDeadlineSeconds: 86400
  selector:
    matchLabels: {app.kubernetes.io/name: "${name}"}
  template:
    metadata:
      labels: {app.kubernetes.io/name: "${name}"}
      annotations:
        prometheus.io/scrape: "true"
        prometheus.io/port: "${METRICS_PORT}"
    spec:
      # A run that is told to stop ends within ten seconds.
      terminationGracePeriodSeconds: ${GRACE_SECONDS}
      automountServiceAccountToken: false
      securityContext:
        runAsNonRoot: true
        runAsUser: ${RUN_AS}
        runAsGroup: ${RUN_AS}
        fsGroup: ${RUN_AS}
        seccompProfile: {type: RuntimeDefault}
      containers:
${containerOf(name)}      volumes:
        - name: state
          persistentVolumeClaim: {claimName: "${name}-state"}
`

const containerOf = (name: string): string => `        - name: run
          image: "${name}:latest"
          args: ["--log", "$(LYREBIRD_LOG)", "--log-format", "json"]
          envFrom:
            - secretRef: {name: "${name}"}
          ports:
            - {name: metrics, containerPort: ${METRICS_PORT}}
          startupProbe:
            httpGet: {path: /healthz, port: metrics}
            periodSeconds: 2
            failureThreshold: 30
          livenessProbe:
            httpGet: {path: /healthz, port: metrics}
            timeoutSeconds: 5
            failureThreshold: 6
          readinessProbe:
            httpGet: {path: /readyz, port: metrics}
            timeoutSeconds: 5
          resources:
            requests: {cpu: 500m, memory: 1Gi}
            limits: {memory: 1Gi}
          securityContext:
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
            capabilities: {drop: [ALL]}
          volumeMounts:
            - {name: state, mountPath: ${STATE_DIRECTORY}}
`

const serviceOf = (name: string): string => `apiVersion: v1
kind: Service
metadata:
  name: "${name}"
  labels: {app.kubernetes.io/name: "${name}"}
spec:
  # Metrics are asked for while the history is read, too.
  publishNotReadyAddresses: true
  selector: {app.kubernetes.io/name: "${name}"}
  ports:
    - {name: metrics, port: ${METRICS_PORT}, targetPort: metrics}
`
