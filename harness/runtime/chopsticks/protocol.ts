export type Hex = `0x${string}`

/** What `run_task` of Chopsticks' executor takes. */
export interface Task {
  readonly id: number
  readonly wasm: Hex
  readonly calls: readonly (readonly [entryPoint: string, args: readonly Hex[]])[]
  /** 0 verify, 1 accept marked signatures, 2 accept all. */
  readonly mockSignatureHost: 0 | 1 | 2
  readonly allowUnresolvedImports: boolean
  readonly runtimeLogLevel: number
  readonly storageProofSize: number
}

/** What `run_task` answers. */
export type TaskResponse =
  | { readonly Error: string }
  | {
      readonly Call: {
        readonly result: Hex
        readonly storageDiff: readonly (readonly [Hex, Hex | null | undefined])[]
        readonly runtimeLogs: readonly {
          readonly message: string
          readonly level?: number
          readonly target?: string
        }[]
      }
    }

/** What the interpreter asks of the state while a task runs. */
export type Question =
  | { readonly kind: 'get'; readonly id: number; readonly key: Hex }
  | { readonly kind: 'nextKey'; readonly id: number; readonly prefix: Hex; readonly key: Hex }

export type FromThread = Question | { readonly kind: 'done'; readonly response: TaskResponse }

export type ToThread =
  | { readonly kind: 'task'; readonly task: Task }
  | { readonly kind: 'answer'; readonly id: number; readonly value: Hex | undefined }
