/**
 * A runtime of a few instructions for tests: it stores headers and counts extrinsics, and misbehaves where it is told to.
 * Its blocks have no digest, so their headers are 98 bytes (block numbers below 64).
 */
import wabt from 'wabt'
import { utf8ToBytes } from '../base/bytes.ts'
import { type ApplyResult, decodeApplyResult } from '../codec/index.ts'
import { encodeBytes } from '../codec/scale.ts'
import { parseRuntimeBlob } from '../runtime/blob/index.ts'
import type { Executor } from '../runtime/executor.ts'
import { ChainState, type StateVersion } from '../state/chainState.ts'
import type { StorageKey } from '../state/stateView.ts'
import { createPackedStore } from '../state/store/packedStore.ts'
import type { ChainHead } from './block.ts'
import { genesisHead } from './build/genesis.ts'
import type { BlockRuntime } from './runtimeContext.ts'

/** Where the runtime misbehaves; put as one byte under `:mode`. */
export const TOY_MODES = {
  sound: 0,
  initializeTraps: 1,
  inherentsTrap: 2,
  inherentErrs: 3,
  inherentInvalid: 4,
  finalizeTraps: 5,
  finalizeGarbage: 6,
  inherentsOnly: 7,
  inherentsGarbage: 8,
} as const

/** What an extrinsic of the toy does, by its one byte. Others count up and succeed. */
export const TOY_EXTRINSICS = { refused: 1, traps: 2, errs: 3, inherent: 0x2a } as const

