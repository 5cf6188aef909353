import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import type { BenchRow } from './benchCase.ts'

/** What a run of the benchmarks leaves; also the form of `--json`. */
export interface BenchFile {
  readonly machine: { readonly cpu: string; readonly cores: number; readonly node: string }
  readonly rows: readonly BenchRow[]
}

/** The rows with the machine that they are of: times say nothing elsewhere, ratios a little. */
export function createBenchFile(rows: readonly BenchRow[]): BenchFile {
  const all = cpus()
  return { machine: { cpu: all[0]?.model ?? 'unknown', cores: all.length, node: process.version }, rows }
}

/** The rows of a file that `writeBenchFile` wrote; none when there is no file. */
export function readBenchRows(path: string): readonly BenchRow[] {
  if (!existsSync(path)) return []
  // SAFETY: only writeBenchFile writes it.
  return (JSON.parse(readFileSync(path, 'utf8')) as BenchFile).rows
}

/** Writes measured rows over those of the same name, and keeps the others: a run without data does not lose them. */
export function writeBenchFile(path: string, rows: readonly BenchRow[]): void {
  const measured = rows.filter(({ kind }) => kind === 'measured')
  const names = new Set(measured.map(({ name }) => name))
  const kept = readBenchRows(path).filter(({ name }) => !names.has(name))
  writeFileSync(path, `${JSON.stringify(createBenchFile([...measured, ...kept]), null, 2)}\n`)
}
