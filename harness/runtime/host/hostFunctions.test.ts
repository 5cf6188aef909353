import { beforeAll, describe, expect, it } from 'vitest'
import { hexToBytes, utf8ToBytes } from '../../base/bytes.ts'
import { parseRuntimeBlob } from '../blob/index.ts'
import { V8Executor } from '../v8/v8Executor.ts'
import type { HostFunction } from './hostFunction.ts'
import { HOST_FUNCTIONS } from './hostFunctions.ts'
import { assemble, type ScriptArgument } from './hostScript.testkit.ts'
import { createScriptRunner, type ScriptCall, type ScriptRunner, stateOf } from './scriptRunner.testkit.ts'

const NONE = new Uint8Array([0])
const state = stateOf({ a: 'x' })

/** Calls that need something before them. */
const BEFORE: Readonly<Record<string, readonly ScriptCall[]>> = {
  ext_storage_commit_transaction_version_1: [['storage_start_transaction_version_1']],
  ext_storage_rollback_transaction_version_1: [['storage_start_transaction_version_1']],
  ext_crypto_finish_batch_verify_version_1: [['crypto_start_batch_verify_version_1']],
}

/** Arguments of calls that would refuse the plain ones. */
const ARGUMENTS: Readonly<Record<string, readonly ScriptArgument[]>> = {
  ext_allocator_free_version_1: [{ pointer: 0x20_0008, length: 0 }],
}

describe.each(['imported', 'own'] as const)('host functions with %s memory', (memory) => {
  let runner: ScriptRunner
  beforeAll(async () => {
    runner = await createScriptRunner(memory)
  })

  it.each(HOST_FUNCTIONS.map((row) => [row.name, row] as const))(
    '%s links and can be called',
    (name, row) => {
      const args = ARGUMENTS[name] ?? row.params.map(plainArgument)
      const outcome = runner.run([...(BEFORE[name] ?? []), [name, args]], {
        state,
        options: { signatures: 'accept' },
      })
      expect(outcome.denied.map((one) => one.name)).toEqual(isRefused(row) && isOffchain(row) ? [name] : [])
      expect(outcome.kind).toBe(isRefused(row) ? 'panic' : 'ok')
    },
  )
})

describe('arguments of host functions', () => {
  let runner: ScriptRunner
  beforeAll(async () => {
    runner = await createScriptRunner()
  })

  const beyond = { pointer: 0xffff_fff0, length: 32 }
  const long = { pointer: 0, length: 0xffff_ffff }

  it.each([
    ['storage_get_version_1', [beyond]],
    ['storage_get_version_1', [long]],
    ['storage_set_version_1', ['k', beyond]],
    ['storage_set_version_1', [long, 'v']],
    ['storage_append_version_1', ['k', beyond]],
    ['storage_read_version_1', ['absent', beyond, 0]],
    ['storage_next_key_version_1', [beyond]],
    ['hashing_twox_128_version_1', [beyond]],
    ['hashing_blake2_256_version_1', [beyond]],
    ['hashing_keccak_256_version_1', [beyond]],
    ['crypto_ed25519_verify_version_1', [beyond, 'm', new Uint8Array(32)]],
    ['trie_blake2_256_root_version_1', [beyond]],
    ['logging_log_version_1', [0, beyond, 'm']],
    ['misc_print_hex_version_1', [beyond]],
  ] as const)('%s traps on a range outside the memory', (name, args) => {
    expect(runner.run([[name, args]], { options: { maxLogLevel: 5 } })).toMatchObject({
      kind: 'panic',
      message: expect.stringMatching(/outside the memory|memory access out of bounds/),
    })
    expect(runner.run([['storage_get_version_1', ['a']]], { state }).kind).toBe('ok')
  })

  it('lets an empty slice point anywhere', () => {
    const nowhere = { pointer: 0xffff_ffff, length: 0 }
    const empty = '03170a2e7597b7b7e3d84c05391d139a62b157e78786d8c082f29dcf4c111314'
    expect(
      runner.results(
        [
          ['storage_get_version_1', [nowhere]],
          ['storage_set_version_1', [nowhere, nowhere]],
          ['storage_get_version_1', [nowhere]],
          ['hashing_twox_64_version_1', [nowhere], 8],
          ['hashing_blake2_256_version_1', [nowhere]],
          ['storage_read_version_1', ['a', nowhere, 0]],
          ['default_child_storage_root_version_2', [nowhere, 0]],
        ],
        { state },
      ),
    ).toEqual([
      '0x00',
      '0x',
      '0x0100',
      '0x99e9d85137db46ef',
      '0x0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8',
      '0x0101000000',
      `0x${empty}`,
    ])
  })

  it.each([
    ['storage_clear_prefix_version_2', ['p', new Uint8Array([])]],
    ['storage_clear_prefix_version_2', ['p', new Uint8Array([2])]],
    ['storage_clear_prefix_version_2', ['p', new Uint8Array([1, 0, 0, 0])]],
    ['storage_clear_prefix_version_3', ['p', NONE, new Uint8Array([])]],
    ['storage_clear_prefix_version_3', ['p', NONE, new Uint8Array([1, 8, 0x70])]],
    ['default_child_storage_clear_prefix_version_3', ['c', 'p', NONE, new Uint8Array([2])]],
    ['default_child_storage_storage_kill_version_2', ['c', new Uint8Array([1])]],
    ['default_child_storage_storage_kill_version_3', ['c', new Uint8Array([7])]],
    ['default_child_storage_clear_prefix_version_2', ['c', 'p', new Uint8Array([])]],
    ['trie_blake2_256_root_version_1', [new Uint8Array([4, 4])]],
    ['trie_blake2_256_root_version_1', [new Uint8Array([])]],
    ['trie_keccak_256_ordered_root_version_2', [new Uint8Array([8, 0]), 1]],
    ['trie_blake2_256_ordered_root_version_1', [new Uint8Array([3, 0xff, 0xff, 0xff, 0xff])]],
    ['trie_blake2_256_verify_proof_version_1', [new Uint8Array(32), new Uint8Array([4]), 'k', 'v']],
    ['trie_blake2_256_root_version_2', [NONE, 2]],
    ['storage_root_version_2', [2]],
    ['default_child_storage_root_version_2', ['c', 9]],
    ['crypto_sr25519_generate_version_1', [utf8ToBytes('test'), new Uint8Array([1, 0xff])]],
    ['crypto_sr25519_generate_version_1', [utf8ToBytes('test'), new Uint8Array([2])]],
    ['crypto_ed25519_generate_version_1', [utf8ToBytes('test'), new Uint8Array([])]],
    ['logging_log_version_1', [5, 't', 'm']],
    ['logging_log_version_1', [4, new Uint8Array([0xff]), 'm']],
    ['panic_handler_abort_on_panic_version_1', [new Uint8Array([0xff])]],
    ['storage_commit_transaction_version_1', []],
    ['storage_rollback_transaction_version_1', []],
    ['crypto_finish_batch_verify_version_1', []],
  ] as const)('%s traps on what it can not decode or do', (name, args) => {
    expect(runner.run([[name, args]])).toMatchObject({ kind: 'panic', location: null })
  })
})

