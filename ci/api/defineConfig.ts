import type { DrydockConfig } from './configSchema.ts'

/** Types a configuration; it is checked when it is loaded. For the default export of `drydock.config.ts`. */
export function defineConfig(config: DrydockConfig): DrydockConfig {
  return config
}
