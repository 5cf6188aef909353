/** `npm run build` runs it: leaves in `dist` what goes into the package. */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { packageContents, withoutSourceMap } from './packageContents.ts'

const DIST = fileURLToPath(new URL('../../../dist/', import.meta.url))

const files = new Map<string, string>()
for (const entry of readdirSync(DIST, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile()) continue
  const path = join(entry.parentPath, entry.name)
  const name = relative(DIST, path).split(sep).join('/')
  files.set(name, name.endsWith('.d.ts') ? readFileSync(path, 'utf8') : '')
}
const shipped = packageContents(files)
for (const name of files.keys()) {
  const path = join(DIST, name)
  if (!shipped.has(name)) rmSync(path)
  else if (name.endsWith('.js')) writeFileSync(path, withoutSourceMap(readFileSync(path, 'utf8')))
}
process.stderr.write(`${shipped.size} of ${files.size} built files are in the package\n`)
