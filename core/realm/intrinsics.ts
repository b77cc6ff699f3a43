// The built-in objects of the language, which all code in the process shares: whether loading a job changed them.
//
// Promises: what was changed is put back, so that nothing of a job reaches the host or another job. A property that was
// added for good (not configurable) stays.
// Not here: the objects that each realm has of its own (`Date`, `Math`, `Intl`, `Reflect`, `JSON`, `Symbol`), whose
// changes stay private.

type Properties = ReadonlyMap<string | symbol, PropertyDescriptor>

/** Properties of the built-in objects, by object, with the name of each. */
interface Intrinsics {
  readonly properties: ReadonlyMap<object, Properties>
  readonly names: ReadonlyMap<object, string>
}

/** Settings of the engine, which libraries set and reset: put back without a word. */
const SETTINGS: ReadonlySet<string | symbol> = new Set(['stackTraceLimit', 'prepareStackTrace'])

const GENERATOR = Object.getPrototypeOf(function* () {})
const ASYNC_GENERATOR = Object.getPrototypeOf(async function* () {})

/** Objects that no global name leads to. */
const UNNAMED: Readonly<Record<string, object>> = {
  TypedArray: Object.getPrototypeOf(Uint8Array),
  GeneratorFunction: GENERATOR.constructor,
  AsyncGeneratorFunction: ASYNC_GENERATOR.constructor,
  AsyncFunction: Object.getPrototypeOf(async () => {}).constructor,
  'Iterator.prototype': Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]())),
  'ArrayIterator.prototype': Object.getPrototypeOf([][Symbol.iterator]()),
  'MapIterator.prototype': Object.getPrototypeOf(new Map().entries()),
  'SetIterator.prototype': Object.getPrototypeOf(new Set().values()),
  'Generator.prototype': GENERATOR.prototype,
  'AsyncGenerator.prototype': ASYNC_GENERATOR.prototype,
}

/** The built-in objects as they are now; `globals` are the names of constructors and namespaces. */
export function intrinsicsNow(globals: readonly string[]): Intrinsics {
  const names = new Map<object, string>()
  const add = (name: string, object: unknown): void => {
    if ((typeof object !== 'object' && typeof object !== 'function') || object === null || names.has(object)) return
    names.set(object, name)
  }
  for (const name of globals) add(name, (globalThis as Readonly<Record<string, unknown>>)[name])
  for (const [name, object] of Object.entries(UNNAMED)) add(name, object)
  for (const [object, name] of [...names]) add(`${name}.prototype`, (object as { prototype?: unknown }).prototype)
  const properties = new Map([...names.keys()].map(object => [object, propertiesOf(object)]))
  return { properties, names }
}

/** Names of the properties that were changed since, sorted; they are as before afterwards. */
export function restoreIntrinsics({ properties, names }: Intrinsics): readonly string[] {
  const changed: string[] = []
  for (const [object, before] of properties) {
    const now = propertiesOf(object)
    for (const key of new Set([...before.keys(), ...now.keys()])) {
      if (isSame(before.get(key), now.get(key))) continue
      if (!SETTINGS.has(key))
        changed.push(`${names.get(object)}${typeof key === 'string' ? `.${key}` : `[${String(key)}]`}`)
      const was = before.get(key)
      if (was === undefined) Reflect.deleteProperty(object, key)
      else Reflect.defineProperty(object, key, was)
    }
  }
  return changed.sort()
}

function propertiesOf(object: object): Properties {
  return new Map(
    Reflect.ownKeys(object).map(key => [key, Reflect.getOwnPropertyDescriptor(object, key) as PropertyDescriptor]),
  )
}

function isSame(a: PropertyDescriptor | undefined, b: PropertyDescriptor | undefined): boolean {
  if (a === undefined || b === undefined) return a === b
  return Object.is(a.value, b.value) && a.get === b.get && a.set === b.set
}
