/** The part of the WebAssembly JavaScript API that we use; TypeScript has it only in the `dom` library. */
declare namespace WebAssembly {
  type ValueType = 'i32' | 'i64' | 'f32' | 'f64' | 'externref' | 'anyfunc'
  type ImportValue = ((...args: never[]) => unknown) | Global | Memory | Table
  type ModuleImports = Record<string, ImportValue>
  type Imports = Record<string, Record<string, ImportValue>>
  type Exports = Readonly<Record<string, unknown>>

  class Module {
    constructor(bytes: Uint8Array)
    static imports(module: Module): { module: string; name: string; kind: string }[]
    static exports(module: Module): { name: string; kind: string }[]
    static customSections(module: Module, name: string): ArrayBuffer[]
  }
  class Instance {
    constructor(module: Module, imports?: Imports)
    readonly exports: Exports
  }
  class Memory {
    constructor(descriptor: { initial: number; maximum?: number; shared?: boolean })
    readonly buffer: ArrayBuffer
    grow(pages: number): number
  }
  class Global {
    constructor(descriptor: { value: ValueType; mutable?: boolean }, value?: unknown)
    value: unknown
  }
  class Table {
    constructor(descriptor: { element: 'anyfunc' | 'externref'; initial: number; maximum?: number })
    readonly length: number
  }
  class CompileError extends Error {}
  class LinkError extends Error {}
  class RuntimeError extends Error {}
  function validate(bytes: Uint8Array): boolean
}
