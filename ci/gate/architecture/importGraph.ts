import { readdirSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'
import ts from 'typescript'

/** The folders that hold our TypeScript; the rules speak of these. */
export const SOURCE_FOLDERS: readonly string[] = ['harness', 'scenarios', 'reports', 'fuzz', 'ci']

/** Folders with what is not our TypeScript; `assembly` holds AssemblyScript, whose files end the same. */
const OTHER_FOLDERS: ReadonlySet<string> = new Set(['node_modules', 'target', 'assembly'])

/** One import, export-from or `import()`, for types or values. */
export interface ImportEdge {
  /** As written. */
  readonly specifier: string
  /** Path in the repository; null for a package. A relative path that leads nowhere is kept, and `isMissing`. */
  readonly target: string | null
  readonly isMissing: boolean
}

export interface SourceModule {
  /** Path in the repository with forward slashes. */
  readonly path: string
  readonly text: string
  readonly imports: readonly ImportEdge[]
}

/** Modules by path. */
export type ImportGraph = ReadonlyMap<string, SourceModule>

/** The graph of sources given by path; nothing else is looked at. With `only`, just the modules of these paths. */
export function createImportGraph(
  sources: ReadonlyMap<string, string>,
  only: Iterable<string> = sources.keys(),
): ImportGraph {
  const graph = new Map<string, SourceModule>()
  for (const path of only) {
    const text = sources.get(path) ?? ''
    const { importedFiles } = ts.preProcessFile(text, true, true)
    graph.set(path, {
      path,
      text,
      imports: importedFiles.map(({ fileName }) => toEdge(path, fileName, sources)),
    })
  }
  return graph
}

function toEdge(from: string, specifier: string, sources: ReadonlyMap<string, string>): ImportEdge {
  if (!specifier.startsWith('.')) return { specifier, target: null, isMissing: false }
  const target = posix.join(posix.dirname(from), specifier)
  return { specifier, target, isMissing: target.endsWith('.ts') && !sources.has(target) }
}

/** Every TypeScript source of ours by path, tests included; declaration files, `dist` and packages are not. */
export function readSources(root: URL): ReadonlyMap<string, string> {
  const sources = new Map<string, string>()
  for (const folder of SOURCE_FOLDERS) readFolder(root, folder, sources)
  return sources
}

function readFolder(root: URL, folder: string, sources: Map<string, string>): void {
  for (const entry of readdirSync(new URL(`${folder}/`, root), { withFileTypes: true })) {
    const path = `${folder}/${entry.name}`
    if (entry.isDirectory()) {
      if (!OTHER_FOLDERS.has(entry.name)) readFolder(root, path, sources)
    } else if (entry.name.endsWith('.ts') && !entry.name.endsWith('.d.ts')) {
      sources.set(path, readFileSync(new URL(path, root), 'utf8'))
    }
  }
}
