import { createHash } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { stepsToText } from '../corpus/readSteps.ts'
import { writeWhole } from '../corpus/writeWhole.ts'
import type { FuzzFinding } from '../engine/runCampaign.ts'
import { stepText } from '../strategies/step.ts'

/** What a finding belongs to, as facts for people and for the vitest file. */
export interface FindingOrigin {
  /** As given to `--fork`. */
  readonly fork: string
  /** As given to `--runtime`; null for the runtime on chain. */
  readonly runtime: string | null
  readonly specName: string
  readonly specVersion: number
  /** blake2-256 of the runtime as submitted. */
  readonly runtimeHash: string
  readonly seed: number
  readonly block: number
}

/** A short name that is the same for the same fault, from run to run. */
export function findingName({ oracle, key }: FuzzFinding['suspicion']): string {
  return `${oracle}-${createHash('sha256').update(key).digest('hex').slice(0, 12)}`
}

/**
 * Writes a folder for a finding: `input.json` to replay, `finding.json`, `steps.txt` for people, `trace.txt`, and a vitest file to commit.
 * Each file is whole or missing. Throws what the file system throws.
 */
export function writeFinding(folder: string, finding: FuzzFinding, origin: FindingOrigin): string {
  const { suspicion, steps, confirmation } = finding
  const own = join(folder, findingName(suspicion))
  mkdirSync(own, { recursive: true })
  const trace = confirmation.kind === 'confirmed' ? confirmation.evidence : suspicion.evidence
  const facts = {
    ...suspicion,
    origin,
    foundAtExecutions: finding.executions,
    stepsBeforeShrinking: finding.foundWith,
    confirmation,
  }
  writeWhole(join(own, 'input.json'), stepsToText(steps))
  writeWhole(join(own, 'steps.txt'), `${steps.map(stepText).join('\n')}\n`)
  writeWhole(join(own, 'trace.txt'), `${suspicion.title}\n${trace.join('\n')}\n`)
  writeWhole(join(own, `${findingName(suspicion)}.test.ts`), testText(finding, origin))
  writeWhole(join(own, 'finding.json'), `${JSON.stringify(facts, null, 2)}\n`)
  return own
}

/** Fails as long as the fault is there. */
function testText({ suspicion }: FuzzFinding, { fork, runtime }: FindingOrigin): string {
  const args = [
    'fuzz',
    'replay',
    'INPUT',
    '--fork',
    fork,
    ...(runtime === null ? [] : ['--runtime', runtime]),
  ]
  const list = args.map((arg) => (arg === 'INPUT' ? 'input' : JSON.stringify(arg))).join(', ')
  return `import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { it } from 'vitest'

const input = fileURLToPath(new URL('input.json', import.meta.url))

// ${suspicion.title.replaceAll(/[\r\n\u2028\u2029]/g, ' ')}
it(${JSON.stringify(`does not show ${findingName(suspicion)} any more`)}, { timeout: 300_000 }, () => {
  execFileSync('npx', ['drydock', ${list}], { stdio: 'inherit' })
})
`
}
