import { findImportCycles, importTargets } from './importCycles.ts'
import type { ImportEdge, ImportGraph, SourceModule } from './importGraph.ts'

/** A place where the sources break a rule of ARCHITECTURE.md. */
export interface Violation {
  readonly rule: RuleName
  readonly path: string
  readonly message: string
}

export type RuleName = 'folders' | 'layers' | 'cycles' | 'doors' | 'names' | 'light' | 'extensions'

/** What each top-level folder may import, by path prefix; a folder may always import itself. */
const FOLDER_IMPORTS: ReadonlyMap<string, readonly string[]> = new Map([
  ['harness', []],
  ['scenarios', ['harness/', 'reports/model/']],
  ['reports', ['harness/base/']],
  ['reports/model', []],
  ['fuzz', ['harness/', 'scenarios/', 'reports/model/']],
  ['ci', ['harness/', 'scenarios/', 'reports/', 'fuzz/']],
])

/** Layers of the harness, lowest first: a layer imports itself and those before it. */
const HARNESS_LAYERS: readonly string[] = ['base', 'codec', 'state', 'runtime', 'chain', 'live', 'clone']

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
    ...modules.flatMap(checkLayers),
    ...checkCycles(graph),
    ...modules.flatMap(checkDoor),
    ...modules.flatMap(checkNames),
    ...modules.flatMap((module) => checkLight(graph, module)),
    ...modules.flatMap(checkExtensions),
  ]
}

function checkFolders(module: SourceModule): readonly Violation[] {
  const folder = topFolder(module.path)
  const allowed = FOLDER_IMPORTS.get(folder)
  if (allowed === undefined)
    return [violation('folders', module, `folder ${folder} is not in the architecture`)]
  return localTargets(module)
    .filter((target) => topFolder(target) !== folder && !allowed.some((prefix) => target.startsWith(prefix)))
    .map((target) => violation('folders', module, `${folder} must not import ${target}`))
}

function checkLayers(module: SourceModule): readonly Violation[] {
  const own = harnessLayer(module.path)
  if (own === null) return []
  const rank = HARNESS_LAYERS.indexOf(own)
  if (rank === -1) return [violation('layers', module, `harness/${own} is no layer of the architecture`)]
  return localTargets(module).flatMap((target) => {
    const other = harnessLayer(target)
    if (topFolder(target) !== 'harness') return []
    if (other === null)
      return [violation('layers', module, `harness/${own} must not import the door ${target}`)]
    return HARNESS_LAYERS.indexOf(other) > rank
      ? [violation('layers', module, `harness/${own} must not import ${target}`)]
      : []
  })
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
  if (isTest(module.path) || !isIn(module.path, LIGHT_FOLDERS) || isIn(module.path, HEAVY_FOLDERS)) return []
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

/** Name of the harness folder that a path is in; null for the door of the harness and for other folders. */
function harnessLayer(path: string): string | null {
  const [top, layer, ...rest] = path.split('/')
  return top === 'harness' && layer !== undefined && rest.length > 0 ? layer : null
}

function isIn(path: string, folders: readonly string[]): boolean {
  return folders.some((folder) => path.startsWith(folder))
}

function isTest(path: string): boolean {
  return path.endsWith('.test.ts') || path.endsWith('.bench.ts')
}

function violation(rule: RuleName, module: SourceModule, message: string): Violation {
  return { rule, path: module.path, message }
}
