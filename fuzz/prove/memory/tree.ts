import type { Value } from '../terms/index.ts'
import { copyPage, createPage, type Owner, PAGE_BYTES, type Page } from './page.ts'

const FAN_OUT = 16
/** Branches below the root: pages of 64 bytes, then 1 KiB, 16 KiB, 256 KiB. */
export const LEVELS = 3
const SPANS: readonly number[] = [
  PAGE_BYTES,
  PAGE_BYTES * FAN_OUT,
  PAGE_BYTES * FAN_OUT ** 2,
  PAGE_BYTES * FAN_OUT ** 3,
]
const ROOT_SHIFT = 18

/** An inner node; an absent child is all zeros. */
export interface Branch {
  owner: Owner
  readonly children: (Branch | Page | undefined)[]
  /** As `Page`. */
  hullSize: number
  hullLow: number
  hullHigh: number
  readonly filling: Value | null
}

export type TreeNode = Branch | Page | undefined

/** Bytes that a node of a level covers; level 0 are pages. */
export function spanOf(level: number): number {
  return SPANS[level] ?? PAGE_BYTES
}

export function isPage(node: Branch | Page): node is Page {
  return 'cells' in node
}

/**
 * Memory of up to 4 GiB as a tree of pages that states share. A fork takes constant time; the first write after it copies
 * the way from the root to its page, 16 entries a level.
 */
export class MemoryTree {
  root: (Branch | Page | undefined)[] = []
  owner: object = {}
  #isRootOwned = true

  fork(): MemoryTree {
    const copy = new MemoryTree()
    copy.root = this.root
    copy.#isRootOwned = false
    this.#isRootOwned = false
    this.owner = {}
    return copy
  }

  /** The page of an address, to read; undefined when it is all zeros. */
  pageAt(address: number): Page | undefined {
    let node = this.root[address >>> ROOT_SHIFT]
    for (let level = LEVELS; level > 0 && node !== undefined; level--) {
      if (isPage(node)) return node
      node = node.children[(address >>> (2 + 4 * level)) & 15]
    }
    // SAFETY: three levels of branches lie below the root, and below them pages.
    return node as Page | undefined
  }

  /** The page of an address, to write. */
  ownPageAt(address: number): Page {
    const root = this.ownRoot()
    let branch = this.ownBranch(root[address >>> ROOT_SHIFT])
    root[address >>> ROOT_SHIFT] = branch
    for (let level = LEVELS; level > 1; level--) {
      const place = (address >>> (2 + 4 * level)) & 15
      const child = this.ownBranch(branch.children[place])
      branch.children[place] = child
      branch = child
    }
    const place = (address >>> 6) & 15
    const page = this.#ownPage(branch.children[place])
    branch.children[place] = page
    return page
  }

  /** The root's entries, to write. */
  ownRoot(): (Branch | Page | undefined)[] {
    if (!this.#isRootOwned) {
      this.root = this.root.slice()
      this.#isRootOwned = true
    }
    return this.root
  }

  /** A branch like `node` that may be written to. */
  ownBranch(node: TreeNode): Branch {
    // SAFETY: asked for at levels above the pages only.
    const branch = node as Branch | undefined
    if (branch === undefined) return createBranch(this.owner)
    if (branch.owner === this.owner) {
      branch.hullSize = 0
      return branch
    }
    return copyBranch(branch, this.owner)
  }

  #ownPage(node: TreeNode): Page {
    // SAFETY: asked for at the lowest level only.
    const page = node as Page | undefined
    if (page === undefined) return createPage(this.owner)
    return page.owner === this.owner ? page : copyPage(page, this.owner)
  }
}

/** A branch whose children are all `child`; shared when it has no owner, and then `filling` says with what it is full. */
export function createBranch(owner: Owner, child?: Branch | Page): Branch {
  return {
    owner,
    children: new Array<Branch | Page | undefined>(FAN_OUT).fill(child),
    hullSize: 0,
    hullLow: 0,
    hullHigh: 0,
    filling: child?.filling ?? null,
  }
}

export function copyBranch(branch: Branch, owner: Owner): Branch {
  return { owner, children: branch.children.slice(), hullSize: 0, hullLow: 0, hullHigh: 0, filling: null }
}
