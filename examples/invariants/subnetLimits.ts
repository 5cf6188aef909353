/**
 * An invariant of one's own: no subnet has more neurons than it may have. To write another, copy this file; docs/invariants.md says
 * what a state reader can do.
 */
import { defineInvariant } from 'drydock'

export default defineInvariant({
  id: 'subnetLimits',
  title: 'No subnet has more neurons than its limit',
  why: 'The epoch of a larger subnet takes longer than a block may take.',
  applies: (codec) =>
    codec.item('SubtensorModule', 'SubnetworkN') !== null &&
    codec.item('SubtensorModule', 'MaxAllowedUids') !== null,
  async *check(state) {
    for await (const subnet of state.entries('SubtensorModule', 'SubnetworkN')) {
      const [netuid] = subnet.keys
      if (typeof netuid !== 'bigint') continue
      const neurons = subnet.integer()
      const most = state.integer('SubtensorModule', 'MaxAllowedUids', netuid)
      if (neurons <= most) continue
      yield {
        subject: 'SubtensorModule.SubnetworkN',
        of: `subnet ${netuid}`,
        message: `Subnet ${netuid} has ${neurons} neurons and may have ${most}`,
        excess: neurons - most,
      }
    }
  },
})
