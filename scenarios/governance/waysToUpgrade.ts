import type { UpgradeCall } from '../../harness/codec/index.ts'
import type { RunContext } from '../check/runContext.ts'
import type { ProposedCall } from './proposalRun.ts'

/** What takes part in the usual ways, in order of preference: the first that the chain has is tried, then its relatives. */
const SUDO_CALLS = ['Sudo.sudo(System.set_code)', 'Sudo.sudo_unchecked_weight(System.set_code)']
const ROOT_CALLS = ['System.authorize_upgrade', 'ParachainSystem.authorize_upgrade', 'System.set_code']

/**
 * How this chain would install the candidate when nobody says how: by sudo where there is a key, else with the origin Root, as
 * a referendum has it. Each is an alternative to the one before. Empty when the runtime has no such call.
 */
export function usualProposals(context: RunContext, calls: readonly UpgradeCall[]): readonly ProposedCall[] {
  const { codec } = context.current
  const of = (names: readonly string[]) =>
    names.flatMap((name) => calls.find((call) => call.name === name) ?? [])
  const key =
    codec.item('Sudo', 'Key') === null ? null : context.fork.head.state.get(codec.storageKey('Sudo', 'Key'))
  const [origin, found] =
    key?.length === 32 ? [key, of(SUDO_CALLS)] : (['root', of(ROOT_CALLS).slice(0, 1)] as const)
  return found.map((call) => ({ name: call.name, call: call.encode(), origin }))
}
