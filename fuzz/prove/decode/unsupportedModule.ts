import { DrydockError } from '../../../harness/base/errors.ts'

/** The error for a module that the prover can't take: what it has, and where. */
export function unsupportedModule(what: string, offset: number | null): DrydockError {
  const where = offset === null ? '' : ` at byte ${offset}`
  return new DrydockError(`this module can't be judged: ${what}${where}`, {
    code: 'PROVE_UNSUPPORTED',
    kind: 'usage',
    hints: [
      'A consensus function is a module without imports that uses integers only (WebAssembly 1.0, sign extension, memory.fill and memory.copy).',
    ],
    details: offset === null ? { what } : { what, offset },
  })
}
