/** `npm run docs`: writes the parts of the documentation that are made from the code. */
import { readFileSync, writeFileSync } from 'node:fs'
import { generatedParts, replacePart } from './generatedParts.ts'

const DOCS = new URL('../../../docs/', import.meta.url)

for (const part of generatedParts()) {
  const path = new URL(part.page, DOCS)
  const before = readFileSync(path, 'utf8')
  const after = replacePart(before, part)
  if (after === before) continue
  writeFileSync(path, after)
  process.stdout.write(`docs/${part.page}\n`)
}
