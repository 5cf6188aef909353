import type { RuntimeVersionNumbers } from './checkReport.ts'

/** What a runtime file is, as plain data. Texts come from the runtime; renderers escape them. */
export interface RuntimeInspection {
  readonly schemaVersion: 1
  /** What the user gave. */
  readonly source: string
  readonly sizeBytes: number
  readonly compression: string
  /** Size of the module once decompressed. */
  readonly wasmSizeBytes: number
  readonly hashes: {
    /** Of the file as it is: what `authorize_upgrade` authorizes. */
    readonly blake2_256: string
    readonly sha256: string
    /** Of the decompressed module. */
    readonly wasmBlake2_256: string
  }
  /** Null when the runtime does not say; `problems` has the reason. */
  readonly version: RuntimeVersionNumbers | null
  /** Where the version stands: in the file's custom section, or only in what `Core_version` answers. */
  readonly versionFrom: 'customSection' | 'Core_version' | null
  readonly metadataVersion: number | null
  /** Calls that a proposal for this runtime holds, with the hash to compare before signing. */
  readonly proposals: readonly ProposalHash[]
  readonly apis: readonly RuntimeApi[]
  /** Functions that other programs may call; with `apis` they are all that the runtime offers. */
  readonly entryPoints: readonly string[]
  readonly imports: readonly InspectedImport[]
  readonly memory: InspectedMemory
  readonly heapBase: number | null
  readonly functionCount: number
  readonly codeSizeBytes: number
  /** Without it a panic's stack has numbers instead of names. */
  readonly hasNameSection: boolean
  readonly customSections: readonly { readonly name: string; readonly sizeBytes: number }[]
  /** WebAssembly proposals in use that a node has switched off. */
  readonly disabledProposals: readonly string[]
  /** Null when the code could not be read; `problems` has the reason. */
  readonly floatInstructions: FloatInstructions | null
  /** What could not be found out, a sentence each. */
  readonly problems: readonly string[]
}

export interface ProposalHash {
  /** `Pallet.call`; a call around another as `Sudo.sudo(System.set_code)`. */
  readonly call: string
  readonly encodedSizeBytes: number
  /** blake2-256 of the encoded call. */
  readonly callHash: string
}

export interface RuntimeApi {
  /** blake2-64 of the name, hex. */
  readonly id: string
  /** Null when no entry point belongs to it. */
  readonly name: string | null
  readonly version: number
}

export interface InspectedImport {
  readonly module: string
  readonly name: string
  readonly kind: string
  /** False for a host function that Drydock does not have. */
  readonly isKnown: boolean
}

export interface InspectedMemory {
  readonly source: 'import' | 'own'
  /** In pages of 64 KiB. */
  readonly minPages: number
  readonly maxPages: number | null
}

/** Floating point in a runtime is not deterministic across machines. */
export interface FloatInstructions {
  readonly count: number
  /** The functions that have them, the first of them only. */
  readonly functions: readonly string[]
}
