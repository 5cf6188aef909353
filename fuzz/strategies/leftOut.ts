import type { TypeRef, TypeTable } from '../../harness/codec/index.ts'

/**
 * Calls that write raw storage, cursors of migrations, or the code: with them root can make any state, and what is found in such a state
 * says nothing about the runtime. Also inherents, which blocks bring themselves.
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
  'MultiBlockMigrations.force_set_cursor',
  'MultiBlockMigrations.force_set_active_cursor',
  'Timestamp.set',
  'ParachainSystem.set_validation_data',
])

/** True for a call that is not made, nor put inside another. */
export function isLeftOut(pallet: string, call: string): boolean {
  return LEFT_OUT.has(`${pallet}.${call}`)
}

/** False for an enum without variants, such as `sp_core::Void`: nobody can make the call. */
export function hasValues(types: TypeTable, type: TypeRef): boolean {
  const shape = types.shape(type)
  return shape.kind !== 'enum' || shape.variants.size > 0
}
