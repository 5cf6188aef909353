import { findImportCycles, importTargets } from './importCycles.ts'
import type { ImportEdge, ImportGraph, SourceModule } from './importGraph.ts'

/** A place where the sources break a rule of ARCHITECTURE.md. */
export interface Violation {
  readonly rule: RuleName
  readonly path: string
  readonly message: string
}

export type RuleName =
  | 'folders'
  | 'rooms'
  | 'loose'
  | 'testkits'
  | 'commands'
  | 'cycles'
  | 'doors'
  | 'names'
  | 'light'
  | 'extensions'

/** What each area may import, by path prefix; the longest area that a path begins with is its own, which it may always import. */
const AREA_IMPORTS: ReadonlyMap<string, readonly string[]> = new Map([
  ['harness', []],
  ['reports/model', []],
  ['reports', ['harness/base/', 'reports/model/']],
  ['scenarios', ['harness/', 'reports/model/']],
  ['fuzz', ['harness/', 'scenarios/', 'reports/model/']],
  ['ci', ['harness/', 'scenarios/', 'reports/', 'fuzz/']],
])

/** The folders of an area, lowest first: a module imports its own room and those before it. */
export const ROOMS: ReadonlyMap<string, readonly string[]> = new Map([
  ['harness', ['base', 'codec', 'state', 'runtime', 'chain', 'live', 'clone']],
  [
    'scenarios',
    [
      ...['check', 'rehearsal', 'metadata', 'migrations', 'storage', 'sweep', 'governance', 'invariants'],
      ...['difference', 'replay', 'load', 'chains', 'checks', 'dsl', 'demo'],
    ],
  ],
  [
    'ci',
    [
      ...['cli', 'api', 'config', 'inputs', 'reporting', 'commands', 'bin'],
      ...['gate', 'workflows', 'realData', 'bench', 'field', 'faults'],
    ],
  ],
])

/** Rooms that are not part of the package; they may use what only tests use. */
const WORKSHOPS: readonly string[] = [
  'ci/gate/',
  'ci/bench/',
  'ci/realData/',
  'ci/field/',
  'ci/faults/',
  'ci/workflows/',
]

const FORBIDDEN_NAMES: ReadonlySet<string> = new Set(['src', 'utils', 'util', 'helpers', 'common', 'types'])

/** The runtime worker loads these; the second executor alone stands on heavy packages, and nobody below imports it. */
const LIGHT_FOLDERS: readonly string[] = ['harness/base/', 'harness/state/', 'harness/runtime/']
const HEAVY_FOLDERS: readonly string[] = ['harness/runtime/chopsticks/']
const HEAVY_PACKAGE = /^(@polkadot|@acala-network)\//

/** Every violation in the graph, in the order of the rules. */
export function checkArchitecture(graph: ImportGraph): readonly Violation[] {
  const modules = [...graph.values()]
  return [
    ...modules.flatMap(checkFolders),
    ...modules.flatMap(checkRooms),
    ...modules.flatMap(checkLoose),
    ...modules.flatMap(checkTestkits),
    ...modules.flatMap(checkCommands),
    ...checkCycles(graph),
    ...modules.flatMap(checkDoor),
    ...modules.flatMap(checkNames),
    ...modules.flatMap((module) => checkLight(graph, module)),
    ...modules.flatMap(checkExtensions),
  ]
}

function checkFolders(module: SourceModule): readonly Violation[] {
  const area = areaOf(module.path)
  const allowed = AREA_IMPORTS.get(area)
  if (allowed === undefined)
    return [violation('folders', module, `folder ${topFolder(module.path)} is not in the architecture`)]
  return localTargets(module)
    .filter((target) => areaOf(target) !== area && !allowed.some((prefix) => target.startsWith(prefix)))
    .map((target) => violation('folders', module, `${area} must not import ${target}`))
}

/** The longest area that the path begins with; its top folder when there is none. */
function areaOf(path: string): string {
  const areas = [...AREA_IMPORTS.keys()].filter((area) => path.startsWith(`${area}/`))
  return areas.sort((a, b) => b.length - a.length)[0] ?? topFolder(path)
}

