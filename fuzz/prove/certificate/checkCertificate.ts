import { createHash } from 'node:crypto'
import { type FamilyProof, type ProveOptions, parseFamilies, proveModule } from '../judge/index.ts'
import { type Solver, withCommands } from '../solver/index.ts'
import type { ReadCertificate } from './certificate.ts'

/** Whether a certificate says what a new judgement of the module says. */
export interface CertificateCheck {
  readonly agrees: boolean
  /** What differs, a sentence each. */
  readonly differences: readonly string[]
  /** Queries of the certificate that came up again, and of these how many a solver was asked. */
  readonly queries: { readonly needed: number; readonly asked: number }
}

/**
 * Judges the module again over the certificate's shapes and limits, and compares. A query counts as "unsat" only when its text
 * comes out of the new walk and stands in the certificate; with a solver, it is asked too.
 */
export async function checkCertificate(
  wasm: Uint8Array,
  { result: certified }: ReadCertificate,
  options: Pick<ProveOptions, 'solver' | 'signal' | 'timeMs' | 'onProgress'> = {},
): Promise<CertificateCheck> {
  const differences: string[] = []
  const sha256 = hashOf(wasm)
  if (sha256 !== certified.moduleSha256) {
    const message = `The certificate is for the module ${certified.moduleSha256}, this one is ${sha256}.`
    return { agrees: false, differences: [message], queries: { needed: 0, asked: 0 } }
  }
  for (const { smt2, sha256: claimed } of certified.queries) {
    if (hashOf(smt2) !== claimed) differences.push(`A query's text does not have the hash ${claimed}.`)
  }
  const lookup = new CertifiedAnswers(
    new Set(certified.queries.map(({ smt2 }) => hashOf(smt2))),
    options.solver ?? null,
  )
  const again = await proveModule(wasm, {
    ...options,
    ...certified.limits,
    families: certified.families.flatMap(({ spec }) => parseFamilies(spec)),
    solver: certified.queries.length > 0 ? lookup : null,
  })
  again.families.forEach((family, i) => {
    differences.push(...familyDifferences(family, certified.families[i]))
  })
  const claims = (list: readonly unknown[]) => list.map((claim) => JSON.stringify(claim))
  const [before, now] = [claims(certified.claims), claims(again.claims)]
  for (const claim of before) if (!now.includes(claim)) differences.push(`Not confirmed: ${claim}`)
  for (const claim of now) if (!before.includes(claim)) differences.push(`Not in the certificate: ${claim}`)
  const { needed, asked } = lookup
  return { agrees: differences.length === 0, differences, queries: { needed, asked } }
}

function familyDifferences(
  family: FamilyProof,
  certified: ReadCertificate['result']['families'][number] | undefined,
): readonly string[] {
  const differences: string[] = []
  const compare = (what: string, before: unknown, now: unknown) => {
    if (JSON.stringify(before) === JSON.stringify(now)) return
    differences.push(`${family.name}: ${what} differ from the certificate.`)
  }
  compare('bounds', certified?.bound, family.bound)
  compare('pages', certified?.pages, family.pages)
  compare('decisions for sites', certified?.sites, family.sites)
  return differences
}

/** Answers what the certificate holds, after asking the solver if there is one. */
class CertifiedAnswers implements Solver {
  readonly name = 'certificate'
  needed = 0
  asked = 0
  readonly #texts: ReadonlySet<string>
  readonly #solver: Solver | null

  constructor(texts: ReadonlySet<string>, solver: Solver | null) {
    this.#texts = texts
    this.#solver = solver
  }

  async check(query: Parameters<Solver['check']>[0]): ReturnType<Solver['check']> {
    if (!this.#texts.has(hashOf(withCommands(query.text, [])))) {
      return { kind: 'unknown', reason: 'the certificate has no such query' }
    }
    this.needed++
    if (this.#solver === null) return { kind: 'unsat' }
    this.asked++
    return this.#solver.check(query)
  }
}

function hashOf(content: Uint8Array | string): string {
  return createHash('sha256').update(content).digest('hex')
}
