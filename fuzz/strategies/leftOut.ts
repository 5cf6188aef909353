/**
 * Calls that write raw storage or replace the code: with them root can make every state, and what is found so tells nothing. And
 * inherents, which blocks bring themselves.
 */
const LEFT_OUT: ReadonlySet<string> = new Set([
  'System.set_code',
  'System.set_code_without_checks',
  'System.set_storage',
  'System.kill_storage',
  'System.kill_prefix',
  'System.set_heap_pages',
  'System.apply_authorized_upgrade',
  'System.authorize_upgrade_without_checks',
  'Timestamp.set',
  'ParachainSystem.set_validation_data',
])

/** True for a call that is not made, nor put inside another. */
export function isLeftOut(pallet: string, call: string): boolean {
  return LEFT_OUT.has(`${pallet}.${call}`)
}
