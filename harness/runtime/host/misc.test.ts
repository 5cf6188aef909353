import { beforeAll, describe, expect, it } from 'vitest'
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from '../../base/bytes.ts'
import { decodeRuntimeVersion } from '../../codec/runtimeVersion.ts'
import { encodeBytes, encodeOptionBytes, encodeUint } from '../../codec/scale.ts'
import { assemble } from './hostScript.testkit.ts'
import { assertOk, createScriptRunner, type ScriptCall, type ScriptRunner } from './scriptRunner.testkit.ts'

let runner: ScriptRunner
beforeAll(async () => {
  runner = await createScriptRunner()
})

const log = (level: number, message: string): ScriptCall => [
  'logging_log_version_1',
  [level, 'pallet', message],
]

describe('logging', () => {
  it.each([0, 1, 2, 3, 4, 5])(
    'keeps up to level %i, and errors always: they may be the panic',
    (maxLogLevel) => {
      const calls = [0, 1, 2, 3, 4].map((level) => log(level, `m${level}`))
      const { logs } = assertOk(runner.run(calls, { options: { maxLogLevel } }))
      const kept = [1, 2, 3, 4, 5].filter((level) => level <= Math.max(maxLogLevel, 1))
      expect(logs).toEqual(kept.map((level) => ({ level, target: 'pallet', message: `m${level - 1}` })))
      expect(runner.results([['logging_max_level_version_1']], { options: { maxLogLevel } })).toEqual([
        bytesToHex(encodeUint(maxLogLevel, 4)),
      ])
    },
  )

  it('keeps what does not end within bounds, and the last error', () => {
    const calls = Array.from({ length: 10_010 }, (_, i) => log(2, `m${i}`))
    const { logs } = assertOk(runner.run([...calls, log(0, 'the end'), log(2, 'after')]))
    expect(logs).toHaveLength(10_000)
    expect(logs.at(-1)).toEqual({ level: 1, target: 'pallet', message: 'the end' })
    const long: ScriptCall = ['logging_log_version_1', [2, 'pallet', new Uint8Array(1024 * 1024)]]
    const flood = assertOk(runner.run(Array.from({ length: 60 }, () => long))).logs
    const characters = flood.reduce((sum, { message }) => sum + message.length, 0)
    expect(characters).toBeLessThan(60 * 70_000)
    const floods = assertOk(runner.run(Array.from({ length: 500 }, () => log(2, 'm'.repeat(60_000))))).logs
    expect(floods.length).toBeLessThan(300)
  })

  it('cuts what no person reads to its end: messages, targets, and the last words of a panic', () => {
    const long = 'x'.repeat(200_000)
    const cut = `${'x'.repeat(65_536)}... (134464 more bytes)`
    const calls: ScriptCall[] = [
      ['logging_log_version_1', [2, long, long]],
      ['misc_print_utf8_version_1', [long]],
      ['misc_print_hex_version_1', [new Uint8Array(65_537)]],
    ]
    const { logs } = assertOk(runner.run(calls, { options: { maxLogLevel: 4 } }))
    expect(logs.slice(0, 2)).toEqual([
      { level: 3, target: cut, message: cut },
      { level: 4, target: 'runtime', message: cut },
    ])
    expect(logs[2]?.message).toBe(`0x${'00'.repeat(65_536)}... (1 more bytes)`)
    const abort = runner.run([['panic_handler_abort_on_panic_version_1', [long]]])
    expect(abort).toMatchObject({ kind: 'panic', message: cut })
  })

  it('prints at debug level only', () => {
    const calls: ScriptCall[] = [
      ['misc_print_num_version_1', [-1n]],
      ['misc_print_utf8_version_1', ['text']],
      ['misc_print_hex_version_1', [new Uint8Array([0xde, 0xad])]],
    ]
    expect(assertOk(runner.run(calls)).logs).toEqual([])
    const { logs } = assertOk(runner.run(calls, { options: { maxLogLevel: 4 } }))
    expect(logs.map((one) => one.message)).toEqual(['18446744073709551615', 'text', '0xdead'])
  })
})

describe('panic handler', () => {
  it('ends the call with its message, and the place in it', () => {
    const message = "panicked at 'boom', pallets/x/src/lib.rs:12:5"
    expect(runner.run([['panic_handler_abort_on_panic_version_1', [message]]])).toMatchObject({
      kind: 'panic',
      message: 'boom',
      location: { file: 'pallets/x/src/lib.rs', line: 12, column: 5 },
    })
  })
})

