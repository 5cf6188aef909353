import { isTerm, type Value } from '../terms/index.ts'
import type { Memory } from './memory.ts'
import type { Page } from './page.ts'
import { isPage, type TreeNode } from './tree.ts'

/** Whether two values are the same, or unknowns with the same bounds. */
export function hasEqualBounds(a: Value, b: Value): boolean {
  if (a === b) return true
  return isTerm(a) && isTerm(b) && a.low === b.low && a.high === b.high
}

/** The same for every cell of two memories; cells that lie otherwise are not equal. */
export function memoryHasEqualBounds(a: Memory, b: Memory): boolean {
  const length = Math.max(a.tree.root.length, b.tree.root.length)
  for (let place = 0; place < length; place++) {
    if (!nodesAreEqual(a.tree.root[place], b.tree.root[place])) return false
  }
  return true
}

function nodesAreEqual(a: TreeNode, b: TreeNode): boolean {
  if (a === b) return true
  if ((a ?? b) === undefined) return true
  const sample = a ?? b
  if (sample !== undefined && isPage(sample)) return pagesAreEqual(pageOf(a), pageOf(b))
  for (let i = 0; i < 16; i++) if (!nodesAreEqual(childOf(a, i), childOf(b, i))) return false
  return true
}

function childOf(node: TreeNode, i: number): TreeNode {
  return node === undefined || isPage(node) ? undefined : node.children[i]
}

function pageOf(node: TreeNode): Page | undefined {
  return node !== undefined && isPage(node) ? node : undefined
}

function pagesAreEqual(a: Page | undefined, b: Page | undefined): boolean {
  for (let x = 0; x < 64; x++) {
    if (!hasEqualBounds(a?.cells[x] ?? 0, b?.cells[x] ?? 0)) return false
  }
  return true
}
