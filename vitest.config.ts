import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  // What examples import, as users do; the package itself resolves it to the built form.
  resolve: { alias: { drydock: fileURLToPath(new URL('ci/api/index.ts', import.meta.url)) } },
  test: {
    include: ['{harness,scenarios,reports,fuzz,ci,examples}/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**', 'scenarios/demo/runtime/**'],
    retry: 0,
    testTimeout: 30_000,
    pool: 'forks',
    // Vitest leaves one core idle, which on two cores is half of the machine. Many tests hold states of 100 MB and more.
    maxWorkers: Math.min(availableParallelism(), 4),
  },
})
