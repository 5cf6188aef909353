import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { profileOf } from '../../../scenarios/chains/index.ts'
import { ALL_CHECKS } from '../../config/allChecks.ts'
import type { CheckFlags } from './checkFlags.ts'
import { type CheckSettings, createCheckSettings } from './checkSettings.ts'
import { chooseChecks } from './chooseChecks.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'drydock-settings-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const INPUTS = { fork: 'demo', runtime: 'demo:v2', deadline: 60_000, stateVersion: 'auto' } as const

async function choose(flags: Partial<Omit<CheckFlags, 'fork' | 'runtime'>>) {
  const settings = await createCheckSettings({ ...INPUTS, ...flags }, folder)
  const { checks, notRequested } = await chooseChecks(settings, profileOf('node-subtensor'))
  return { ids: checks.map(({ id }) => id), notRequested }
}

describe('chooseChecks', () => {
  it('takes the whole catalog, and says what a quick run leaves out', async () => {
    expect(await choose({})).toEqual({ ids: ALL_CHECKS.map(({ id }) => id), notRequested: [] })
    const quick = await choose({ profile: 'quick' })
    expect(quick.notRequested).toContainEqual({ id: 'blocks.sweep', why: 'profile quick' })
    expect(quick.ids).not.toContain('blocks.sweep')
  })

  it('leaves out the checks of other chains, unless they are named', async () => {
    const settings = await createCheckSettings(INPUTS, folder)
    const ids = async (one: CheckSettings) =>
      (await chooseChecks(one, profileOf('westend'))).checks.map(({ id }) => id)
    expect(await ids(settings)).toContain('invariants.issuance')
    expect(await ids(settings)).not.toContain('invariants.stake')
    expect(await ids({ ...settings, only: ['invariants.stake'] })).toEqual(['invariants.stake'])
  })

  it('takes groups, leaves out, and names both in the report', async () => {
    const { ids, notRequested } = await choose({ only: ['blob'], skip: ['blob.size'] })
    expect(ids).toEqual(['blob.format', 'blob.imports', 'blob.identity'])
    expect(notRequested).toContainEqual({ id: 'upgrade.apply', why: '--only' })
    await expect(choose({ only: ['blob.size'], skip: ['blob'] })).rejects.toMatchObject({
      code: 'CHECK_NONE',
    })
  })

  it('gives each check to exactly one shard', async () => {
    const shards = await Promise.all([1, 2, 3].map((index) => choose({ shard: { index, count: 3 } })))
    expect(shards.flatMap(({ ids }) => ids).sort()).toEqual(ALL_CHECKS.map(({ id }) => id).sort())
    expect(shards[0]?.notRequested.every(({ why }) => why === 'shard 1/3')).toBe(true)
  })

  it("adds the user's invariants and scenarios", async () => {
    writeFileSync(
      join(folder, 'mine.ts'),
      `import { defineInvariant } from 'drydock'
       export default defineInvariant({
         id: 'mine', title: 'T', why: 'W', applies: () => true, check: async function* () {},
       })`,
    )
    writeFileSync(join(folder, 'drydock.config.json'), '{"invariants": ["mine.ts"], "scenarios": "."}')
    expect((await choose({})).ids.slice(-2)).toEqual(['invariants.mine', 'scenarios.run'])
  })

  it('refuses a module that is not an invariant, and an id that is taken', async () => {
    const config = (module: string) => {
      writeFileSync(join(folder, 'other.ts'), module)
      writeFileSync(join(folder, 'drydock.config.json'), '{"invariants": ["other.ts"]}')
    }
    config('export default { id: "x" }')
    await expect(choose({})).rejects.toMatchObject({ code: 'INVARIANT_INVALID' })
    config(
      'export default { id: "stake", title: "T", why: "W", applies: () => true, check: async function* () {} }',
    )
    await expect(choose({})).rejects.toThrow(/invariants\.stake already/)
    rmSync(join(folder, 'drydock.config.json'))
  })
})

describe('createCheckSettings', () => {
  it('lets the command line win over the configuration', async () => {
    writeFileSync(
      join(folder, 'c.json'),
      '{"blocks": 3, "profile": "quick", "checks": {"blocks.run": {"deadline": "5s"}}, "limits": {"blockWarnMs": 9}}',
    )
    const of = (flags: Partial<Omit<CheckFlags, 'fork' | 'runtime'>>) =>
      createCheckSettings({ ...INPUTS, config: 'c.json', ...flags }, folder)
    expect(await of({})).toMatchObject({ blockCount: 3, profile: 'quick', limits: { blockWarnMs: 9 } })
    const over = await of({ blocks: 4, profile: 'full', checkDeadline: 1_000 })
    expect(over).toMatchObject({ blockCount: 4, profile: 'full' })
    expect([over.deadlineMs('blocks.run'), over.deadlineMs('blob.size')]).toEqual([5_000, 1_000])
  })

  it('reads a proposal as hex or from a file, with who makes it', async () => {
    const of = (flags: Partial<Omit<CheckFlags, 'fork' | 'runtime'>>) =>
      createCheckSettings({ ...INPUTS, ...flags }, folder)
    writeFileSync(join(folder, 'call.hex'), '0x0102\n')
    for (const proposal of ['0x0102', 'call.hex']) {
      const settings = await of({ proposal, proposalOrigin: 'root' })
      expect(settings.proposal).toEqual({ call: new Uint8Array([1, 2]), origin: 'root' })
    }
    await expect(of({ proposal: '0x0102' })).rejects.toMatchObject({ code: 'PROPOSAL_ORIGIN' })
    await expect(of({ proposal: 'none.hex', proposalOrigin: 'root' })).rejects.toMatchObject({
      code: 'PROPOSAL_CALL',
    })
  })
})
