import type { ChainHead } from '../block.ts'
import type { SlotClaim } from '../consensus/index.ts'
import type { BlockRuntime } from '../runtimeContext.ts'
import type { Answer } from '../runtimeQuery.ts'
import type { InherentData } from './inherentData.ts'

/** A block about to be made. */
export interface Authoring {
  readonly runtime: BlockRuntime
  readonly parent: ChainHead
  readonly claim: SlotClaim
}

/** Where a part of the inherent data comes from. Runtimes skip identifiers that they do not know. */
export interface InherentProvider {
  readonly name: string
  /** True when a runtime with these pallets asks for it. */
  isNeeded(authoring: Authoring): boolean
  create(authoring: Authoring): Promise<Answer<InherentData>>
}
