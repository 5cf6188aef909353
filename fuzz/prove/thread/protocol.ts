import type { ErrorKind } from '../../../harness/base/errors.ts'
import type { CertificateCheck } from '../certificate/index.ts'
import type { ProofResult } from '../judge/index.ts'

/** What a thread is asked to do: judge a module, or check a certificate of it. */
export interface ProveJob {
  readonly wasm: Uint8Array
  /** `z3`, the path of a program, or null for none. */
  readonly solver: string | null
  /** As `parseFamilies` reads them; null for the default. */
  readonly shapes: string | null
  readonly timeMs: number
  readonly maxSteps: number
  /** Text of the certificate to check; null to judge. */
  readonly certificate: string | null
}

/** What a thread says; errors with the parts of a `DrydockError`. */
export type ProveReply =
  | { readonly kind: 'progress'; readonly text: string }
  | { readonly kind: 'proved'; readonly result: ProofResult }
  | { readonly kind: 'checked'; readonly check: CertificateCheck }
  | {
      readonly kind: 'failed'
      readonly code: string
      readonly errorKind: ErrorKind
      readonly message: string
      readonly hints: readonly string[]
    }
