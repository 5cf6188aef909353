import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['{harness,scenarios,reports,ci}/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**', 'scenarios/fixtures/miniSubtensor/**'],
    retry: 0,
    testTimeout: 30_000,
    pool: 'forks',
  },
})
