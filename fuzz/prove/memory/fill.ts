import type { Value } from '../terms/index.ts'
import type { Addresses } from './addresses.ts'
import type { Memory } from './memory.ts'
import { createFilledPage, PAGE_BYTES } from './page.ts'
import { createBranch, isPage, LEVELS, spanOf, type TreeNode } from './tree.ts'

/** The whole pages of an array, and the cells before and behind them. */
interface Parts {
  readonly pagesFrom: number
  readonly pagesTo: number
}

function partsOf({ first, last, size }: Addresses): Parts {
  const pagesFrom = Math.ceil(first / PAGE_BYTES) * PAGE_BYTES
  const pagesTo = Math.floor((last + size) / PAGE_BYTES) * PAGE_BYTES
  return pagesTo > pagesFrom ? { pagesFrom, pagesTo } : { pagesFrom: last + size, pagesTo: last + size }
}

/**
 * Puts one value, concrete or a summary, into every cell of an array whose cells lie side by side.
 *
 * PERF: whole pages and branches become one shared object a level, so that it costs the edges of the array only.
 */
export function fillCells(memory: Memory, addresses: Addresses, value: Value): void {
  const { first, last, size } = addresses
  const parts = partsOf(addresses)
  for (let address = first; address < Math.min(parts.pagesFrom, last + size); address += size) {
    memory.write(address, size, value)
  }
  for (let address = parts.pagesTo; address <= last; address += size) memory.write(address, size, value)
  if (parts.pagesFrom === parts.pagesTo) return
  const filled = filledNodes(addresses, value)
  const root = memory.tree.ownRoot()
  const span = spanOf(LEVELS)
  for (let place = Math.floor(parts.pagesFrom / span); place * span < parts.pagesTo; place++) {
    root[place] = fill(memory, root[place], { level: LEVELS, base: place * span }, { parts, filled })
  }
}

function filledNodes({ size }: Addresses, value: Value): readonly TreeNode[] {
  let node: NonNullable<TreeNode> = createFilledPage(size, value)
  const nodes: NonNullable<TreeNode>[] = [node]
  for (let level = 1; level <= LEVELS; level++) {
    node = createBranch(null, node)
    nodes.push(node)
  }
  return nodes
}

interface Place {
  readonly level: number
  readonly base: number
}

function fill(
  memory: Memory,
  node: TreeNode,
  { level, base }: Place,
  filling: { readonly parts: Parts; readonly filled: readonly TreeNode[] },
): TreeNode {
  const { pagesFrom, pagesTo } = filling.parts
  if (pagesTo <= base || pagesFrom >= base + spanOf(level)) return node
  if (pagesFrom <= base && pagesTo >= base + spanOf(level)) return filling.filled[level]
  const branch = memory.tree.ownBranch(node)
  const step = spanOf(level - 1)
  for (let i = 0; i < branch.children.length; i++) {
    branch.children[i] = fill(
      memory,
      branch.children[i],
      { level: level - 1, base: base + i * step },
      filling,
    )
  }
  return branch
}

/** Whether every cell of an array holds this very value, and `fillCells` put it there. */
export function isFilled(memory: Memory, addresses: Addresses, value: Value): boolean {
  const { first, last, size } = addresses
  const parts = partsOf(addresses)
  for (let address = first; address < Math.min(parts.pagesFrom, last + size); address += size) {
    if (memory.peek(address, size) !== value) return false
  }
  for (let address = parts.pagesTo; address <= last; address += size) {
    if (memory.peek(address, size) !== value) return false
  }
  if (parts.pagesFrom === parts.pagesTo) return true
  const span = spanOf(LEVELS)
  for (let place = Math.floor(parts.pagesFrom / span); place * span < parts.pagesTo; place++) {
    if (!holds(memory.tree.root[place], { level: LEVELS, base: place * span }, { parts, value })) return false
  }
  return true
}

function holds(
  node: TreeNode,
  { level, base }: Place,
  wanted: { readonly parts: Parts; readonly value: Value },
): boolean {
  const { pagesFrom, pagesTo } = wanted.parts
  if (pagesTo <= base || pagesFrom >= base + spanOf(level)) return true
  if (node === undefined) return false
  if (pagesFrom <= base && pagesTo >= base + spanOf(level) && node.filling === wanted.value) return true
  if (isPage(node)) return false
  const step = spanOf(level - 1)
  return node.children.every((child, i) => holds(child, { level: level - 1, base: base + i * step }, wanted))
}