describe('imports that no host function answers', () => {
  const executor = new V8Executor({ clock: { nowMs: () => 0 } })
  const call = async (imported: string, use: string) => {
    const text = `(module (import "env" "memory" (memory 1)) ${imported}
      (global (export "__heap_base") i32 (i32.const 1024))
      (func (export "idle") (param i32 i32) (result i64) (i64.const 0))
      (func (export "use") (param i32 i32) (result i64) ${use} (i64.const 0)))`
    const blob = parseRuntimeBlob(await assemble(text))
    const input = new Uint8Array()
    return ['idle', 'use', 'idle'].map((entryPoint) => executor.callSync({ blob, entryPoint, input, state }))
  }

  it.each([
    [
      'an unknown name',
      '(import "env" "ext_sandbox_invoke_version_1" (func $f))',
      '(call $f)',
      'ext_sandbox_invoke_version_1',
    ],
    [
      'a known name with other parameters',
      '(import "env" "ext_storage_get_version_1" (func $f (param i32 i32) (result i64)))',
      '(drop (call $f (i32.const 0) (i32.const 0)))',
      'ext_storage_get_version_1 with another signature',
    ],
    [
      'a known name with another result',
      '(import "env" "ext_storage_root_version_1" (func $f (result i32)))',
      '(drop (call $f))',
      'ext_storage_root_version_1 with another signature',
    ],
    [
      'another module',
      '(import "host" "ext_storage_root_version_1" (func $f))',
      '(call $f)',
      'ext_storage_root_version_1',
    ],
    ['a name that objects have', '(import "env" "constructor" (func $f))', '(call $f)', 'constructor'],
  ])('%s is harmless until it is called', async (_, imported, use, name) => {
    const [before, used, after] = await call(imported, use)
    expect([before?.kind, after?.kind]).toEqual(['ok', 'ok'])
    expect(used).toMatchObject({ kind: 'missingHostFunction', name })
  })

  it('refuses imports that are neither functions nor the memory', async () => {
    const outcomes = await call('(import "env" "g" (global i32))', '')
    expect(outcomes.map((outcome) => outcome.kind)).toEqual(['invalid', 'invalid', 'invalid'])
  })
})

/** Something that most rows accept in the place of a parameter. */
function plainArgument(type: HostFunction['params'][number]): ScriptArgument {
  if (type === 'ps') return NONE
  return type === 'ptr' ? hexToBytes('00'.repeat(80)) : 1
}

function isOffchain(row: HostFunction): boolean {
  return row.name.startsWith('ext_offchain_') && !row.name.startsWith('ext_offchain_index_')
}

function isRefused(row: HostFunction): boolean {
  return isOffchain(row) || row.name === 'ext_panic_handler_abort_on_panic_version_1'
}
