import { isTerm, type Value } from '../terms/index.ts'
import type { Memory } from './memory.ts'
import { isMark, type Page } from './page.ts'
import { isPage, type TreeNode } from './tree.ts'

/** Whether `outer` stands for all that `inner` stands for: the same, or bounds that enclose it. */
export function includesValue(outer: Value, inner: Value): boolean {
  if (outer === inner) return true
  if (!isTerm(outer) || (typeof inner === 'number' && isMark(inner))) return false
  if (isTerm(inner)) return inner.low >= outer.low && inner.high <= outer.high
  return typeof inner === 'number' && inner >= outer.low && inner <= outer.high
}

/** The same for every cell of two memories; cells that lie otherwise are not included. */
export function includesMemory(outer: Memory, inner: Memory): boolean {
  const length = Math.max(outer.tree.root.length, inner.tree.root.length)
  for (let place = 0; place < length; place++) {
    if (!includesNode(outer.tree.root[place], inner.tree.root[place])) return false
  }
  return true
}

function includesNode(outer: TreeNode, inner: TreeNode): boolean {
  if (outer === inner) return true
  if ((outer ?? inner) === undefined) return true
  const sample = outer ?? inner
  if (sample !== undefined && isPage(sample)) return includesPage(pageOf(outer), pageOf(inner))
  for (let i = 0; i < 16; i++) if (!includesNode(childOf(outer, i), childOf(inner, i))) return false
  return true
}

function childOf(node: TreeNode, i: number): TreeNode {
  return node === undefined || isPage(node) ? undefined : node.children[i]
}

function pageOf(node: TreeNode): Page | undefined {
  return node !== undefined && isPage(node) ? node : undefined
}

function includesPage(outer: Page | undefined, inner: Page | undefined): boolean {
  for (let x = 0; x < 64; x++) {
    if (!includesValue(outer?.cells[x] ?? 0, inner?.cells[x] ?? 0)) return false
  }
  return true
}
