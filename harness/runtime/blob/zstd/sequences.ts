import { BackwardBits } from './backwardBits.ts'
import { buildFseTable, constantFseTable, type FseTable, readFseTable } from './fseTable.ts'
import { damagedZstd } from './zstdErrors.ts'
import type { ZstdOutput } from './zstdOutput.ts'

/** Tables that a later block may repeat: literal lengths, offsets, match lengths. */
export type SequenceTables = readonly [FseTable, FseTable, FseTable]

/** What stays from block to block of a frame. */
export interface SequenceState {
  tables: SequenceTables | null
  /** The three last offsets, newest first. */
  readonly offsets: [number, number, number]
}

/** Accuracy and number of symbols at most; default accuracy and distribution. RFC 8878, 3.1.1.3.2. */
const KINDS = [
  {
    limits: { accuracyLog: 9, symbols: 36 },
    accuracyLog: 6,
    // biome-ignore format: a table of the specification
    distribution: [4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 2, 1, 1, 1, 1, 1, -1, -1, -1, -1],
  },
  {
    limits: { accuracyLog: 8, symbols: 32 },
    accuracyLog: 5,
    // biome-ignore format: a table of the specification
    distribution: [1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1],
  },
  {
    limits: { accuracyLog: 9, symbols: 53 },
    accuracyLog: 6,
    // biome-ignore format: a table of the specification
    distribution: [1, 4, 3, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1, -1, -1],
  },
] as const

// biome-ignore format: a table of the specification
const LITERAL_BITS = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]
// biome-ignore format: a table of the specification
const MATCH_BITS = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]
const LITERAL_BASES = basesOf(LITERAL_BITS, 0)
const MATCH_BASES = basesOf(MATCH_BITS, 3)

/** Each code starts where the one before it ends; from 16 extra values on that is a power of two, plus the first base. */
function basesOf(bits: readonly number[], first: number): readonly number[] {
  let next = first
  return bits.map((width) => {
    const base = next
    next += 2 ** width
    return base
  })
}

/** Runs the sequences of a block: copies literals and earlier output. `section` is what follows the literals. */
export function runSequences(
  section: Uint8Array,
  literals: Uint8Array,
  { state, output }: { readonly state: SequenceState; readonly output: ZstdOutput },
): void {
  const { count, size } = readCount(section)
  if (count === 0) {
    if (size !== section.length) throw damagedZstd('bytes are left after a block without sequences')
    output.append(literals)
    return
  }
  const { tables, size: tablesSize } = readTables(section.subarray(size), state.tables)
  state.tables = tables
  const bits = new BackwardBits(section.subarray(size + tablesSize))
  const used = execute({ bits, tables, count, literals, offsets: state.offsets, output })
  output.append(literals, used)
}

interface Run {
  readonly bits: BackwardBits
  readonly tables: SequenceTables
  readonly count: number
  readonly literals: Uint8Array
  readonly offsets: [number, number, number]
  readonly output: ZstdOutput
}

function execute({ bits, tables, count, literals, offsets, output }: Run): number {
  const [literalTable, offsetTable, matchTable] = tables
  let literalState = bits.read(literalTable.accuracyLog)
  let offsetState = bits.read(offsetTable.accuracyLog)
  let matchState = bits.read(matchTable.accuracyLog)
  let used = 0
  for (let i = 0; i < count; i++) {
    const offsetCode = offsetTable.symbols[offsetState] ?? 0
    const offsetValue = 2 ** offsetCode + bits.read(offsetCode)
    const matchCode = matchTable.symbols[matchState] ?? 0
    const matchLength = (MATCH_BASES[matchCode] ?? 0) + bits.read(MATCH_BITS[matchCode] ?? 0)
    const literalCode = literalTable.symbols[literalState] ?? 0
    const literalLength = (LITERAL_BASES[literalCode] ?? 0) + bits.read(LITERAL_BITS[literalCode] ?? 0)
    if (bits.left < 0 || used + literalLength > literals.length)
      throw damagedZstd('a sequence reads past its block')
    output.append(literals, used, used + literalLength)
    used += literalLength
    output.copyBack(takeOffset(offsets, offsetValue, literalLength), matchLength)
    if (i + 1 === count) break
    literalState = (literalTable.bases[literalState] ?? 0) + bits.read(literalTable.bits[literalState] ?? 0)
    matchState = (matchTable.bases[matchState] ?? 0) + bits.read(matchTable.bits[matchState] ?? 0)
    offsetState = (offsetTable.bases[offsetState] ?? 0) + bits.read(offsetTable.bits[offsetState] ?? 0)
  }
  if (bits.left !== 0) throw damagedZstd('bits are left after the sequences of a block')
  return used
}

/** Values 1 to 3 repeat an earlier offset; without literals they mean the one after it. RFC 8878, 3.1.1.5. */
function takeOffset(offsets: [number, number, number], value: number, literalLength: number): number {
  const [first, second, third] = offsets
  const which = value > 3 ? 4 : value - 1 + Number(literalLength === 0)
  const offset = value > 3 ? value - 3 : ([first, second, third, first - 1][which] ?? 0)
  if (which === 0) return offset
  offsets[2] = which === 1 ? third : second
  offsets[1] = first
  offsets[0] = offset
  return offset
}

function readCount(section: Uint8Array): { readonly count: number; readonly size: number } {
  const [b0, b1, b2] = [section[0], section[1] ?? 0, section[2] ?? 0]
  if (b0 === undefined) throw damagedZstd('a block has no sequences section')
  if (b0 < 128) return { count: b0, size: 1 }
  return b0 < 255 ? { count: ((b0 - 128) << 8) + b1, size: 2 } : { count: b1 + (b2 << 8) + 0x7f00, size: 3 }
}

function readTables(
  bytes: Uint8Array,
  previous: SequenceTables | null,
): { readonly tables: SequenceTables; readonly size: number } {
  const modes = bytes[0] ?? 0
  if ((modes & 3) !== 0) throw damagedZstd('a block has unknown sequence modes')
  let size = 1
  const read = (kind: 0 | 1 | 2): FseTable => {
    const mode = (modes >> (6 - 2 * kind)) & 3
    const { limits, accuracyLog, distribution } = KINDS[kind]
    if (mode === 0) return buildFseTable(accuracyLog, distribution)
    if (mode === 3) {
      if (previous === null) throw damagedZstd('a block repeats tables that no block before it has')
      return previous[kind]
    }
    if (mode === 2) {
      const read = readFseTable(bytes.subarray(size), limits)
      size += read.size
      return read.table
    }
    const symbol = bytes[size++]
    if (symbol === undefined || symbol >= limits.symbols)
      throw damagedZstd('a block has an unknown sequence code')
    return constantFseTable(symbol)
  }
  const tables = [read(0), read(1), read(2)] as const
  return { tables, size }
}
