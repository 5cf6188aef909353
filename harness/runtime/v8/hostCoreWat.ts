/**
 * The helper module that stands between a runtime and JavaScript, as WebAssembly text. It imports the runtime's own memory
 * and keeps nothing in it, so pointers and the moment of running out of heap are a node's.
 *
 * It holds what is called most and must be fast without leaving wasm: the allocator, twox and blake2 hashing; and for each
 * host function with a pointer-size a shim that splits the i64 into two i32.
 *
 * PERF: an import with i64 costs 180-230 ns in bigints; through a shim 31 ns; wasm to wasm 5 ns.
 */
import { hashFunctionsWat } from '../../base/hashWat.ts'
import type { HostFunction } from '../host/hostFunction.ts'
import { allocatorWat } from './allocatorWat.ts'

/** Host functions that the helper answers itself. */
export const CORE_HOST_FUNCTIONS: readonly string[] = [
  'ext_allocator_malloc_version_1',
  'ext_allocator_free_version_1',
  'ext_hashing_twox_64_version_1',
  'ext_hashing_twox_128_version_1',
  'ext_hashing_twox_256_version_1',
  'ext_hashing_blake2_128_version_1',
  'ext_hashing_blake2_256_version_1',
]

/** True when a row needs a shim: it has a pointer-size and no plain i64. */
export function hasShim(row: HostFunction): boolean {
  if (CORE_HOST_FUNCTIONS.includes(row.name)) return false
  if (row.params.includes('i64') || row.result === 'i64') return false
  return row.params.includes('ps') || row.result === 'ps'
}

export function hostCoreWat(rows: readonly HostFunction[]): string {
  const shims = rows.filter(hasShim)
  return `(module
  (import "env" "memory" (memory 0))
  (import "js" "allocator_error" (func $allocatorError (param i32)))
${shims.map(importWat).join('\n')}
  (global $length (mut i32) (i32.const 0))
  (func (export "set_length") (param $value i32) (global.set $length (local.get $value)))
${allocatorWat()}
${giveSomeWat()}
${hashFunctionsWat()}
${[1, 2, 4].map(twoxWat).join('\n')}
${[16, 32].map(blake2Wat).join('\n')}
${shims.map(shimWat).join('\n')}
)`
}

function importWat(row: HostFunction): string {
  const params = row.params.map((param) => (param === 'ps' ? 'i32 i32' : 'i32')).join(' ')
  const result = row.result === 'void' ? '' : ' (result i32)'
  return `  (import "js" "${row.name}" (func $js_${row.name}${params === '' ? '' : ` (param ${params})`}${result}))`
}

function shimWat(row: HostFunction): string {
  const params = row.params.map((param, i) => `(param $${i} ${param === 'ps' ? 'i64' : 'i32'})`).join(' ')
  const result = row.result === 'void' ? '' : `(result ${row.result === 'ps' ? 'i64' : 'i32'})`
  const args = row.params.map((param, i) => (param === 'ps' ? splitWat(i) : `(local.get $${i})`)).join(' ')
  const call = `(call $js_${row.name} ${args})`
  const body =
    row.result === 'ps'
      ? `(i64.extend_i32_u ${call})
    (i64.shl (i64.extend_i32_u (global.get $length)) (i64.const 32))
    (i64.or)`
      : call
  return `  (func (export "${row.name}") ${params} ${result}
    ${body})`
}

function splitWat(index: number): string {
  return `(i32.wrap_i64 (local.get $${index})) (i32.wrap_i64 (i64.shr_u (local.get $${index}) (i64.const 32)))`
}

/**
 * `give_some(length)`: allocates `Some` of so many bytes for a `ps` result, writes all but the bytes themselves, and leaves
 * its length for the shim. Lengths of 2^30 and more, which have another prefix, are more than can be allocated.
 */
function giveSomeWat(): string {
  return `  (func (export "give_some") (param $bytes i32) (result i32) (local $size i32) (local $out i32)
    (local.set $size (i32.add (local.get $bytes) (i32.add (i32.const 2) (i32.add
      (i32.ge_u (local.get $bytes) (i32.const 64))
      (i32.shl (i32.ge_u (local.get $bytes) (i32.const 16384)) (i32.const 1))))))
    (local.set $out (call $malloc (local.get $size)))
    (i32.store8 (local.get $out) (i32.const 1))
    (if (i32.lt_u (local.get $bytes) (i32.const 64))
      (then (i32.store8 offset=1 (local.get $out) (i32.shl (local.get $bytes) (i32.const 2))))
      (else (if (i32.lt_u (local.get $bytes) (i32.const 16384))
        (then (i32.store16 offset=1 (local.get $out) (i32.or (i32.shl (local.get $bytes) (i32.const 2)) (i32.const 1))))
        (else (i32.store offset=1 (local.get $out) (i32.or (i32.shl (local.get $bytes) (i32.const 2)) (i32.const 2)))))))
    (global.set $length (local.get $size))
    (local.get $out))`
}

function twoxWat(words: number): string {
  const writes = Array.from(
    { length: words },
    (_, seed) => `(i64.store offset=${seed * 8} (local.get $out)
      (call $xxh64 ${splitWat(0)} (i64.const ${seed})))`,
  )
  return `  (func (export "ext_hashing_twox_${words * 64}_version_1") (param $0 i64) (result i32) (local $out i32)
    (local.set $out (call $malloc (i32.const ${words * 8})))
    ${writes.join('\n    ')}
    (local.get $out))`
}

function blake2Wat(lengthBytes: number): string {
  return `  (func (export "ext_hashing_blake2_${lengthBytes * 8}_version_1") (param $0 i64) (result i32) (local $out i32)
    (local.set $out (call $malloc (i32.const ${lengthBytes})))
    (call $blake2b ${splitWat(0)} (local.get $out) (i32.const ${lengthBytes}))
    (local.get $out))`
}
