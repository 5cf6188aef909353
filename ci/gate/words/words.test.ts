import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { findWords, violationLine } from './findWords.ts'
import { WORD_LIST } from './wordList.ts'

const ROOT = new URL('../../../', import.meta.url)
const TEXT = /\.(?:ts|js|mjs|md|json|yml|yaml|html|txt|xml|sarif|annotations|wat)$/
/** The list itself, the page that quotes it, and what we did not write. */
const LEFT_OUT = ['ci/gate/words/', 'docs/style.md', 'package-lock.json']

/** Tracked text, and what is about to be: null where git does not answer, as in a copy without its repository. */
function textFiles(): readonly string[] | null {
  try {
    const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard']
    const listed = execFileSync('git', args, { cwd: ROOT, encoding: 'utf8', maxBuffer: 1 << 26 })
    return listed.split('\0').filter(isChecked)
  } catch {
    return null
  }
}

function isChecked(path: string): boolean {
  return (
    TEXT.test(path) && !LEFT_OUT.some((start) => path.startsWith(start)) && existsSync(new URL(path, ROOT))
  )
}

const files = textFiles()

describe('the words of code, messages and documents', () => {
  it.skipIf(files === null)('are none of the list (skipped where git does not list the files)', () => {
    expect(files?.length).toBeGreaterThan(500)
    const lines = (files ?? []).flatMap((path) =>
      findWords(readFileSync(new URL(path, ROOT), 'utf8')).map((violation) => violationLine(path, violation)),
    )
    expect(lines).toEqual([])
  })
})

describe('findWords', () => {
  it.each([
    ["title: 'The blocks come about'", 'come about'],
    ['// The state\n  // of before is kept.', 'of before'],
    ['/**\n * A block that had\n * been none before.\n */', 'had been none'],
    ['Dearer blocks first', 'Dearer'],
    ['it is no longer what it was', 'no longer what it was'],
    ['what the candidate takes them for', 'takes them for'],
    ['that no profile knows for harmless', 'knows for harmless'],
    ['calls are encoded\notherwise', 'encoded otherwise'],
    ['stays for ever', 'for ever'],
    ['says no when it panics', 'says no when'],
    ["the metadata can't be had", "can't be had"],
    ['the candidate’s doing', 'candidate’s doing'],
    ['key is none of the item', 'none of the item'],
    ['counters ran apart', 'ran apart'],
    ['signatures are taken as read', 'taken as read'],
    ['the upgrade did not go through', 'upgrade did not go through'],
    ['moving fronts', 'moving fronts'],
    ['export function symbolise()', 'symbolise'],
    ['the neighbours of a node', 'neighbours'],
    ['the catalogue of checks', 'catalogue'],
    ['a misspelt name', 'misspelt'],
    ['labelled rows', 'labelled'],
    ['modelled cost', 'modelled'],
  ])('sees %j', (text, found) => {
    expect(findWords(text).map((one) => one.found)).toEqual([found])
  })

  it.each([
    'for (const key of before.keysWithPrefix(prefix)) add(key)',
    'const byName = (list: typeof before) => list',
    'for (const item of after) add(item)',
    'aria-labelledby="main"',
    'unless the runtime says otherwise.',
    'the rows that a backfill goes through',
    'Core_initialize_block authorizes it',
  ])('leaves %j alone', (text) => {
    expect(findWords(text)).toEqual([])
  })

  it('has an example of each entry above', () => {
    expect(WORD_LIST).toHaveLength(23)
  })

  it('names file, line, words and what to write', () => {
    const [violation] = findWords('first\nsecond comes about')
    if (violation === undefined) throw new Error('nothing was found')
    expect(violationLine('docs/x.md', violation)).toBe(
      'docs/x.md:2: "comes about": write can be built, happens, succeeds',
    )
  })
})
