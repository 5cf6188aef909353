import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { documentedChecks, generatedParts, newCheckPage, replacePart } from './generatedParts.ts'

const ROOT = new URL('../../../', import.meta.url)
const DOCS = new URL('docs/', ROOT)

function pageText(page: string): string {
  return readFileSync(new URL(page, DOCS), 'utf8')
}

describe.each(generatedParts())('docs/$page', (part) => {
  it('has the current part; npm run docs writes it', () => {
    expect(pageText(part.page)).toBe(replacePart(pageText(part.page), part))
  })
})

it('has no page of a check that is not there', () => {
  const pages = readdirSync(new URL('checks/', DOCS)).filter((name) => name !== 'README.md')
  expect(pages.sort()).toEqual(
    documentedChecks()
      .map(({ id }) => `${id}.md`)
      .sort(),
  )
})

describe.each(
  readdirSync(DOCS, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.md')),
)('docs/%s', (page) => {
  it('links and names only files that are there', () => {
    expect(missingPaths(pageText(page), new URL(page, DOCS))).toEqual([])
  })
})

it('samples name rules that are there', () => {
  const known = new Set(
    documentedChecks().flatMap(({ id, rules }) => rules.map((rule) => `${id} ${rule.id}`)),
  )
  const named = documentedChecks().flatMap(({ id }) =>
    [...pageText(`checks/${id}.md`).matchAll(/check: '([\w.]+)', rule: '(\w+)'/g)].map(
      ([, check, rule]) => `${check} ${rule}`,
    ),
  )
  expect(named.length).toBeGreaterThan(10)
  expect(named.filter((name) => !known.has(name))).toEqual([])
})

/** Links are relative to the page; what stands between backticks and begins with a folder of ours, to the root. */
function missingPaths(text: string, page: URL): readonly string[] {
  const links = [...text.matchAll(/\]\(([\w./-]+)\)/g)].map(([, path = '']) => new URL(path, page))
  const names = [...text.matchAll(/`((?:harness|scenarios|reports|fuzz|ci|docs)\/[\w./-]+)`/g)].map(
    ([, path = '']) => new URL(path, ROOT),
  )
  return [...links, ...names].filter((path) => !existsSync(path)).map(({ pathname }) => pathname)
}

it('sees what is missing', () => {
  const part = { page: 'x.md', name: 'rules', text: 'new' }
  const replaced = replacePart('a <!-- rules -->old<!-- /rules --> b', part)
  expect(replaced).toBe('a <!-- rules -->\n\nnew\n\n<!-- /rules --> b')
  expect(replacePart(replaced, part)).toBe(replaced)
  expect(() => replacePart('a', part)).toThrow('docs/x.md has to have <!-- rules --> and <!-- /rules -->')
  expect(missingPaths('`ci/nothing.ts`, [x](y.md)', new URL('docs/checks/x.md', ROOT))).toHaveLength(2)
})

it('makes a page for a new check, with a place for its rules', () => {
  const [check] = documentedChecks()
  if (check === undefined) throw new Error('no check has a page')
  const rules = generatedParts().find(({ page }) => page === `checks/${check.id}.md`)
  if (rules === undefined) throw new Error('the check has no generated part')
  expect(replacePart(newCheckPage(check), rules)).toContain(rules.text)
})
