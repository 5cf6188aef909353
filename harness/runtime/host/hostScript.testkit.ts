/**
 * Calls host functions through real wasm, for tests: a guest made from the table of host functions runs a list of calls that
 * it finds in its input, and returns what each gave.
 */
import wabt from 'wabt'
import { concatBytes } from '../../base/bytes.ts'
import { encodeUint } from '../../codec/scale.ts'
import { type HostFunction, wasmSignature } from './hostFunction.ts'
import { HOST_FUNCTIONS } from './hostFunctions.ts'

/** A `ps` or `ptr` as it is, in place of bytes that the guest has. */
export interface RawRange {
  readonly pointer: number
  readonly length: number
}

/** Bytes are put into the guest's memory; the same array stands for the same place, so it can be read with `peek`. */
export type ScriptArgument = Uint8Array | RawRange | number | bigint

const OUT = 0x2_0000
const HEAP_BASE = 0x20_0000
const RECORD_BYTES = 8
const ARGUMENT_BYTES = 16

/** What the guest calls a look at its own memory. */
const PEEK: HostFunction = { name: 'peek', params: ['ps'], result: 'ps', run: () => undefined }
const ROWS: readonly HostFunction[] = [...HOST_FUNCTIONS, PEEK]

/** Assembles WebAssembly text; proposals that runtimes have are on. */
export async function assemble(text: string): Promise<Uint8Array> {
  const toolkit = await wabt()
  const features = { bulk_memory: true, reference_types: true, mutable_globals: true, sign_extension: true }
  const module = toolkit.parseWat('guest.wat', text, features)
  try {
    return module.toBinary({ write_debug_names: true }).buffer.slice()
  } finally {
    module.destroy()
  }
}

/** The guest with the entry point `run`; it imports every host function with the signature of its row. */
export function scriptGuestWat(memory: 'imported' | 'own' = 'imported'): string {
  const pages = HEAP_BASE / 65_536
  return `(module
  ${memory === 'imported' ? `(import "env" "memory" (memory ${pages}))` : ''}
${HOST_FUNCTIONS.map(importWat).join('\n')}
  ${memory === 'own' ? `(memory (export "memory") ${pages})` : ''}
  (global (export "__heap_base") i32 (i32.const ${HEAP_BASE}))
  (global $out (mut i32) (i32.const ${OUT}))
  (func $word (param $value i64) (param $size i32)
    (i32.store (global.get $out) (local.get $size))
    (i64.store offset=4 (global.get $out) (local.get $value))
    (global.set $out (i32.add (global.get $out) (i32.add (local.get $size) (i32.const 4)))))
  (func $bytes (param $from i32) (param $size i32)
    (i32.store (global.get $out) (local.get $size))
    (memory.copy (i32.add (global.get $out) (i32.const 4)) (local.get $from) (local.get $size))
    (global.set $out (i32.add (global.get $out) (i32.add (local.get $size) (i32.const 4)))))
  (func $range (param $ps i64)
    (call $bytes (i32.wrap_i64 (local.get $ps)) (i32.wrap_i64 (i64.shr_u (local.get $ps) (i64.const 32)))))
  (func $step (param $p i32) (param $in i32) (result i32)
    (local $a i32)
    (local.set $a (i32.add (local.get $p) (i32.const ${RECORD_BYTES})))
    ${dispatchWat()}
    unreachable)
  (func (export "run") (param $in i32) (param $length i32) (result i64)
    (local $left i32) (local $p i32)
    (local.set $left (i32.load (local.get $in)))
    (local.set $p (i32.add (local.get $in) (i32.const 8)))
    (block $done (loop $next
      (br_if $done (i32.eqz (local.get $left)))
      (local.set $p (call $step (local.get $p) (local.get $in)))
      (local.set $left (i32.sub (local.get $left) (i32.const 1)))
      (br $next)))
    (i64.or (i64.const ${OUT}) (i64.shl (i64.extend_i32_u (i32.sub (global.get $out) (i32.const ${OUT}))) (i64.const 32)))))`
}

function importWat(row: HostFunction): string {
  const { params, results } = wasmSignature(row)
  const types = [...params.map((type) => `(param ${type})`), ...results.map((type) => `(result ${type})`)]
  return `  (import "env" "${row.name}" (func $${row.name} ${types.join(' ')}))`
}

