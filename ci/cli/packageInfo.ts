import { readFileSync } from 'node:fs'
import { DrydockError } from '../../harness/base/errors.ts'

/** `name` and `version` of the package that this file belongs to, from source or from `dist`. */
export function readPackageInfo(): { readonly name: string; readonly version: string } {
  for (const path of ['../../package.json', '../../../package.json']) {
    const info = readJson(new URL(path, import.meta.url))
    if (info !== null) return info
  }
  throw new DrydockError('package.json of drydock not found beside the program', {
    code: 'CLI_PACKAGE_MISSING',
    kind: 'environment',
    hints: ['Install the package again.'],
  })
}

function readJson(url: URL): { name: string; version: string } | null {
  let text: string
  try {
    text = readFileSync(url, 'utf8')
  } catch {
    return null
  }
  const data: unknown = JSON.parse(text)
  if (typeof data !== 'object' || data === null || !('name' in data) || !('version' in data)) return null
  return { name: String(data.name), version: String(data.version) }
}
