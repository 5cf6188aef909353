import { DrydockError } from '../../base/errors.ts'
import { ShapeError } from './shape.ts'

/** Runs an encoding; a value that does not fit becomes a `CODEC_ENCODE` error that names it. */
export function asEncodeError<T>(what: string, encode: () => T): T {
  try {
    return encode()
  } catch (error) {
    if (!(error instanceof ShapeError)) throw error
    throw new DrydockError(`${what} cannot be encoded: ${error.describe()}`, {
      code: 'CODEC_ENCODE',
      kind: 'usage',
      cause: error,
    })
  }
}
