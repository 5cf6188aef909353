import type { Check, CheckAnswer } from '../check/check.ts'

/** Only reports: what changed is in the report's storage diff, whether that is right is for people to say. */
export const upgradeDiff: Check = {
  id: 'upgrade.diff',
  title: 'What the upgrade changed, by pallet item',
  why: 'Repairs that the fellowship had to ship would have shown as an unexpected row (corrupted ledgers, wrong issuance).',
  rules: [],
  needs: ['upgrade'],
  async run(context): Promise<CheckAnswer> {
    const result = await context.rehearsal.upgrade()
    if (result.kind !== 'upgraded') {
      return { kind: 'inconclusive', reason: 'the upgrade did not go through' }
    }
    const total = { added: 0, changed: 0, removed: 0 }
    for (const row of result.migration.changes) {
      total.added += row.added
      total.changed += row.changed
      total.removed += row.removed
    }
    return { kind: 'ran', findings: [], measures: { items: result.migration.changes.length, ...total } }
  },
}
