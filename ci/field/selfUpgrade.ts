import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { errorMessage } from '../../harness/base/errors.ts'
import { readRawChainSpec } from '../../harness/state/sources/index.ts'
import { type CheckReport, parseReport } from '../../reports/index.ts'

/** What became of the upgrade of one chain to the runtime that it runs already. */
export interface FieldRow {
  /** Name of the file. */
  readonly file: string
  /** `specName/specVersion`, or what the file is in place of a raw spec with a runtime. */
  readonly chain: string
  readonly keys: number | null
  /** The report's verdict; `none` when the command ended without a report. */
  readonly verdict: CheckReport['verdict'] | 'none'
  /** Counted findings that the upgrade to itself does not explain: `check/rule subject`. */
  readonly findings: readonly string[]
  /** Checks without a result, each with its reason; or why there is no report. */
  readonly noResult: readonly string[]
  readonly seconds: number
}

export interface SelfUpgradeOptions {
  /** Longest time that one chain may take. */
  readonly timeoutMs: number
  /** More arguments of `drydock check`. */
  readonly checkArguments: readonly string[]
  /** Folder that keeps the reports; null to keep none. */
  readonly keep: string | null
}

const COMMAND = fileURLToPath(new URL('../bin/drydock.js', import.meta.url))
/** A runtime that replaces itself does not raise its version; that is all that may be found. */
const EXPECTED = 'blob.identity'
/** Migrations do not run twice where the version is not raised; it follows from the same. */
const EXPECTED_SILENCE = 'upgrade.idempotent'
const MAX_LINE = 300

/** Runs `drydock check` on a raw spec with the spec's own runtime as the candidate, in a process of its own. Never throws. */
export async function selfUpgrade(
  folder: string,
  file: string,
  options: SelfUpgradeOptions,
): Promise<FieldRow> {
  const startMs = performance.now()
  const scratch = mkdtempSync(join(tmpdir(), 'drydock-field-'))
  const row = (parts: Omit<FieldRow, 'file' | 'seconds'>): FieldRow => ({
    file,
    seconds: (performance.now() - startMs) / 1000,
    ...parts,
  })
  try {
    const spec = join(folder, file)
    const runtime = join(scratch, 'runtime.wasm')
    const keys = await extractRuntime(spec, runtime)
    const ended = await check(spec, runtime, { scratch, options })
    return row({ keys, ...ended })
  } catch (error) {
    const noResult = [errorMessage(error)]
    return row({ chain: 'no raw spec with a state', keys: null, verdict: 'none', findings: [], noResult })
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

/** Writes `:code` of a raw spec to a file; gives how many keys the state has. */
async function extractRuntime(spec: string, target: string): Promise<number> {
  const { store, keyCount } = await readRawChainSpec(spec)
  try {
    writeFileSync(target, store.get(':code') ?? new Uint8Array())
    return keyCount
  } finally {
    store.close()
  }
}

interface CheckRun {
  readonly scratch: string
  readonly options: SelfUpgradeOptions
}

async function check(spec: string, runtime: string, { scratch, options }: CheckRun) {
  const out = options.keep === null ? scratch : join(options.keep, `${basename(spec)}.report`)
  const flags = ['--quiet', '--out', out, '--reporter', 'json', ...options.checkArguments]
  const ended = await execa(
    process.execPath,
    [COMMAND, 'check', '--fork', spec, '--runtime', runtime, ...flags],
    { reject: false, timeout: options.timeoutMs, killSignal: 'SIGKILL', cwd: scratch, stdin: 'ignore' },
  )
  const report = readReport(join(out, 'report.json'))
  if (report !== null) return { ...chainOf(report), verdict: report.verdict, ...said(report) }
  const why = ended.timedOut
    ? `it did not finish within ${options.timeoutMs / 1000} s`
    : lastLines(ended.stderr)
  const noResult = [`exit ${ended.exitCode ?? ended.signal ?? 'unknown'}: ${why}`]
  return { chain: 'no report', verdict: 'none' as const, findings: [], noResult }
}

function basename(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

function readReport(path: string): CheckReport | null {
  try {
    return parseReport(readFileSync(path, 'utf8'))
  } catch {
    return null
  }
}

function chainOf({ inputs }: CheckReport): { chain: string } {
  const { from: version } = inputs.runtime
  return { chain: `${version.specName}/${version.specVersion}` }
}

/** What a report says that the upgrade to itself does not explain. */
export function said({ checks }: Pick<CheckReport, 'checks'>): Pick<FieldRow, 'findings' | 'noResult'> {
  const findings = checks
    .filter(({ id }) => id !== EXPECTED)
    .flatMap(({ findings: found }) => found)
    .filter(({ severity, accepted }) => severity !== 'info' && accepted === undefined)
    .map(({ check: id, rule, severity, subject, title }) =>
      clip(`${severity} ${id}/${rule} ${subject}: ${title}`),
    )
  const noResult = checks.flatMap(({ id, status, reason = '' }) =>
    status === 'inconclusive' && id !== EXPECTED_SILENCE ? [clip(`${id}: ${reason}`)] : [],
  )
  return { findings, noResult }
}

function lastLines(text: string): string {
  return clip(text.trim().split('\n').slice(-3).join(' / '))
}

function clip(text: string): string {
  return text.length > MAX_LINE ? `${text.slice(0, MAX_LINE)}…` : text
}
