import { availableParallelism, cpus } from 'node:os'
import type { Machine } from '../../reports/index.ts'

/** Where this process runs; times are of it. */
export function thisMachine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() || 'unknown processor',
    cores: availableParallelism(),
    node: process.version.slice(1),
  }
}
