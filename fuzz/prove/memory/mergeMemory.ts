import { isTerm, TERM_KIND, type TermBuilder, type Value } from '../terms/index.ts'
import { boundsOfCell, type Memory } from './memory.ts'
import { type CellSize, cellAt, copyPage, isShareable, PAGE_BYTES, type Page, putCell } from './page.ts'
import { type Branch, copyBranch, createBranch, isPage, LEVELS, spanOf, type TreeNode } from './tree.ts'

/** The value of one cell after two paths have joined, of 64 bits or 32. */
export type JoinCells = (width: 32 | 64, a: Value, b: Value) => Value

/** Joins `b` into `a`. Only what differs is looked at: paths share all that neither has written since they parted. */
export function mergeMemory(a: Memory, b: Memory, builder: TermBuilder, join: JoinCells): Memory {
  const merger = new Merger(a, builder, join)
  const length = Math.max(a.tree.root.length, b.tree.root.length)
  const root = a.tree.ownRoot()
  for (let place = 0; place < length; place++) {
    const other = b.tree.root[place]
    if (root[place] === other) continue
    root[place] = merger.join(root[place], other, { level: LEVELS, base: place * spanOf(LEVELS) })
  }
  return a
}

interface Place {
  readonly level: number
  readonly base: number
}

/** The last pair that was joined at a level. */
interface Joined {
  readonly a: TreeNode
  readonly b: TreeNode
  readonly result: TreeNode
}

class Merger {
  readonly #memory: Memory
  readonly #builder: TermBuilder
  readonly #join: JoinCells
  /** PERF: arrays that are one summary are one shared page over and over; each pair is joined once. */
  readonly #last: (Joined | undefined)[] = []

  constructor(memory: Memory, builder: TermBuilder, join: JoinCells) {
    this.#memory = memory
    this.#builder = builder
    this.#join = join
  }

  join(a: TreeNode, b: TreeNode, place: Place): TreeNode {
    if (a === b) return a
    const last = this.#last[place.level]
    if (last !== undefined && last.a === a && last.b === b) return last.result
    const joined = place.level === 0 ? this.#joinPages(asPage(a), asPage(b)) : this.#joinBranches(a, b, place)
    if (joined !== undefined && joined.owner === null) this.#last[place.level] = { a, b, result: joined }
    return joined
  }

  #joinBranches(a: TreeNode, b: TreeNode, { level, base }: Place): TreeNode {
    const left = asBranch(a)
    const right = asBranch(b)
    const step = spanOf(level - 1)
    const result = copyBranch(left ?? createBranch(null), null)
    let isShared = true
    for (let i = 0; i < result.children.length; i++) {
      const child = this.join(left?.children[i], right?.children[i], {
        level: level - 1,
        base: base + i * step,
      })
      result.children[i] = child
      if (child !== undefined && child.owner !== null) isShared = false
    }
    // What holds values with an identity must never stand in two places.
    return isShared && isUniform(result) ? result : { ...result, owner: this.#memory.tree.owner }
  }

  #joinPages(a: Page | undefined, b: Page | undefined): Page {
    const result = copyPage(a ?? EMPTY_PAGE, null)
    const width = (size: CellSize) => (size === 8 ? 64 : 32)
    for (let x = 0; x < PAGE_BYTES; ) {
      const size = commonSize(a, b, x)
      if (size === null) {
        x += this.#joinOverlap(result, [a, b], x)
        continue
      }
      const left = this.#cell(a, x, size)
      const right = this.#cell(b, x, size)
      if (left !== right) putCell(result, x, size, this.#joinCells(width(size), left, right))
      x += size
    }
    return isShareable(result) ? result : { ...result, owner: this.#memory.tree.owner }
  }

  #joinCells(width: 32 | 64, a: Value, b: Value): Value {
    if (!isSummary(a) && !isSummary(b)) return this.#join(width, a, b)
    const [x, y] = [boundsOfCell(a), boundsOfCell(b)]
    const bounds = { low: Math.min(x.low, y.low), high: Math.max(x.high, y.high), stride: 1 }
    if (isSummary(a) && a.low === bounds.low && a.high === bounds.high) return a
    if (isSummary(b) && b.low === bounds.low && b.high === bounds.high) return b
    return this.#builder.summary(width, bounds)
  }

  #cell(page: Page | undefined, x: number, size: CellSize): Value {
    return page === undefined ? 0 : this.#memory.peekPage(page, x, size)
  }

  /** Cells that overlap otherwise on both sides: up to where they agree again, every byte may be anything. */
  #joinOverlap(result: Page, [a, b]: readonly [Page | undefined, Page | undefined], x: number): number {
    let end = x
    do {
      end = Math.max(endOfCell(a, end), endOfCell(b, end))
    } while (end < PAGE_BYTES && !(isStart(a, end) && isStart(b, end)))
    for (let i = x; i < end; i++) {
      putCell(result, i, 1, this.#builder.unknown(32, { low: 0, high: 255, stride: 1 }))
    }
    return end - x
  }
}

const EMPTY_PAGE: Page = {
  owner: null,
  cells: new Array(PAGE_BYTES).fill(0),
  hullSize: 0,
  hullLow: 0,
  hullHigh: 0,
  filling: null,
}

function asPage(node: TreeNode): Page | undefined {
  return node !== undefined && isPage(node) ? node : undefined
}

function asBranch(node: TreeNode): Branch | undefined {
  return node !== undefined && !isPage(node) ? node : undefined
}

/** Whether all children are one node, so that the branch can stand for another of the same pair. */
function isUniform(branch: Branch): boolean {
  const first = branch.children[0]
  return branch.children.every((child) => child === first)
}

function isSummary(value: Value): value is Exclude<Value, number | bigint> {
  return isTerm(value) && value.op === TERM_KIND.summary
}

/** The size of the cells at `x` when both sides have the same, or one has plain bytes there; null when they overlap. */
function commonSize(a: Page | undefined, b: Page | undefined, x: number): CellSize | null {
  const sizeA = a === undefined ? 1 : cellAt(a.cells, x).size
  const sizeB = b === undefined ? 1 : cellAt(b.cells, x).size
  if (sizeA === sizeB) return sizeA
  const [large, other] = sizeA > sizeB ? [sizeA, b] : [sizeB, a]
  if (other === undefined) return large
  for (let i = x; i < x + large; ) {
    const { start, size } = cellAt(other.cells, i)
    if (start !== i || i + size > x + large) return null
    i += size
  }
  return large
}

function endOfCell(page: Page | undefined, x: number): number {
  if (page === undefined) return x + 1
  const { start, size } = cellAt(page.cells, x)
  return start + size
}

function isStart(page: Page | undefined, x: number): boolean {
  return page === undefined || cellAt(page.cells, x).start === x
}
