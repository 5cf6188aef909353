import { createJiti } from 'jiti'
import { DrydockError, errorMessage } from '../../harness/base/errors.ts'

/**
 * The default export of a user's module, TypeScript or JavaScript, which may import from `drydock`. Runs what is in it. Throws
 * `MODULE_FAILED` when it can't be loaded.
 */
export async function loadModule(path: string): Promise<unknown> {
  const drydock = await import('../api/index.ts')
  const jiti = createJiti(import.meta.url, {
    moduleCache: false,
    fsCache: false,
    virtualModules: { drydock },
  })
  try {
    return await jiti.import(path, { default: true })
  } catch (cause) {
    throw new DrydockError(`${path} can't be loaded: ${errorMessage(cause)}`, {
      code: 'MODULE_FAILED',
      kind: 'usage',
      hints: ['It has to be a module with a default export; see docs/configuration.md.'],
      details: { path },
      cause,
    })
  }
}
