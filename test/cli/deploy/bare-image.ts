// A Dockerfile, step by step in bare roots: folders that hold nothing but what an image of Node holds for it.
//
// Promises: ARG, FROM, ENV, WORKDIR, COPY, RUN, USER and ENTRYPOINT as Docker takes them, as far as the file of a job
// uses them; any other instruction that would change something is an error. Needs root, for chroot and mounts.

import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'

export interface Image {
  readonly root: string
  readonly environment: Record<string, string>
  workdir: string
  /** `UID:GID`. */
  user: string
  entrypoint: readonly string[]
}

/** Why none can be built here; null where one can. */
export function noBareImages(): string | null {
  if (process.getuid?.() !== 0) return 'it takes root to make a bare root'
  return spawnSync('unshare', ['-m', 'true']).status === 0 ? null : 'mounts cannot be made here'
}

const npmSetting = (name: string): string => execFileSync('npm', ['config', 'get', name], { encoding: 'utf8' }).trim()

/** This machine's own packages and authority, where it has them: the registry is asked for what is missing. */
const NPM = {
  npm_config_cache: '/npm-cache',
  npm_config_prefer_offline: 'true',
  npm_config_fetch_retries: '1',
  ...(npmSetting('cafile') === 'null' ? {} : { npm_config_cafile: '/etc/authority.pem' }),
}

const BUILD_MOUNTS: readonly string[] = [`mount --bind ${npmSetting('cache')} "$ROOT/npm-cache"`]

const RUN_LIMIT_MS = 240_000

type Instruction = (image: Image, rest: string, stages: ReadonlyMap<string, Image>, context: string) => void

const NOTHING: Instruction = () => {}

const INSTRUCTIONS: Readonly<Record<string, Instruction>> = {
  ENV(image, rest) {
    for (const pair of rest.split(/\s+/)) image.environment[pair.split('=')[0] as string] = pair.split('=')[1] as string
  },
  WORKDIR(image, rest) {
    image.workdir = rest
    mkdirSync(join(image.root, rest), { recursive: true })
  },
  COPY: copy,
  RUN(image, rest) {
    const { status, stdout, stderr } = spawnSync(
      'unshare',
      inImage(image, '0:0', ['/bin/sh', '-c', rest], BUILD_MOUNTS),
      { env: { ...environmentOf(image), ...NPM }, encoding: 'utf8', timeout: RUN_LIMIT_MS, killSignal: 'SIGKILL' },
    )
    if (status !== 0) throw new Error(`RUN ${rest}: ${stdout}${stderr}`)
  },
  USER(image, rest) {
    image.user = rest
  },
  ENTRYPOINT(image, rest) {
    image.entrypoint = JSON.parse(rest)
  },
  EXPOSE: NOTHING,
  VOLUME: NOTHING,
  STOPSIGNAL: NOTHING,
}

/** The last stage of the file in a folder; `bases` gets the images that it begins with. */
export function build(context: string, at: string, bases: string[]): Image {
  const args: Record<string, string> = {}
  const stages = new Map<string, Image>()
  let image: Image | undefined
  for (const [word, rest] of lines(readFileSync(join(context, 'Dockerfile'), 'utf8'))) {
    if (word === 'ARG') args[rest.split('=')[0] as string] = rest.split('=')[1] as string
    else if (word === 'FROM') {
      const [base = '', , name = String(stages.size)] = rest.split(/\s+/)
      bases.push(base.replace(/\$\{(\w+)\}/g, (_, arg: string) => args[arg] as string))
      image = { root: nodeRoot(join(at, name)), environment: {}, workdir: '/', user: '0:0', entrypoint: [] }
      stages.set(name, image)
    } else (INSTRUCTIONS[word] as Instruction)(image as Image, rest, stages, context)
  }
  return image as Image
}