/** Tests of scenarios and commands may use the demo chain and the whole command line; the layers of the harness hold for tests too. */
function checkRooms(module: SourceModule): readonly Violation[] {
  const area = topFolder(module.path)
  const rooms = ROOMS.get(area)
  const own = roomOf(module.path)
  if (rooms === undefined || own === null) return []
  const rank = rooms.indexOf(own)
  if (rank === -1) return [violation('rooms', module, `${area}/${own} is not a room of the architecture`)]
  if (area !== 'harness' && isForTests(module.path)) return []
  return localTargets(module).flatMap((target) => {
    if (topFolder(target) !== area) return []
    const other = roomOf(target)
    if (other === null)
      return [violation('rooms', module, `${area}/${own} must not import the door ${target}`)]
    return rooms.indexOf(other) > rank
      ? [violation('rooms', module, `${area}/${own} must not import ${target}`)]
      : []
  })
}

/** Outside its rooms an area has its door and nothing else. */
function checkLoose(module: SourceModule): readonly Violation[] {
  const [area = '', file = '', ...rest] = module.path.split('/')
  if (!ROOMS.has(area) || rest.length > 0 || file === 'index.ts') return []
  return [violation('loose', module, `${module.path} belongs into a room of ${area}`)]
}

function checkTestkits(module: SourceModule): readonly Violation[] {
  if (isForTests(module.path) || WORKSHOPS.some((room) => module.path.startsWith(room))) return []
  return localTargets(module)
    .filter((target) => target.endsWith('.testkit.ts'))
    .map((target) => violation('testkits', module, `only tests may import ${target}`))
}

/** What two commands share stands below them. */
function checkCommands(module: SourceModule): readonly Violation[] {
  const own = commandOf(module.path)
  if (own === null || isForTests(module.path)) return []
  return localTargets(module)
    .filter((target) => ![null, own].includes(commandOf(target)))
    .map((target) => violation('commands', module, `the command ${own} must not import ${target}`))
}

function commandOf(path: string): string | null {
  return /^ci\/commands\/([^/]+)\//.exec(path)?.[1] ?? null
}

function checkCycles(graph: ImportGraph): readonly Violation[] {
  return findImportCycles(graph).map((members) => ({
    rule: 'cycles',
    path: members[0] ?? '',
    message: `import one another: ${members.join(', ')}`,
  }))
}

function checkDoor(module: SourceModule): readonly Violation[] {
  if (!module.path.endsWith('/index.ts') || !/^\s*export\s+(type\s+)?\*/m.test(module.text)) return []
  return [violation('doors', module, 'a door lists its exports; `export *` hides them')]
}

function checkNames(module: SourceModule): readonly Violation[] {
  return module.path
    .split('/')
    .slice(0, -1)
    .filter((name) => FORBIDDEN_NAMES.has(name))
    .map((name) => violation('names', module, `folder name ${name} says nothing; name the concept`))
}

function checkLight(graph: ImportGraph, module: SourceModule): readonly Violation[] {
  if (isForTests(module.path) || !isIn(module.path, LIGHT_FOLDERS) || isIn(module.path, HEAVY_FOLDERS))
    return []
  return heavyImports(graph, module.path).map((where) =>
    violation('light', module, `loads a heavy package through ${where}`),
  )
}

function heavyImports(graph: ImportGraph, start: string): readonly string[] {
  const seen = new Set([start])
  const found: string[] = []
  for (const path of seen) {
    const heavy = graph.get(path)?.imports.find(({ specifier }) => HEAVY_PACKAGE.test(specifier))
    if (heavy !== undefined) found.push(`${path} (${heavy.specifier})`)
    for (const target of importTargets(graph, path)) seen.add(target)
  }
  return found
}

function checkExtensions(module: SourceModule): readonly Violation[] {
  return module.imports.flatMap((edge) => {
    const fault = extensionFault(edge)
    return fault === null ? [] : [violation('extensions', module, `${edge.specifier} ${fault}`)]
  })
}

function extensionFault({ target, isMissing }: ImportEdge): string | null {
  if (target === null) return null
  if (isMissing) return 'does not exist'
  return /\.(ts|js|json)$/.test(target) ? null : 'has no extension'
}

function localTargets(module: SourceModule): readonly string[] {
  return module.imports.flatMap(({ target }) => (target === null ? [] : [target]))
}

function topFolder(path: string): string {
  return path.split('/')[0] ?? ''
}

/** Name of the folder of its area that a path is in; null for the area's door. */
function roomOf(path: string): string | null {
  const [, room, ...rest] = path.split('/')
  return room !== undefined && rest.length > 0 ? room : null
}

function isIn(path: string, folders: readonly string[]): boolean {
  return folders.some((folder) => path.startsWith(folder))
}

function isForTests(path: string): boolean {
  return /\.(test|bench|testkit)\.ts$/.test(path)
}

function violation(rule: RuleName, module: SourceModule, message: string): Violation {
  return { rule, path: module.path, message }
}
