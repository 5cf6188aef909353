import { describe, expect, it } from 'vitest'
import { packageContents, withoutSourceMap } from './packageContents.ts'

const BUILT = new Map([
  [
    'ci/api/index.d.ts',
    "export { a } from '../../harness/a.ts'\nexport type B = import('../../harness/b.js').B\n",
  ],
  ['ci/api/index.js', ''],
  ['harness/a.d.ts', "import type { C } from './deep/c.ts'\n"],
  ['harness/a.js', ''],
  ['harness/a.js.map', '{}'],
  ['harness/b.d.ts', ''],
  ['harness/deep/c.d.ts', ''],
  ['harness/unreached.d.ts', ''],
  ['harness/unreached.js', ''],
  ['harness/a.test.js', ''],
  ['harness/kit.testkit.js', ''],
  ['ci/bench/main.js', ''],
  ['ci/gate/words/wordList.js', ''],
])

describe('packageContents', () => {
  it('has every module that runs, and the types that the package leads to', () => {
    expect([...packageContents(BUILT)].toSorted()).toEqual([
      'ci/api/index.d.ts',
      'ci/api/index.js',
      'harness/a.d.ts',
      'harness/a.js',
      'harness/b.d.ts',
      'harness/deep/c.d.ts',
      'harness/unreached.js',
    ])
  })

  it('refuses a built form without the types of the package', () => {
    expect(() => packageContents(new Map([['harness/a.js', '']]))).toThrow(
      'ci/api/index.d.ts is not in the built form',
    )
  })
})

describe('withoutSourceMap', () => {
  it('takes away the note at the end, and nothing else', () => {
    expect(withoutSourceMap('a()\n//# sourceMappingURL=a.js.map\n')).toBe('a()\n')
    expect(withoutSourceMap("a('//# sourceMappingURL=x')\n")).toBe("a('//# sourceMappingURL=x')\n")
  })
})
