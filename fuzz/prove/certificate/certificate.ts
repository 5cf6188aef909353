import { z } from 'zod'
import { DrydockError } from '../../../harness/base/errors.ts'
import type { ProofResult } from '../judge/index.ts'

/**
 * What was decided, as a file that can be checked again: the module by hash, shapes, limits, assumptions, the decision for
 * each site, and the text of each query that a solver answered with "unsat". It is no proof object: checking it means walking
 * again, and asking a solver again.
 */
export interface Certificate {
  readonly format: 'drydock-consensus-certificate'
  readonly version: 1
  readonly result: ProofResult
}

const MAX_BYTES = 64 << 20

/** Only what checking needs is read; the rest is compared as it is. */
const schema = z.object({
  format: z.literal('drydock-consensus-certificate'),
  version: z.literal(1),
  result: z.object({
    moduleSha256: z.string().regex(/^[0-9a-f]{64}$/),
    limits: z.object({
      maxSteps: z.int().min(1),
      maxPages: z.int().min(1).max(65_536),
      searchRuns: z.int().min(0),
    }),
    families: z
      .array(
        z.object({
          spec: z.string().max(32),
          bound: z.unknown(),
          pages: z.number(),
          sites: z.array(z.unknown()),
        }),
      )
      .max(100),
    claims: z.array(z.unknown()).max(10_000),
    queries: z.array(z.object({ smt2: z.string(), sha256: z.string().regex(/^[0-9a-f]{64}$/) })).max(100_000),
  }),
})

/** A certificate as it was read: what `checkCertificate` looks at. */
export type ReadCertificate = z.infer<typeof schema>

/** Bigints, which only inputs have, become decimal strings. */
export function certificateToJson(result: ProofResult): string {
  const certificate: Certificate = { format: 'drydock-consensus-certificate', version: 1, result }
  return `${JSON.stringify(certificate, (_, value) => (typeof value === 'bigint' ? String(value) : value), 2)}\n`
}

/** Errors: `PROVE_CERTIFICATE` when the text is none. */
export function certificateFromJson(text: string): ReadCertificate {
  const parsed = text.length > MAX_BYTES ? null : schema.safeParse(readJson(text))
  if (parsed?.success === true) return parsed.data
  throw new DrydockError('not a certificate of `drydock prove`', {
    code: 'PROVE_CERTIFICATE',
    kind: 'usage',
    hints: ['Give the file that `drydock prove FILE --certificate CERT` wrote.'],
  })
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
