import { ABI_VERSION, type BlockLayout, HEADER } from '../../consensus/abi/index.ts'
import { fillCells, type Memory } from '../memory/index.ts'
import { mergeRegions, type Region } from '../regions/index.ts'
import { isTerm, mostOf, type Term, type TermBuilder, type Value } from '../terms/index.ts'
import type { State } from '../walk/index.ts'
import type { ProofShape } from './shape.ts'

const PAGE_BYTES = 65_536

/** What an unknown of the input is: the name of its field and its index there (0 for parameters). */
export interface InputUnknown {
  readonly field:
    | 'kappa'
    | 'alpha'
    | 'maxValidators'
    | 'bondsPenalty'
    | 'stake'
    | 'active'
    | 'uid'
    | 'weight'
    | 'bond'
  readonly index: number
  readonly term: Term
}

export interface LaidOut {
  readonly state: State
  readonly operands: readonly number[]
  readonly unknowns: readonly InputUnknown[]
}

/**
 * Puts the block of ABI 1 into memory: what the shape fixes as it is, every value as an unknown within what the ABI promises,
 * and what the ABI leaves open (output, scratch, memory above) as unknown bytes.
 */
export function layOutInput(
  builder: TermBuilder,
  state: State,
  {
    base,
    ownsHeap,
    layout,
    shape,
  }: { base: number; ownsHeap: boolean; layout: BlockLayout; shape: ProofShape },
): LaidOut {
  const writer = new InputWriter(builder, state.memory, base + layout.input)
  writeHeader(writer, layout, shape)
  writeArrays(writer, layout, shape)
  const open = openSpans({ base, ownsHeap, layout, pages: state.pages })
  for (const span of open) fillOpen(builder, state.memory, span)
  state.regions = regionsOf({ base, ownsHeap, layout, pages: state.pages })
  state.cost = 0
  const operands = [base + layout.input, base + layout.output, base + layout.scratch]
  return { state, operands, unknowns: writer.unknowns }
}

class InputWriter {
  readonly unknowns: InputUnknown[] = []
  readonly #builder: TermBuilder
  readonly #memory: Memory
  readonly #start: number

  constructor(builder: TermBuilder, memory: Memory, start: number) {
    this.#builder = builder
    this.#memory = memory
    this.#start = start
  }

  word(offset: number, value: Value): void {
    this.#memory.write(this.#start + offset, 4, value)
  }

  unknown(
    offset: number,
    size: 1 | 2 | 4 | 8,
    about: { readonly field: InputUnknown['field']; readonly index: number; readonly most?: number },
  ): void {
    const high = about.most ?? mostOf(8 * size)
    const term = this.#builder.unknown(size === 8 ? 64 : 32, { low: 0, high, stride: 1 })
    this.#memory.write(this.#start + offset, size, term)
    if (isTerm(term)) this.unknowns.push({ field: about.field, index: about.index, term })
  }

  /** A row's length where it means nothing: at most `cap`, and no part of an input. */
  staleLength(offset: number, cap: number): void {
    this.word(offset, this.#builder.unknown(32, { low: 0, high: cap, stride: 1 }))
  }
}

function writeHeader(writer: InputWriter, layout: BlockLayout, shape: ProofShape): void {
  for (let offset = 0; offset < HEADER.sizeBytes; offset += 4) writer.word(offset, 0)
  writer.word(HEADER.version, ABI_VERSION)
  writer.word(HEADER.maxN, shape.maxN)
  writer.word(HEADER.cap, shape.cap)
  writer.word(HEADER.n, shape.n)
  writer.word(HEADER.scratchBytes, layout.scratchBytes)
  writer.unknown(HEADER.kappa, 4, { field: 'kappa', index: 0, most: 65_535 })
  writer.unknown(HEADER.alpha, 4, { field: 'alpha', index: 0, most: 65_535 })
  writer.unknown(HEADER.maxValidators, 4, { field: 'maxValidators', index: 0 })
  writer.unknown(HEADER.bondsPenalty, 4, { field: 'bondsPenalty', index: 0, most: 65_535 })
}

function writeArrays(writer: InputWriter, { inputLayout }: BlockLayout, shape: ProofShape): void {
  const { stake, len, active, uid, weight, bond } = inputLayout
  for (let i = 0; i < shape.maxN; i++) {
    writer.unknown(stake + 8 * i, 8, { field: 'stake', index: i })
    writer.unknown(active + i, 1, { field: 'active', index: i })
    const length = shape.lengths[i]
    if (length === undefined) writer.staleLength(len + 4 * i, shape.cap)
    else writer.word(len + 4 * i, length)
  }
  const cells = shape.maxN * shape.cap
  for (const [field, offset] of [
    ['uid', uid],
    ['weight', weight],
    ['bond', bond],
  ] as const) {
    for (let i = 0; i < cells; i++) writer.unknown(offset + 2 * i, 2, { field, index: i })
  }
}

interface Span {
  readonly start: number
  readonly end: number
}

interface Block {
  readonly base: number
  readonly ownsHeap: boolean
  readonly layout: BlockLayout
  readonly pages: number
}

/** Memory whose content nobody promises. */
function openSpans({ base, ownsHeap, layout, pages }: Block): readonly Span[] {
  const output = base + layout.output
  const scratch = base + layout.scratch
  const spans = [
    { start: output, end: output + layout.outputLayout.sizeBytes },
    { start: scratch, end: scratch + layout.scratchBytes },
  ]
  return ownsHeap ? [...spans, { start: base + layout.sizeBytes, end: pages * PAGE_BYTES }] : spans
}

/** Unknown words of 8 bytes, and bytes behind them. Exact terms need an unknown of its own in each place. */
function fillOpen(builder: TermBuilder, memory: Memory, { start, end }: Span): void {
  const words = Math.floor((end - start) / 8)
  const behind = start + 8 * words
  if (builder.isExact) for (let i = 0; i < words; i++) memory.write(start + 8 * i, 8, builder.unknown(64))
  else if (words > 0) {
    const any = builder.summary(64, { low: 0, high: mostOf(64), stride: 1 })
    fillCells(memory, { first: start, last: behind - 8, stride: 8, size: 8 }, any)
  }
  for (let address = behind; address < end; address++) {
    memory.write(address, 1, builder.unknown(32, { low: 0, high: 255, stride: 1 }))
  }
}

/** The regions of ABI 1 during `run`. */
export function regionsOf({ base, ownsHeap, layout, pages }: Block): readonly Region[] {
  const region = (name: string, span: Span, isWritable: boolean): Region => {
    return { name, ...span, isReadable: true, isWritable }
  }
  const input = base + layout.input
  const [output, scratch, above] = openSpans({ base, ownsHeap, layout, pages })
  const regions = [
    region("the module's own memory", { start: 0, end: base }, true),
    region('input', { start: input, end: input + layout.inputLayout.sizeBytes }, false),
  ]
  if (output !== undefined) regions.push(region('output', output, true))
  if (scratch !== undefined) regions.push(region('scratch', scratch, true))
  if (above !== undefined) regions.push(region("the module's own heap", above, true))
  return mergeRegions(regions)
}