/** Starts what the image starts, on a read-only root, with folders of this machine at `volumes`. */
export function start(image: Image, args: readonly string[], volumes: Readonly<Record<string, string>>): ChildProcess {
  const words = image.entrypoint.map(word => `'${word}'`).join(' ')
  const command = ['/bin/sh', '-c', `exec ${words} "$@"`, 'run', ...args]
  for (const place of Object.keys(volumes)) mkdirSync(join(image.root, place), { recursive: true })
  const mounts = Object.entries(volumes).map(([place, folder]) => `mount --bind ${folder} ${join(image.root, place)}`)
  const own = ['mount --bind "$ROOT" "$ROOT"', 'mount -o remount,bind,ro "$ROOT"']
  return spawn('unshare', inImage(image, image.user, command, [...own, ...mounts]), {
    env: environmentOf(image),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

const environmentOf = ({ root, environment }: Image): Record<string, string> => ({
  PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin',
  HOME: '/root',
  ...environment,
  ROOT: root,
})

/** Arguments of `unshare` that run a command in an image, in its folder. */
function inImage(image: Image, user: string, command: readonly string[], mounts: readonly string[]): string[] {
  const system = ['mount --bind /proc "$ROOT/proc"', 'mount --bind /dev "$ROOT/dev"']
  const enter = `exec chroot --userspec=${user} "$ROOT" /bin/sh -c 'unset ROOT; cd ${image.workdir}; exec "$@"' image "$@"`
  return ['-m', '/bin/sh', '-ec', [...mounts, ...system, enter].join('\n'), 'image', ...command]
}

function lines(text: string): readonly (readonly [string, string])[] {
  const whole = text.replaceAll('\\\n', '').split('\n')
  const told = whole.filter(line => line.trim() !== '' && !line.startsWith('#'))
  return told.map(line => {
    const [, word = '', rest = ''] = /^(\S+)\s+(.*)$/.exec(line) ?? []
    return [word, rest]
  })
}

function copy(image: Image, rest: string, stages: ReadonlyMap<string, Image>, context: string): void {
  const words = rest.split(/\s+/)
  const stage = /^--from=(\w+)$/.exec(words[0] as string)?.[1]
  const [source, paths] = stage === undefined ? [context, words] : [(stages.get(stage) as Image).root, words.slice(1)]
  const to = paths.at(-1) as string
  for (const pattern of paths.slice(0, -1)) {
    const files = filesOf(join(source, pattern))
    if (files.length === 0 && !pattern.includes('*')) throw new Error(`COPY ${pattern}: there is none`)
    for (const file of files) {
      const target = join(image.root, image.workdir, to, to.endsWith('/') ? basename(file) : '')
      cpSync(file, target, { recursive: true, verbatimSymlinks: true })
    }
  }
}

function filesOf(pattern: string): readonly string[] {
  if (!pattern.includes('*')) return existsSync(pattern) ? [pattern] : []
  const shape = new RegExp(`^${basename(pattern).replaceAll('.', '\\.').replaceAll('*', '.*')}$`)
  return readdirSync(dirname(pattern))
    .filter(name => shape.test(name))
    .map(name => join(dirname(pattern), name))
}

/** What `node:*-slim` has and the file uses: Node, npm, a shell, two commands, their libraries, how names are found. */
function nodeRoot(root: string): string {
  for (const folder of ['proc', 'dev', 'tmp', 'root', 'npm-cache', 'bin', 'usr/bin', 'usr/local/bin', 'etc']) {
    mkdirSync(join(root, folder), { recursive: true })
  }
  const programs = {
    '/bin/sh': '/bin/sh',
    '/bin/mkdir': '/bin/mkdir',
    '/bin/chown': '/bin/chown',
    '/usr/bin/env': '/usr/bin/env',
  }
  for (const [to, from] of Object.entries({ ...programs, '/usr/local/bin/node': process.execPath })) {
    copyFileSync(realpathSync(from), join(root, to))
    for (const [library] of execFileSync('ldd', [realpathSync(from)], { encoding: 'utf8' }).matchAll(
      /\/\S+\.so[.\d]*/g,
    )) {
      mkdirSync(join(root, dirname(library)), { recursive: true })
      copyFileSync(library, join(root, library))
    }
  }
  // The rest of the C library, which packages link to.
  const libraries = dirname(
    /\/\S+\/libc\.so\.6/.exec(execFileSync('ldd', [process.execPath], { encoding: 'utf8' }))?.[0] as string,
  )
  for (const name of ['librt.so.1', 'libresolv.so.2']) copyFileSync(join(libraries, name), join(root, libraries, name))
  const npm = join(execFileSync('npm', ['root', '-g'], { encoding: 'utf8' }).trim(), 'npm')
  cpSync(npm, join(root, 'usr/local/lib/node_modules/npm'), { recursive: true, dereference: true })
  writeFileSync(
    join(root, 'usr/local/bin/npm'),
    '#!/bin/sh\nexec node /usr/local/lib/node_modules/npm/bin/npm-cli.js "$@"\n',
    { mode: 0o755 },
  )
  writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0::/root:/bin/sh\nnode:x:1000:1000::/home/node:/bin/sh\n')
  for (const file of ['resolv.conf', 'hosts', 'nsswitch.conf']) {
    if (existsSync(`/etc/${file}`)) copyFileSync(`/etc/${file}`, join(root, 'etc', file))
  }
  if (npmSetting('cafile') !== 'null') copyFileSync(npmSetting('cafile'), join(root, 'etc/authority.pem'))
  return root
}
