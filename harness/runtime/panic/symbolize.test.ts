import { describe, expect, it } from 'vitest'
import wabt from 'wabt'
import { parseRuntimeBlob, prepareModule } from '../blob/index.ts'
import { captureWasmStack, type WasmFrame, withDeepStackTraces } from './captureWasmStack.ts'
import { symbolize } from './symbolize.ts'

const tools = await wabt()

/** A runtime in miniature, with the names that rustc gives. */
const RUNTIME = `(module
  (import "env" "memory" (memory 1))
  (import "env" "ext_logging_log_version_1" (func $ext_logging_log_version_1 (param i32)))
  (global $sp (mut i32) (i32.const 64))
  (func $rust_begin_unwind (unreachable))
  (func $_ZN4core9panicking9panic_fmt17h0011223344556677E (call $rust_begin_unwind))
  (func $_ZN4core9panicking18panic_bounds_check17h0011223344556677E
    (call $_ZN4core9panicking9panic_fmt17h0011223344556677E))
  (func $_ZN16pallet_subtensor5epoch33_$LT$impl$u20$Pallet$LT$T$GT$$GT$5epoch17habcdefabcdefabcdE (param i32)
    (if (i32.eq (local.get 0) (i32.const 1)) (then (call $_ZN4core9panicking18panic_bounds_check17h0011223344556677E)))
    (if (i32.eq (local.get 0) (i32.const 2)) (then (call $ext_logging_log_version_1 (i32.const 5))))
    (if (i32.eq (local.get 0) (i32.const 3)) (then (drop (i32.div_u (i32.const 1) (i32.const 0)))))
    (if (i32.eq (local.get 0) (i32.const 4)) (then (drop (i32.load (i32.const -4)))))
    (if (i32.eq (local.get 0) (i32.const 5))
      (then (call $_ZN16pallet_subtensor5epoch33_$LT$impl$u20$Pallet$LT$T$GT$$GT$5epoch17habcdefabcdefabcdE (local.get 0)))))
  (func $Core_execute_block (export "Core_execute_block") (param i32)
    (call $_ZN16pallet_subtensor5epoch33_$LT$impl$u20$Pallet$LT$T$GT$$GT$5epoch17habcdefabcdefabcdE (local.get 0)))
  (func (export "Core_initialize_block") (call $rust_begin_unwind))
)`

const EPOCH = 'pallet_subtensor::epoch::<impl Pallet<T>>::epoch'

function runtime(write_debug_names: boolean) {
  const blob = parseRuntimeBlob(tools.parseWat('runtime.wat', RUNTIME).toBinary({ write_debug_names }).buffer)
  const prepared = prepareModule(blob, { extraPages: 0, maximumPages: 10 })
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 10 })
  const log = () => {
    throw new TypeError('the host says no')
  }
  const module = new WebAssembly.Module(new Uint8Array(prepared.wasm))
  const { exports } = new WebAssembly.Instance(module, { env: { memory, ext_logging_log_version_1: log } })
  return { blob, exports }
}

function errorOf(action: () => void): unknown {
  return withDeepStackTraces(() => {
    try {
      action()
    } catch (error) {
      return error
    }
    throw new Error('did not throw')
  })
}

function stackOf(error: unknown): string {
  return error instanceof Error ? String(error.stack) : ''
}

const { blob, exports } = runtime(true)
const execute = (what: number) => call(exports, 'Core_execute_block', what)

function call(from: WebAssembly.Exports, name: string, argument = 0): void {
  const entry = from[name]
  if (typeof entry !== 'function') throw new Error(`no export ${name}`)
  entry(argument)
}

describe('captureWasmStack and symbolize', () => {
  it('shows a panic without its machinery', () => {
    const frames = captureWasmStack(errorOf(() => execute(1)))
    expect(frames).toHaveLength(5)
    expect(symbolize(frames, blob)).toEqual([
      { functionIndex: 4, symbol: EPOCH, offset: expect.any(Number) },
      { functionIndex: 5, symbol: 'Core_execute_block', offset: expect.any(Number) },
    ])
  })

  it.each([
    ['an error of a host function', 2, TypeError],
    ['a division by zero', 3, WebAssembly.RuntimeError],
    ['a load past the end', 4, WebAssembly.RuntimeError],
  ])('shows %s', (_, what, type) => {
    const error = errorOf(() => execute(what))
    expect(error).toBeInstanceOf(type)
    expect(symbolize(captureWasmStack(error), blob).map((frame) => frame.symbol)).toEqual([
      EPOCH,
      'Core_execute_block',
    ])
  })

  it('shows a stack overflow, up to the limit of frames', () => {
    const error = errorOf(() => execute(5))
    expect(error).toBeInstanceOf(RangeError)
    const frames = captureWasmStack(error)
    expect(frames).toHaveLength(200)
    expect(symbolize(frames, blob)[0]?.symbol).toBe(EPOCH)
  })

  it('keeps the machinery when there is nothing else', () => {
    const frames = captureWasmStack(errorOf(() => call(exports, 'Core_initialize_block'))).slice(0, 1)
    expect(symbolize(frames, blob).map((frame) => frame.symbol)).toEqual(['rust_begin_unwind'])
  })

  it('falls back to export names, then to null', () => {
    const bare = runtime(false)
    const frames = captureWasmStack(errorOf(() => call(bare.exports, 'Core_execute_block', 3)))
    expect(symbolize(frames, bare.blob).map((frame) => frame.symbol)).toEqual([null, 'Core_execute_block'])
  })

  it('gives the same frames when the stack was read before', () => {
    const error = errorOf(() => execute(1))
    expect(stackOf(error)).toContain('wasm-function[1]')
    expect(symbolize(captureWasmStack(error), blob)).toHaveLength(2)
    expect(symbolize(captureWasmStack(error), blob)).toHaveLength(2)
  })

  it('leaves the hook, the limit and the text of the stack as they were', () => {
    const hook = (error: Error) => `mine: ${error.message}`
    const previous = Error.prepareStackTrace
    const limit = Error.stackTraceLimit
    const error = errorOf(() => execute(1))
    Error.prepareStackTrace = hook
    try {
      captureWasmStack(error)
      expect(Error.prepareStackTrace).toBe(hook)
    } finally {
      Error.prepareStackTrace = previous
    }
    expect(Error.stackTraceLimit).toBe(limit)
    expect(stackOf(error)).toMatch(/^RuntimeError: unreachable\n {4}at .*wasm-function\[1\]/)
  })

  it('has no frames for what is not an error of wasm', () => {
    for (const thrown of [null, 'text', { stack: 'wasm-function[1]:0x2' }, new Error('plain')]) {
      expect(captureWasmStack(thrown)).toEqual([])
    }
    expect(symbolize([], blob)).toEqual([])
  })

  it('drops frames of host functions that are wasm themselves', () => {
    const frames: WasmFrame[] = [
      { functionIndex: 4, offset: 1, name: null, module: 'wasm://wasm/helper' },
      { functionIndex: 5, offset: 2, name: null, module: 'wasm://wasm/runtime' },
    ]
    expect(symbolize(frames, blob).map((frame) => frame.functionIndex)).toEqual([5])
  })
})
