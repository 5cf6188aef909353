import wabt from 'wabt'

const tools = await wabt()

export interface TextModuleParts {
  /** Body of `run`, with `$input`, `$output`, `$scratch`. */
  readonly run?: string
  readonly version?: string
  /** Body of `alloc`, with `$size`. */
  readonly alloc?: string
  readonly memory?: string
  /** More fields. */
  readonly more?: string
}

/** Room above the first page, as much as the host wants. */
const ALLOC = `
  (drop (memory.grow (i32.add (i32.const 1) (i32.shr_u (local.get $size) (i32.const 16)))))
  (i32.const 65536)`

/** A module of ABI 1 from its parts; without any, one whose `run` does nothing. */
export function textModule(parts: TextModuleParts = {}): Uint8Array {
  const {
    run = '',
    version = '(i32.const 1)',
    alloc = ALLOC,
    memory = '(memory (export "memory") 1)',
    more = '',
  } = parts
  const text = `(module ${more} ${memory}
    (func (export "abi_version") (result i32) ${version})
    (func (export "alloc") (param $size i32) (result i32) ${alloc})
    (func (export "run") (param $input i32) (param $output i32) (param $scratch i32) ${run}))`
  const parsed = tools.parseWat('test.wat', text, { bulk_memory: true, simd: true, multi_value: true })
  try {
    return new Uint8Array(parsed.toBinary({}).buffer)
  } finally {
    parsed.destroy()
  }
}
