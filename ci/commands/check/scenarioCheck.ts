import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bytesToHex } from '../../../harness/base/bytes.ts'
import { DrydockError } from '../../../harness/base/errors.ts'
import { encodeHeader } from '../../../harness/chain/header.ts'
import { writeSnapshot } from '../../../harness/state/sources/index.ts'
import type { DataTable } from '../../../reports/model/dataTable.ts'
import type { Finding } from '../../../reports/model/finding.ts'
import type { Check, CheckAnswer, CheckContext } from '../../../scenarios/check/check.ts'
import { createFinding } from '../../../scenarios/check/createFinding.ts'
import { defineCheck } from '../../../scenarios/check/defineCheck.ts'
import type { ScenarioInput } from '../../../scenarios/dsl/index.ts'
import { runVitest, type ScenarioResult, type ScenarioRun } from './runVitest.ts'

const ID = 'scenarios.run'
const SCENARIO_FILE = /\.scenario\.[cm]?[jt]s$/

/** A check that runs the user's scenario files in `folder`, each test a row, each failing test a finding. */
export function createScenarioCheck(folder: string): Check {
  const check: Check = defineCheck({
    id: ID,
    title: "The user's scenarios pass across the upgrade",
    why: 'Those who run the chain know best what must still work after the upgrade.',
    rules: [
      { id: 'testFailed', severity: 'error', says: 'A test in a scenario file fails.' },
      { id: 'fileBroken', severity: 'error', says: 'A scenario file cannot be loaded.' },
    ],
    async run(context): Promise<CheckAnswer> {
      assertFolder(folder)
      const run = await runIn(folder, context)
      if (run.kind === 'broken') return { kind: 'inconclusive', reason: run.message }
      const measures = { tests: run.results.length, files: run.fileCount }
      if (run.results.length === 0 && run.brokenFiles.length === 0) {
        return { kind: 'inconclusive', reason: `there is no test in ${folder}`, measures }
      }
      const skipped = run.results.filter(({ status }) => status === 'skipped').length
      const findings = [
        ...run.brokenFiles.map((file) => brokenFile(check, context, file)),
        ...run.results.flatMap((result) =>
          result.status === 'failed' ? [failedTest(check, context, result)] : [],
        ),
      ]
      if (skipped === run.results.length && findings.length === 0) {
        return { kind: 'inconclusive', reason: 'all tests are skipped', measures }
      }
      return { kind: 'ran', findings, measures: { ...measures, skipped }, tables: [toTable(run.results)] }
    },
  })
  return check
}

function assertFolder(folder: string): void {
  const isFolder = statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true
  if (isFolder && readdirSync(folder, { recursive: true }).some((name) => SCENARIO_FILE.test(String(name))))
    return
  throw new DrydockError(
    isFolder ? `there is no scenario file in ${folder}` : `there is no folder ${folder}`,
    {
      code: 'SCENARIOS_MISSING',
      kind: 'usage',
      hints: ['Scenario files are called NAME.scenario.ts; examples/scenarios has two.'],
      details: { folder },
    },
  )
}

/** Hands the chain and the runtime over as files, in a folder that goes away afterwards. */
async function runIn(folder: string, context: CheckContext): Promise<ScenarioRun> {
  const scratch = mkdtempSync(join(tmpdir(), 'drydock-scenarios-'))
  try {
    const input: ScenarioInput = {
      snapshot: join(scratch, 'chain.snapshot'),
      runtime: join(scratch, 'runtime.wasm'),
    }
    await snapshotOf(context, input.snapshot)
    writeFileSync(input.runtime, context.candidate.submitted)
    return await runVitest({ folder, scratch, input, signal: context.signal })
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

async function snapshotOf({ fork, current }: CheckContext, path: string): Promise<void> {
  const { head } = fork
  await writeSnapshot(path, head.state.store, {
    network: current.version.specName,
    genesisHash: bytesToHex(head.hash),
    blockNumber: head.number,
    blockHash: bytesToHex(head.hash),
    header: bytesToHex(encodeHeader(head.header)),
    stateRoot: bytesToHex(head.header.stateRoot),
    stateVersion: current.stateVersion,
    specName: current.version.specName,
    specVersion: current.version.specVersion,
    createdAt: new Date(0).toISOString(),
    toolVersion: '0',
  })
}

function failedTest(check: Check, context: CheckContext, result: ScenarioResult): Finding {
  const { file, name, message, line } = result
  const [first = 'it failed'] = message.split('\n')
  const place = line === null ? file : `${file}:${line}`
  return createFinding(check, context, {
    rule: 'testFailed',
    subject: `${file}: ${name}`,
    title: `The scenario "${name}" (${place}) fails: ${first}`,
    facts: { file, line, test: name },
    evidence: message.split('\n').slice(0, 40),
  })
}

function brokenFile(
  check: Check,
  context: CheckContext,
  broken: { readonly file: string; readonly message: string },
): Finding {
  const { file, message } = broken
  const [first = ''] = message.split('\n')
  return createFinding(check, context, {
    rule: 'fileBroken',
    subject: file,
    title: `The scenario file ${file} can't be loaded: ${first}`,
    facts: { file },
    evidence: message.split('\n').slice(0, 40),
  })
}

function toTable(results: readonly ScenarioResult[]): DataTable {
  return {
    id: 'scenarios',
    title: 'Scenarios',
    columns: [
      { name: 'file', kind: 'text' },
      { name: 'test', kind: 'text' },
      { name: 'result', kind: 'text' },
      { name: 'time', kind: 'ms' },
    ],
    rows: results.map(({ file, name, status, durationMs }) => [file, name, status, Math.round(durationMs)]),
  }
}
