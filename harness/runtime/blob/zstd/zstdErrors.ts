import { DrydockError } from '../../../base/errors.ts'

const HINTS = ['Build or fetch the file again and compare its size and hash.']

/** Compressed bytes that break the format. */
export function damagedZstd(problem: string): DrydockError {
  return new DrydockError(`damaged zstd: ${problem}`, {
    code: 'BLOB_MALFORMED',
    kind: 'usage',
    hints: HINTS,
    details: { section: 'zstd', problem },
  })
}

/** Compressed bytes that end too early. */
export function truncatedZstd(sizeBytes: number): DrydockError {
  return new DrydockError(
    `truncated zstd: the compressed runtime ends after ${sizeBytes} bytes, inside a frame`,
    {
      code: 'BLOB_TRUNCATED',
      kind: 'usage',
      hints: HINTS,
      details: { section: 'zstd', sizeBytes },
    },
  )
}