function dispatchWat(): string {
  const labels = ROWS.map((_, i) => `$r${i}`).join(' ')
  let text = `(br_table ${labels} $past (i32.load (local.get $p)))`
  for (const [i, row] of ROWS.entries()) {
    const next = `(return (i32.add (local.get $a) (i32.const ${row.params.length * ARGUMENT_BYTES})))`
    text = `(block $r${i} ${text}) ${callWat(row)} ${next}`
  }
  return `(block $past ${text})`
}

function callWat(row: HostFunction): string {
  const args = row.params.map((type, i) => {
    const at = `offset=${i * ARGUMENT_BYTES} (local.get $a)`
    const flag = `(i64.load offset=${i * ARGUMENT_BYTES + 8} (local.get $a))`
    const value = `(i64.add (i64.load ${at}) (i64.mul ${flag} (i64.extend_i32_u (local.get $in))))`
    return type === 'ps' || type === 'i64' ? value : `(i32.wrap_i64 ${value})`
  })
  if (row === PEEK) return `(call $range ${args.join(' ')})`
  const call = `(call $${row.name} ${args.join(' ')})`
  switch (row.result) {
    case 'void':
      return `${call} (call $word (i64.const 0) (i32.const 0))`
    case 'i32':
      return `(call $word (i64.extend_i32_u ${call}) (i32.const 4))`
    case 'i64':
      return `(call $word ${call} (i32.const 8))`
    case 'ps':
      return `(call $range ${call})`
    case 'ptr':
      return `(call $bytes ${call} (i32.load offset=4 (local.get $p)))`
  }
}

/** A list of host calls in the making. */
export class HostScript {
  readonly #calls: {
    readonly row: number
    readonly size: number
    readonly args: readonly ScriptArgument[]
  }[] = []

  /** `size` is that of a `ptr` result. Throws `TypeError` for a name that is not a host function, or the wrong arguments. */
  call(name: string, args: readonly ScriptArgument[] = [], size = 32): this {
    const row = ROWS.findIndex((one) => one.name === name || one.name === `ext_${name}`)
    if (row < 0) throw new TypeError(`no host function ${name}`)
    if (ROWS[row]?.params.length !== args.length) throw new TypeError(`${name} takes different arguments`)
    this.#calls.push({ row, size, args })
    return this
  }

  /** Returns what `bytes` hold now in the guest's memory. */
  peek(bytes: Uint8Array): this {
    return this.call('peek', [bytes])
  }

  /** The input of the guest's `run`. */
  toInput(): Uint8Array {
    const records = this.#calls.map(({ args }) => RECORD_BYTES + args.length * ARGUMENT_BYTES)
    let end = records.reduce((sum, size) => sum + size, 8)
    const payload = new Map<Uint8Array, number>()
    for (const { args } of this.#calls) {
      for (const arg of args) {
        if (!(arg instanceof Uint8Array) || payload.has(arg)) continue
        payload.set(arg, end)
        end += arg.length
      }
    }
    const encoded = this.#calls.flatMap(({ row, size, args }) => [
      encodeUint(row, 4),
      encodeUint(size, 4),
      ...args.flatMap((arg) => encodeArgument(arg, payload)),
    ])
    return concatBytes(encodeUint(this.#calls.length, 8), ...encoded, ...payload.keys())
  }
}

function encodeArgument(arg: ScriptArgument, payload: ReadonlyMap<Uint8Array, number>): Uint8Array[] {
  const word = (value: bigint) => encodeUint(BigInt.asUintN(64, value), 8)
  const range = (pointer: number, length: number) => word(BigInt(pointer) | (BigInt(length) << 32n))
  if (arg instanceof Uint8Array) return [range(payload.get(arg) ?? 0, arg.length), word(1n)]
  if (typeof arg === 'object') return [range(arg.pointer, arg.length), word(0n)]
  return [word(BigInt(arg)), word(0n)]
}

/** What each call of a script gave: bytes of a `ps` or `ptr`, little-endian bytes of a number, nothing. */
export function readScriptOutput(output: Uint8Array): readonly Uint8Array[] {
  const results: Uint8Array[] = []
  const data = new DataView(output.buffer, output.byteOffset, output.byteLength)
  for (let at = 0; at < output.length; ) {
    const size = data.getUint32(at, true)
    results.push(output.slice(at + 4, at + 4 + size))
    at += 4 + size
  }
  return results
}
