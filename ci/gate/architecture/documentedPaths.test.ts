import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const ROOT = new URL('../../../', import.meta.url)

/** Paths between backticks or link brackets that lie in one of our folders. */
function documentedPaths(text: string): readonly string[] {
  return [...text.matchAll(/`((?:harness|scenarios|reports|fuzz|ci)\/[\w./-]+)`|\]\(([\w./-]+)\)/g)].map(
    ([, quoted, linked]) => quoted ?? linked ?? '',
  )
}

describe.each(['README.md', 'ARCHITECTURE.md'])('%s', (page) => {
  const paths = documentedPaths(readFileSync(new URL(page, ROOT), 'utf8'))

  it('names only files and folders that are there', () => {
    expect(paths.length).toBeGreaterThan(1)
    expect(paths.filter((path) => !existsSync(new URL(path, ROOT)))).toEqual([])
  })
})

it('sees a path that is not there', () => {
  expect(documentedPaths('see `ci/nothing.ts` and [x](NOTHING.md)')).toEqual(['ci/nothing.ts', 'NOTHING.md'])
})
