// Confluent's message indexes: behind the frame of a Protobuf message comes the path of its type in the file of the
// schema.
//
// Promises: counted as in Confluent's registry and its Java client, over the messages that the text of the file
// declares, each number among its siblings from 0; entries of maps and groups are none of them. The path is an array of
// zigzag varints behind its length; the path of the first message is one zero byte.

import protobuf from 'protobufjs'
import { withoutDefaults } from './defaults.ts'

/** The messages that a file declares. */
interface DeclaredMessages {
  /** The full name of the message at a path; null where the file has none there. */
  nameAt(path: readonly number[]): string | null
  /** The path of the message of a full name; null where the file does not declare it. */
  pathOf(fullName: string): readonly number[] | null
}

/** Of the text of one file, without what it imports. */
export function declaredMessages(proto: string): DeclaredMessages {
  // Alone, so that no message of another file in the same package is among them.
  const root = new protobuf.Root()
  const { package: name } = protobuf.parse(withoutDefaults(proto, []), root)
  const file = name === null || name === undefined ? root : root.lookup(name)
  const paths = new Map<string, readonly number[]>()
  addMessages(file as protobuf.Namespace, [], paths)
  const names = new Map([...paths].map(([fullName, path]) => [path.join(), fullName]))
  return {
    nameAt: path => names.get(path.join()) ?? null,
    pathOf: fullName => paths.get(fullName) ?? null,
  }
}

function addMessages(
  { nestedArray }: protobuf.NamespaceBase,
  above: readonly number[],
  paths: Map<string, readonly number[]>,
): void {
  const messages = nestedArray.filter(nested => nested instanceof protobuf.Type && !isGroup(nested))
  for (const [i, message] of messages.entries()) {
    paths.set(message.fullName, [...above, i])
    addMessages(message as protobuf.Type, [...above, i], paths)
  }
}

const isGroup = (type: protobuf.Type): boolean => (type as { readonly group?: boolean }).group === true

/** More is no path of a schema. */
const MAX_PATH = 100

/** Takes the path off the front. Throws where there is none. */
export function withoutPath(bytes: Uint8Array): { readonly path: readonly number[]; readonly message: Uint8Array } {
  const first = zigzagAt(bytes, 0)
  const count = first.value
  if (count < 0 || count > MAX_PATH) throw new Error('no message indexes')
  if (count === 0) return { path: [0], message: bytes.subarray(first.end) }
  const path: number[] = []
  let { end } = first
  while (path.length < count) {
    const index = zigzagAt(bytes, end)
    if (index.value < 0) throw new Error('no message indexes')
    path.push(index.value)
    end = index.end
  }
  return { path, message: bytes.subarray(end) }
}

function zigzagAt(bytes: Uint8Array, from: number): { readonly value: number; readonly end: number } {
  let raw = 0
  for (let at = from; at < from + 5; at++) {
    const byte = bytes[at]
    if (byte === undefined) throw new Error('the message indexes are cut off')
    raw += (byte & 127) * 2 ** (7 * (at - from))
    if (byte >= 128) continue
    if (raw >= 2 ** 32) break
    return { value: raw % 2 === 0 ? raw / 2 : -(raw + 1) / 2, end: at + 1 }
  }
  throw new Error('a message index of more than 32 bits')
}

/** The bytes of a path. */
export function pathBytes(path: readonly number[]): Uint8Array {
  if (path.length === 1 && path[0] === 0) return Uint8Array.of(0)
  return Uint8Array.from([path.length, ...path].flatMap(value => varint(2 * value)))
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))]
}
