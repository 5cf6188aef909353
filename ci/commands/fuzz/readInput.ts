import { readFileSync } from 'node:fs'
import { textToSteps } from '../../../fuzz/corpus/readSteps.ts'
import type { Step } from '../../../fuzz/strategies/step.ts'
import { DrydockError, errorMessage } from '../../../harness/base/errors.ts'

/** The steps in a file. Throws `FUZZ_INPUT` for a file that cannot be read or holds none. */
export function readInput(path: string): readonly Step[] {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    throw new DrydockError(`${path} cannot be read: ${errorMessage(cause)}`, {
      code: 'FUZZ_INPUT',
      kind: 'usage',
      hints: ['Give an input.json of a finding, or a file of a corpus.'],
      cause,
    })
  }
  return textToSteps(text, path)
}
