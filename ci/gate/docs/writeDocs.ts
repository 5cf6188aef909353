/** `npm run docs`: writes the parts of the documentation that are made from the code, and the page of a check that has none. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { documentedChecks, generatedParts, newCheckPage, replacePart } from './generatedParts.ts'

const DOCS = new URL('../../../docs/', import.meta.url)

for (const check of documentedChecks()) {
  const path = new URL(`checks/${check.id}.md`, DOCS)
  if (existsSync(path)) continue
  writeFileSync(path, newCheckPage(check))
  process.stdout.write(
    `docs/checks/${check.id}.md is new: say in it what the check looks at and what to do\n`,
  )
}

for (const part of generatedParts()) {
  const path = new URL(part.page, DOCS)
  const before = readFileSync(path, 'utf8')
  const after = replacePart(before, part)
  if (after === before) continue
  writeFileSync(path, after)
  process.stdout.write(`docs/${part.page}\n`)
}
