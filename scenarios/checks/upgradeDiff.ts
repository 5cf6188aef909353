import type { Check, CheckAnswer } from '../check/check.ts'
import { defineCheck } from '../check/defineCheck.ts'
import { upgraded } from '../rehearsal/rehearsal.ts'

/** Only reports: what changed is in the report's storage diff, whether that is right is for people to say. */
export const upgradeDiff: Check = defineCheck({
  id: 'upgrade.diff',
  title: 'What the upgrade changed, by storage item',
  why: 'Faults that the Polkadot Fellowship repaired later would have shown as an unexpected row (corrupted ledgers, wrong issuance).',
  rules: [],
  needs: upgraded,
  async run(_context, { migration }): Promise<CheckAnswer> {
    const total = { added: 0, changed: 0, removed: 0 }
    for (const row of migration.changes) {
      total.added += row.added
      total.changed += row.changed
      total.removed += row.removed
    }
    return { kind: 'ran', findings: [], measures: { items: migration.changes.length, ...total } }
  },
})