describe('misc_runtime_version', () => {
  const HEAD = concatBytes(
    encodeBytes(utf8ToBytes('toy')),
    encodeBytes(utf8ToBytes('impl')),
    encodeUint(1, 4),
    encodeUint(7, 4),
    encodeUint(2, 4),
  )
  const api = concatBytes(hexToBytes('df6acb689907609b'), encodeUint(5, 4))
  const tail = concatBytes(encodeUint(3, 4), new Uint8Array([1]))
  const full = concatBytes(HEAD, new Uint8Array([4]), api, tail)
  const ask = (code: Uint8Array) =>
    hexToBytes(runner.results([['misc_runtime_version_version_1', [code]]])[0] ?? '')

  it('reads the custom sections, without running the code', async () => {
    const module = await assemble(`(module (memory 1) (func (export "Core_version") unreachable))`)
    const blob = concatBytes(
      module,
      customSection('runtime_version', concatBytes(HEAD, new Uint8Array([0]), tail)),
      customSection('runtime_apis', api),
    )
    expect(ask(blob)).toEqual(encodeOptionBytes(full))
    expect(decodeRuntimeVersion(full)).toMatchObject({ specVersion: 7, systemVersion: 1 })
  })

  it('asks code without sections, in an instance of its own', async () => {
    expect(ask(await versionGuest(full))).toEqual(encodeOptionBytes(full))
    expect(ask(await versionGuest(full, 'unreachable'))).toEqual(new Uint8Array([0]))
  })

  it.each([
    ['no wasm', utf8ToBytes('hello')],
    ['nothing', new Uint8Array()],
    ['a module that V8 refuses', hexToBytes('0061736d0100000003020100')],
  ])('answers none for %s', (_, code) => {
    expect(ask(code)).toEqual(new Uint8Array([0]))
  })

  it('answers none for code that is not a runtime or asks on', async () => {
    expect(ask(await assemble('(module (memory 1))'))).toEqual(new Uint8Array([0]))
    const other = await versionGuest(full)
    const asking = `(drop (call $version (i64.or (i64.const 8192) (i64.shl (i64.const ${other.length}) (i64.const 32)))))`
    expect(ask(await versionGuest(full, asking, other))).toEqual(new Uint8Array([0]))
  })
})

describe('what has no effect on the state', () => {
  it.each([
    ['wasm_tracing_enabled_version_1', [new Uint8Array([0])], '0x00000000'],
    ['wasm_tracing_enter_span_version_1', [new Uint8Array([0])], '0x0000000000000000'],
    ['wasm_tracing_exit_version_1', [3n], '0x'],
    ['offchain_index_set_version_1', ['k', 'v'], '0x'],
    ['transaction_index_index_version_1', [0, 10, new Uint8Array(32)], '0x'],
    ['benchmarking_current_time_version_1', [], `0x${'00'.repeat(16)}`],
    ['benchmarking_read_write_count_version_1', [], `0x${'00'.repeat(16)}`],
    ['benchmarking_proof_size_version_1', [], '0x00'],
    ['benchmarking_get_whitelist_version_1', [], '0x00'],
  ] as const)('%s', (name, args, answer) => {
    const outcome = assertOk(runner.run([[name, args, 16]]))
    expect(outcome.changes.size).toBe(0)
    expect(runner.results([[name, args, 16]])).toEqual([answer])
  })
})

function customSection(name: string, content: Uint8Array): Uint8Array {
  const body = concatBytes(new Uint8Array([name.length]), utf8ToBytes(name), content)
  return concatBytes(new Uint8Array([0, body.length]), body)
}

/** A module whose `Core_version` returns `version` after `first`; `extra` lies at 8192. */
function versionGuest(
  version: Uint8Array,
  first = '',
  extra: Uint8Array = new Uint8Array(),
): Promise<Uint8Array> {
  const text = (bytes: Uint8Array) =>
    `"${[...bytes].map((byte) => `\\${byte.toString(16).padStart(2, '0')}`).join('')}"`
  return assemble(`(module
    (import "env" "memory" (memory 1))
    (import "env" "ext_misc_runtime_version_version_1" (func $version (param i64) (result i64)))
    (global (export "__heap_base") i32 (i32.const 32768))
    (data (i32.const 1024) ${text(version)})
    (data (i32.const 8192) ${text(extra)})
    (func (export "Core_version") (param i32 i32) (result i64)
      ${first} (i64.or (i64.const 1024) (i64.shl (i64.const ${version.length}) (i64.const 32)))))`)
}
