#!/usr/bin/env node
// Plain JavaScript, so that it runs before anything is built. In a clone the TypeScript sources stand beside it and tsx
// loads them as they are; the published package carries only their compiled form in `dist`.
import { existsSync } from 'node:fs'

const source = new URL('./entry.ts', import.meta.url)
if (existsSync(source)) {
  const { register } = await import('tsx/esm/api')
  register()
  await import(source.href)
} else {
  await import('../../dist/ci/bin/entry.js')
}
