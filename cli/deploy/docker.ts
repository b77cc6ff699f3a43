// The image of a compiled job: a Dockerfile, and the package.json that its packages are installed from.
//
// Promises: the Node that the job was compiled with, and the very package of lyrebird that has compiled it, from a
// tarball beside; no install script runs; the process has no rights and writes to the state only.
// Not here: building it; how it is deployed (`kubernetes.ts`).

import { deployedName } from './names.ts'

/** The user `node` of Node's images. */
export const RUN_AS = 1000
export const STATE_DIRECTORY = '/state'
export const METRICS_PORT = 9464

interface Image {
  readonly job: string
  /** Of lyrebird. */
  readonly version: string
  /** Of Node. */
  readonly node: string
}

export const tarballName = (version: string): string => `lyrebird-${version}.tgz`

export function dockerfileOf({ job, version, node }: Image): string {
  return `# Image of job ${job}, compiled by lyrebird ${version}. In this folder: docker build -t ${deployedName(job)} .
# A package-lock.json beside (npm install --package-lock-only) fixes all versions; without it those of today are taken.
ARG NODE_VERSION=${node}
FROM node:\${NODE_VERSION}-slim AS packages
WORKDIR /app
COPY package.json package-lock.json* lyrebird-*.tgz ./
RUN if [ -f package-lock.json ]; then npm ci --omit=dev --ignore-scripts --no-audit --no-fund; \\
    else npm install --omit=dev --ignore-scripts --no-audit --no-fund; fi

FROM node:\${NODE_VERSION}-slim
ENV NODE_ENV=production NODE_DISABLE_COMPILE_CACHE=1
WORKDIR /app
COPY --from=packages /app/node_modules ./node_modules
COPY *.mjs *.map plan.json manifest.json package.json ./
RUN mkdir ${STATE_DIRECTORY} && chown ${RUN_AS}:${RUN_AS} ${STATE_DIRECTORY}
VOLUME ${STATE_DIRECTORY}
USER ${RUN_AS}:${RUN_AS}
EXPOSE ${METRICS_PORT}
STOPSIGNAL SIGTERM
ENTRYPOINT ["node", "run.mjs", "--state", "${STATE_DIRECTORY}", "--listen", "0.0.0.0:${METRICS_PORT}"]
`
}

/** All but what the Dockerfile copies stays outside. */
export const DOCKERIGNORE = `*
!*.mjs
!*.map
!plan.json
!manifest.json
!package.json
!package-lock.json
!lyrebird-*.tgz
`

export function packageOf({ job, version }: Image): string {
  const document = {
    name: deployedName(job),
    description: `Job ${job}, for the Dockerfile beside: lyrebird compile --docker writes this file anew.`,
    private: true,
    type: 'module',
    dependencies: { lyrebird: `file:${tarballName(version)}` },
  }
  return `${JSON.stringify(document, null, 2)}\n`
}
