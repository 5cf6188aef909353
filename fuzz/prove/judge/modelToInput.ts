import type { ConsensusInput } from '../../consensus/abi/index.ts'
import type { InputUnknown, ProofShape } from '../shapes/index.ts'
import type { Term } from '../terms/index.ts'

/** The input that a solver's model means; what the model leaves open is the least value that is allowed. */
export function modelToInput(
  shape: ProofShape,
  unknowns: readonly InputUnknown[],
  {
    names,
    model,
  }: { readonly names: ReadonlyMap<Term, string>; readonly model: ReadonlyMap<string, bigint> },
): ConsensusInput {
  const values = new Map<string, bigint>()
  for (const { field, index, term } of unknowns) {
    const name = names.get(term)
    values.set(`${field} ${index}`, (name === undefined ? undefined : model.get(name)) ?? BigInt(term.low))
  }
  const number = (field: InputUnknown['field'], index = 0) => Number(values.get(`${field} ${index}`) ?? 0n)
  return {
    kappa: number('kappa'),
    alpha: number('alpha'),
    maxValidators: number('maxValidators'),
    bondsPenalty: number('bondsPenalty'),
    neurons: shape.lengths.map((length, i) => ({
      stake: values.get(`stake ${i}`) ?? 0n,
      active: number('active', i),
      row: Array.from({ length }, (_, k) => {
        const cell = i * shape.cap + k
        return { uid: number('uid', cell), weight: number('weight', cell), bond: number('bond', cell) }
      }),
    })),
  }
}
