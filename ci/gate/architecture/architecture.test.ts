import { describe, expect, it } from 'vitest'
import { checkArchitecture, type RuleName } from './architectureRules.ts'
import { createImportGraph, type ImportGraph, readSources, SOURCE_FOLDERS } from './importGraph.ts'

const SOURCES = readSources(new URL('../../../', import.meta.url))
const GRAPH = createImportGraph(SOURCES)

/** Files that break one rule each when they are put into the tree. */
const PLANTED: readonly (readonly [rule: RuleName, what: string, files: Readonly<Record<string, string>>])[] =
  [
    ['folders', 'harness imports reports', { 'harness/base/planted.ts': "import '../../reports/json.ts'" }],
    ['folders', 'scenarios imports ci', { 'scenarios/check/planted.ts': "import '../../ci/cli/io.ts'" }],
    [
      'folders',
      'reports imports harness/codec',
      { 'reports/planted.ts': "import type {} from '../harness/codec/scale.ts'" },
    ],
    [
      'folders',
      'scenarios imports reports',
      { 'scenarios/check/planted.ts': "export { renderJson } from '../../reports/json.ts'" },
    ],
    ['folders', 'an unknown folder', { 'tools/planted.ts': '' }],
    ['rooms', 'base imports codec', { 'harness/base/planted.ts': "import '../codec/scale.ts'" }],
    [
      'rooms',
      'state imports runtime, types only',
      { 'harness/state/planted.ts': "import type { Outcome } from '../runtime/executor.ts'" },
    ],
    [
      'rooms',
      'codec imports state by import()',
      { 'harness/codec/planted.ts': "await import('../state/store/store.ts')" },
    ],
    [
      'rooms',
      'a type in an expression',
      { 'harness/codec/planted.ts': "type A = import('../state/store/store.ts').Store" },
    ],
    [
      'rooms',
      'a layer imports the door',
      { 'harness/index.ts': '', 'harness/base/planted.ts': "import '../index.ts'" },
    ],
    ['rooms', 'an unknown layer', { 'harness/extra/planted.ts': '' }],
    ['folders', 'the result model imports a renderer', { 'reports/model/planted.ts': "import '../json.ts'" }],
    [
      'folders',
      'scenarios imports fuzz',
      { 'fuzz/engine/planted.ts': '', 'scenarios/check/planted.ts': "import '../../fuzz/engine/planted.ts'" },
    ],
    [
      'rooms',
      'the contract of checks imports a chain',
      { 'scenarios/check/planted.ts': "import '../chains/index.ts'" },
    ],
    ['rooms', 'the command line imports a command', { 'ci/cli/planted.ts': "import '../commands/index.ts'" }],
    ['rooms', 'an unknown room', { 'scenarios/extra/planted.ts': '' }],
    ['loose', 'a loose file', { 'scenarios/planted.ts': '' }],
    [
      'testkits',
      'product imports a testkit',
      { 'ci/inputs/planted.ts': "import '../../reports/sampleReport.testkit.ts'" },
    ],
    [
      'commands',
      'a command imports another',
      { 'ci/commands/demo/planted.ts': "import '../check/checkFlags.ts'" },
    ],
    [
      'cycles',
      'two files import types of each other',
      {
        'harness/base/plantedA.ts': "import type { B } from './plantedB.ts'",
        'harness/base/plantedB.ts': "export type { A as B } from './plantedA.ts'",
      },
    ],
    ['doors', 'export * in a door', { 'reports/planted/index.ts': "export * from '../json.ts'" }],
    ['doors', 'export * as in a door', { 'reports/planted/index.ts': "export * as json from '../json.ts'" }],
    ['names', 'a folder called utils', { 'reports/utils/planted.ts': '' }],
    [
      'light',
      'the runtime layer loads @polkadot',
      { 'harness/runtime/planted.ts': "import '@polkadot/util'" },
    ],
    [
      'light',
      'the state layer loads it through codec',
      {
        'harness/codec/planted.ts': "import '@polkadot/types'",
        'harness/state/planted.ts': "import '../codec/planted.ts'",
      },
    ],
    ['extensions', 'an import without extension', { 'ci/cli/planted.ts': "import './io'" }],
    ['extensions', 'an import of a file that is not there', { 'ci/cli/planted.ts': "import './nothing.ts'" }],
  ]

describe('architecture', () => {
  it.each(SOURCE_FOLDERS.filter((folder) => folder !== 'fuzz'))('sees the sources of %s', (folder) => {
    expect([...GRAPH.keys()].filter((path) => path.startsWith(`${folder}/`)).length).toBeGreaterThan(10)
  })

  it('holds: arrows between folders and rooms, no cycles, doors, names, light runtime, extensions', () => {
    expect(checkArchitecture(GRAPH)).toEqual([])
  })

  it.each(PLANTED)('%s: sees a planted violation: %s', (rule, _what, files) => {
    const planted = new Map([...GRAPH, ...plant(files)])
    const found = checkArchitecture(planted)
    const own = found.filter(({ path }) => path in files)
    expect(own.map((violation) => violation.rule)).toContain(rule)
    expect([...new Set(own.map((violation) => violation.rule))]).toEqual([rule])
  })
})

/** The planted modules alone, with what they import of ours. */
function plant(files: Readonly<Record<string, string>>): ImportGraph {
  return createImportGraph(new Map([...SOURCES, ...Object.entries(files)]), Object.keys(files))
}
