import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { z } from 'zod'
import { SCENARIO_INPUT, type ScenarioInput } from '../../../scenarios/dsl/index.ts'

export interface ScenarioResult {
  /** Relative to the folder of the scenarios. */
  readonly file: string
  /** With the names of the groups around it. */
  readonly name: string
  readonly status: 'passed' | 'failed' | 'skipped'
  readonly durationMs: number
  /** Of a failed one; empty otherwise. */
  readonly message: string
  readonly line: number | null
}

export type ScenarioRun =
  | {
      readonly kind: 'done'
      readonly fileCount: number
      readonly results: readonly ScenarioResult[]
      readonly brokenFiles: readonly { readonly file: string; readonly message: string }[]
    }
  /** vitest did not come to an end. */
  | { readonly kind: 'broken'; readonly message: string }

export interface RunVitestOptions {
  readonly folder: string
  /** An empty folder for files of the run. */
  readonly scratch: string
  readonly input: ScenarioInput
  readonly signal: AbortSignal
}

const TEST_TIMEOUT_MS = 120_000

/** The part of vitest's JSON report that is read. */
const reportSchema = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      message: z.string().optional(),
      status: z.string(),
      assertionResults: z.array(
        z.object({
          fullName: z.string(),
          status: z.string(),
          duration: z.number().nullish(),
          failureMessages: z.array(z.string()).nullish(),
          location: z.object({ line: z.number() }).nullish(),
        }),
      ),
    }),
  ),
})

/** Runs the scenario files of a folder in a vitest process of their own, whose output stays out of ours. */
export async function runVitest(options: RunVitestOptions): Promise<ScenarioRun> {
  const { folder, scratch, input, signal } = options
  const [config, report, inputFile] = ['vitest.config.mjs', 'report.json', 'input.json'].map((name) =>
    join(scratch, name),
  )
  if (config === undefined || report === undefined || inputFile === undefined)
    throw new Error('no file names')
  writeFileSync(inputFile, JSON.stringify(input))
  writeFileSync(config, `export default ${JSON.stringify(configOf(folder, report))}\n`)
  const result = await execa(
    process.execPath,
    [vitestProgram(), 'run', '--config', config, '--root', folder],
    {
      cwd: folder,
      reject: false,
      stdin: 'ignore',
      all: true,
      env: { [SCENARIO_INPUT]: inputFile, NO_COLOR: '1' },
      cancelSignal: signal,
      forceKillAfterDelay: 1_000,
      maxBuffer: 10_000_000,
    },
  )
  signal.throwIfAborted()
  if (!existsSync(report))
    return { kind: 'broken', message: `vitest ended without a report: ${lastLine(result.all)}` }
  return readReport(folder, readFileSync(report, 'utf8'))
}

function configOf(folder: string, report: string): object {
  const source = (path: string) => {
    const typescript = fileURLToPath(new URL(`${path}.ts`, import.meta.url))
    return existsSync(typescript) ? typescript : fileURLToPath(new URL(`${path}.js`, import.meta.url))
  }
  const vitestPackage = dirname(createRequire(import.meta.url).resolve('vitest/package.json'))
  return {
    resolve: { alias: { drydock: source('../../api/index'), vitest: vitestPackage } },
    server: { fs: { strict: false } },
    test: {
      include: ['**/*.scenario.{ts,mts,js,mjs}'],
      setupFiles: [source('../../../scenarios/dsl/setup')],
      testTimeout: TEST_TIMEOUT_MS,
      hookTimeout: TEST_TIMEOUT_MS,
      retry: 0,
      maxWorkers: 1,
      passWithNoTests: true,
      includeTaskLocation: true,
      reporters: ['json'],
      outputFile: { json: report },
      cache: false,
      dir: folder,
    },
  }
}

function vitestProgram(): string {
  return join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs')
}

function lastLine(output: unknown): string {
  return (
    String(output ?? '')
      .trim()
      .split('\n')
      .at(-1)
      ?.slice(0, 300) ?? ''
  )
}

function readReport(folder: string, text: string): ScenarioRun {
  const parsed = reportSchema.safeParse(JSON.parse(text))
  if (!parsed.success) return { kind: 'broken', message: "vitest's report can't be read" }
  const files = parsed.data.testResults
  const results = files.flatMap(({ name, assertionResults }) =>
    assertionResults.map((one): ScenarioResult => {
      const status = one.status === 'passed' || one.status === 'failed' ? one.status : 'skipped'
      return {
        file: relative(folder, name),
        name: one.fullName.trim(),
        status,
        durationMs: one.duration ?? 0,
        message: (one.failureMessages ?? []).join('\n'),
        line: one.location?.line ?? null,
      }
    }),
  )
  const brokenFiles = files
    .filter(
      ({ status, assertionResults }) =>
        status === 'failed' && assertionResults.every((one) => one.status !== 'failed'),
    )
    .map(({ name, message = '' }) => ({ file: relative(folder, name), message }))
  return { kind: 'done', fileCount: files.length, results, brokenFiles }
}
