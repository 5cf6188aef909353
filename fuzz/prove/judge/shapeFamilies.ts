import { DrydockError } from '../../../harness/base/errors.ts'
import { allShapes, denseShape, describeShape, type ProofShape } from '../shapes/index.ts'

/** Shapes that are claimed together. */
export interface ShapeFamily {
  /** What `parseFamilies` reads. */
  readonly spec: string
  readonly name: string
  readonly count: number
  shapes(): Iterable<ProofShape>
}

/** Every n up to a limit, with every row length 0..n. */
export function everySmallShape(most: number): ShapeFamily {
  const sizes = Array.from({ length: most + 1 }, (_, n) => n)
  return {
    spec: `all${most}`,
    name: `every n <= ${most} with every row length 0..n`,
    count: sizes.reduce((sum, n) => sum + (n + 1) ** n, 0),
    *shapes() {
      for (const n of sizes) yield* allShapes(n)
    },
  }
}

/** One shape: n neurons with equally long rows. */
export function oneDenseShape(n: number, row: number): ShapeFamily {
  const shape = denseShape(n, row)
  return { spec: `${n}x${row}`, name: describeShape(shape), count: 1, shapes: () => [shape] }
}

const MAX_SMALL = 5
const LARGEST = 65_535

/**
 * Families from text: `all4` for every shape up to n = 4, `256x64` for 256 neurons with rows of 64; separated by commas.
 * Errors: `PROVE_SHAPES` for anything else.
 */
export function parseFamilies(text: string): readonly ShapeFamily[] {
  return text.split(',').map((part) => {
    const all = /^all([0-9])$/.exec(part.trim())
    if (all !== null && Number(all[1]) <= MAX_SMALL) return everySmallShape(Number(all[1]))
    const dense = /^([0-9]{1,5})x([0-9]{1,5})$/.exec(part.trim())
    const [n, row] = [Number(dense?.[1] ?? Number.NaN), Number(dense?.[2] ?? Number.NaN)]
    if (n >= 1 && n <= LARGEST && row <= LARGEST) return oneDenseShape(n, row)
    throw new DrydockError(`not a family of shapes: ${JSON.stringify(part)}`, {
      code: 'PROVE_SHAPES',
      kind: 'usage',
      hints: [
        `Write all1 to all${MAX_SMALL} for every small shape, or 256x64 for 256 neurons with rows of 64.`,
      ],
    })
  })
}
