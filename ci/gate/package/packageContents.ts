import { posix } from 'node:path'

/** Folders of the built form that only work on Drydock itself needs. */
const WORKSHOPS = [
  'ci/gate/',
  'ci/bench/',
  'ci/realData/',
  'ci/field/',
  'ci/faults/',
  'ci/workflows/',
  'examples/',
]
const FOR_TESTS = /\.(test|testkit|bench)\.(d\.ts|js)$/
const TYPES_ENTRY = 'ci/api/index.d.ts'

/**
 * Which files of the built form go into the package, by path within `dist`: modules that run, and the types that the package's own
 * types lead to. Tests, what only tests import, benchmarks and the gate stay out, and so do source maps, whose sources are not there.
 */
export function packageContents(files: ReadonlyMap<string, string>): ReadonlySet<string> {
  const types = reachableTypes(files)
  const isShipped = (path: string) =>
    !FOR_TESTS.test(path) &&
    !WORKSHOPS.some((folder) => path.startsWith(folder)) &&
    (path.endsWith('.d.ts') ? types.has(path) : path.endsWith('.js'))
  return new Set([...files.keys()].filter(isShipped))
}

/** The declaration files that the package's types import, directly or not. */
function reachableTypes(files: ReadonlyMap<string, string>): ReadonlySet<string> {
  const seen = new Set([TYPES_ENTRY])
  for (const path of seen) {
    const text = files.get(path)
    if (text === undefined) throw new Error(`${path} is not in the built form`)
    for (const [, specifier = ''] of text.matchAll(/(?:from|import\()\s*['"](\.[^'"]+)['"]/g)) {
      const target = posix.join(posix.dirname(path), specifier).replace(/\.[jt]s$/, '.d.ts')
      if (files.has(target)) seen.add(target)
    }
  }
  return seen
}

/** The module without its note of a source map. */
export function withoutSourceMap(text: string): string {
  return text.replace(/^\/\/# sourceMappingURL=\S+\s*$(?![\s\S])/m, '')
}
