import type { RuntimeBlob } from '../../harness/runtime/blob/index.ts'
import type { Executor } from '../../harness/runtime/executor.ts'
import type { Store } from '../../harness/state/store/store.ts'
import {
  builtGenesis,
  fileRuntime,
  finneyGenesis,
  hasFinney,
  plainSpecRuntime,
  rawGenesis,
} from './realChain.ts'
import type { RealData } from './realData.ts'
import type { RealFileName } from './realFiles.ts'

/** A runtime that some chain ran, with a state to run it on. */
export interface RealRuntime {
  readonly label: string
  readonly specName: string
  readonly specVersion: number
  /** Empty when all that it needs is there. */
  skipReason(data: RealData): string
  /** The state of block 0; the caller closes it. */
  genesis(data: RealData, executor: Executor): Promise<Store>
  /** Installed over that state first; null when the state has the runtime itself. */
  upgrade(data: RealData): Promise<RuntimeBlob | null>
}

function ofRawSpec(specName: string, specVersion: number, name: RealFileName): RealRuntime {
  return {
    label: `${specName} ${specVersion}`,
    specName,
    specVersion,
    skipReason: (data) => data.skipReason(name),
    genesis: (data) => rawGenesis(data, name),
    upgrade: async () => null,
  }
}

interface Upgrade {
  readonly specVersion: number
  readonly file: RealFileName
  /** What is upgraded; its runtime comes first. */
  readonly base: RealRuntime
  read(data: RealData, name: RealFileName): Promise<RuntimeBlob>
}

function ofUpgrade({ specVersion, file, base, read }: Upgrade): RealRuntime {
  return {
    label: `${base.specName} ${specVersion} (${file}) over ${base.specVersion}`,
    specName: base.specName,
    specVersion,
    skipReason: (data) => base.skipReason(data) || data.skipReason(file),
    genesis: base.genesis,
    upgrade: (data) => read(data, file),
  }
}

/** The files that Finney's genesis state is made of. */
export function finneyFiles(data: RealData): readonly RealFileName[] {
  return hasFinney(data) ? [] : ['finneyState', 'finneyPlain101']
}

const finney: RealRuntime = {
  label: 'node-subtensor 101 (Finney)',
  specName: 'node-subtensor',
  specVersion: 101,
  skipReason: (data) => data.skipReason(...finneyFiles(data)),
  genesis: (data) => finneyGenesis(data),
  upgrade: async () => null,
}

const auraDev: RealRuntime = {
  ...ofRawSpec('node-subtensor', 293, 'auraDev293'),
  genesis: (data, executor) => builtGenesis(data, 'auraDev293', executor),
}

/** Twenty runtimes of 2020 to 2025: Aura solo chains, some that leave Aura for BABE, a BABE relay chain, two system parachains. */
export const REAL_RUNTIMES: readonly RealRuntime[] = [
  ofRawSpec('node-subtensor', 100, 'subtensor100'),
  finney,
  ofRawSpec('node-subtensor', 103, 'testfinney103'),
  ofUpgrade({ specVersion: 109, file: 'finneyPlain109', base: finney, read: plainSpecRuntime }),
  ofRawSpec('node-subtensor', 119, 'local119'),
  ofUpgrade({ specVersion: 143, file: 'substitute143', base: finney, read: fileRuntime }),
  ofRawSpec('node-subtensor', 181, 'local181'),
  ofRawSpec('node-subtensor', 185, 'local185'),
  ofRawSpec('node-subtensor', 200, 'local200'),
  ofRawSpec('node-subtensor-dao', 202, 'local202'),
  ofRawSpec('node-subtensor', 204, 'raonet204'),
  ofRawSpec('node-subtensor', 205, 'raonet205'),
  ofRawSpec('node-subtensor', 218, 'raonet218'),
  auraDev,
  ofUpgrade({ specVersion: 300, file: 'babePos300', base: auraDev, read: fileRuntime }),
  ofUpgrade({ specVersion: 300, file: 'babeNpos300', base: auraDev, read: fileRuntime }),
  ofRawSpec('westend', 1, 'westend'),
  ofRawSpec('coretime-polkadot', 1_003_000, 'coretime'),
  ofRawSpec('collectives', 9290, 'collectives'),
  ofRawSpec('node-template', 100, 'nodeTemplate'),
]