const WAT = `(module
  (import "env" "memory" (memory 17))
  (import "env" "ext_storage_set_version_1" (func $set (param i64 i64)))
  (import "env" "ext_storage_read_version_1" (func $read (param i64 i64 i32) (result i64)))
  (import "env" "ext_storage_root_version_2" (func $rootOf (param i32) (result i64)))
  (global (export "__heap_base") i32 (i32.const 65536))
  (data (i32.const 1024) ":mode")
  (data (i32.const 1032) "header")
  (data (i32.const 1040) "count")
  (data (i32.const 1048) "\\04\\04\\2a")
  (data (i32.const 1056) "\\00\\00")
  (data (i32.const 1058) "\\01\\00\\03")
  (data (i32.const 1064) "\\00\\01\\02")
  (data (i32.const 1068) "\\01\\ff")
  (func $root (result i64) (call $rootOf (i32.const STATE_VERSION)))
  (func $slice (param $ptr i32) (param $len i32) (result i64)
    (i64.or (i64.extend_i32_u (local.get $ptr)) (i64.shl (i64.extend_i32_u (local.get $len)) (i64.const 32))))
  (func $modeIs (param $mode i32) (result i32)
    (drop (call $read (call $slice (i32.const 1024) (i32.const 5)) (call $slice (i32.const 2048) (i32.const 1)) (i32.const 0)))
    (i32.eq (i32.load8_u (i32.const 2048)) (local.get $mode)))
  (func $begin (param $header i32)
    (memory.fill (i32.add (local.get $header) (i32.const 33)) (i32.const 0) (i32.const 64))
    (call $set (call $slice (i32.const 1032) (i32.const 6)) (call $slice (local.get $header) (i32.const 98))))
  (func $apply (param $extrinsic i32) (result i64)
    (local $kind i32)
    (local.set $kind (i32.load8_u (i32.add (local.get $extrinsic) (i32.const 1))))
    (i32.store8 (i32.const 2050) (i32.const 0))
    (drop (call $read (call $slice (i32.const 1040) (i32.const 5)) (call $slice (i32.const 2050) (i32.const 1)) (i32.const 0)))
    (i32.store8 (i32.const 2050) (i32.add (i32.load8_u (i32.const 2050)) (i32.const 1)))
    (call $set (call $slice (i32.const 1040) (i32.const 5)) (call $slice (i32.const 2050) (i32.const 1)))
    (if (i32.eq (local.get $kind) (i32.const 1)) (then (return (call $slice (i32.const 1058) (i32.const 3)))))
    (if (i32.eq (local.get $kind) (i32.const 2)) (then unreachable))
    (if (i32.eq (local.get $kind) (i32.const 3)) (then (return (call $slice (i32.const 1064) (i32.const 3)))))
    (if (i32.eq (local.get $kind) (i32.const 0x2a)) (then
      (if (call $modeIs (i32.const 3)) (then (return (call $slice (i32.const 1064) (i32.const 3)))))
      (if (call $modeIs (i32.const 4)) (then (return (call $slice (i32.const 1058) (i32.const 3)))))))
    (call $slice (i32.const 1056) (i32.const 2)))
  (func (export "Core_initialize_block") (param $ptr i32) (param $len i32) (result i64)
    (if (call $modeIs (i32.const 1)) (then unreachable))
    (call $begin (local.get $ptr))
    (call $slice (i32.const 1068) (call $modeIs (i32.const 7))))
  (func (export "BlockBuilder_inherent_extrinsics") (param $ptr i32) (param $len i32) (result i64)
    (if (call $modeIs (i32.const 2)) (then unreachable))
    (call $set (call $slice (i32.const 1040) (i32.const 5)) (call $slice (i32.const 1048) (i32.const 3)))
    (call $slice (i32.const 1048) (i32.sub (i32.const 3) (call $modeIs (i32.const 8)))))
  (func (export "BlockBuilder_apply_extrinsic") (param $ptr i32) (param $len i32) (result i64)
    (call $apply (local.get $ptr)))
  (func (export "BlockBuilder_finalize_block") (param $ptr i32) (param $len i32) (result i64)
    (if (call $modeIs (i32.const 5)) (then unreachable))
    (if (call $modeIs (i32.const 6)) (then (return (call $slice (i32.const 1024) (i32.const 5)))))
    (drop (call $read (call $slice (i32.const 1032) (i32.const 6)) (call $slice (i32.const 4096) (i32.const 98)) (i32.const 0)))
    (memory.copy (i32.const 4129) (i32.wrap_i64 (call $root)) (i32.const 32))
    (call $slice (i32.const 4096) (i32.const 98)))
  (func (export "Core_execute_block") (param $ptr i32) (param $len i32) (result i64)
    (local $at i32) (local $word i32) (local $computed i32)
    (memory.copy (i32.const 4096) (local.get $ptr) (i32.const 98))
    (call $begin (local.get $ptr))
    (local.set $at (i32.add (local.get $ptr) (i32.const 99)))
    (block $done (loop $next
      (br_if $done (i32.ge_u (local.get $at) (i32.add (local.get $ptr) (local.get $len))))
      (drop (call $apply (local.get $at)))
      (local.set $at (i32.add (local.get $at) (i32.const 2)))
      (br $next)))
    (local.set $computed (i32.wrap_i64 (call $root)))
    (block $same (loop $next
      (br_if $same (i32.eq (local.get $word) (i32.const 32)))
      (if (i64.ne (i64.load (i32.add (local.get $computed) (local.get $word)))
                  (i64.load (i32.add (i32.const 4129) (local.get $word)))) (then unreachable))
      (local.set $word (i32.add (local.get $word) (i32.const 8)))
      (br $next)))
    (call $slice (i32.const 0) (i32.const 0)))
)`

/** The toy, ready to build blocks on `executor`; `stateVersion` is how it has its values hashed. */
export async function createToyRuntime(
  executor: Executor,
  stateVersion: StateVersion = 0,
): Promise<BlockRuntime> {
  const compiler = await wabt()
  const wat = WAT.replace('STATE_VERSION', String(stateVersion))
  const module = compiler.parseWat('toy.wat', wat, { bulk_memory: true })
  const { buffer } = module.toBinary({})
  module.destroy()
  const decode = (bytes: Uint8Array): ApplyResult | null => decodeApplyResult(bytes)
  return {
    executor,
    blob: parseRuntimeBlob(buffer),
    callOptions: {},
    stateVersion,
    codec: { hasPallet: () => false, decodeApplyResult: decode },
  }
}

/** Genesis of a chain of the toy that misbehaves as told, with some more entries. */
export function toyGenesis(mode: number, entries: Readonly<Record<StorageKey, string>> = {}): ChainHead {
  const extra = Object.entries(entries).map(([key, value]) => [key, utf8ToBytes(value)] as const)
  const store = createPackedStore([[':mode', new Uint8Array([mode])], ...extra])
  return genesisHead(ChainState.fromStore(store, 0), 0)
}

/** An extrinsic of the toy. */
export function toyExtrinsic(kind: number): Uint8Array {
  return encodeBytes(new Uint8Array([kind]))
}
