import { devAccount } from '../../harness/codec/index.ts'
import type { ScenarioAccount } from './scenarioChain.ts'

/** A development account by its path, such as `//Alice`. Throws `CODEC_ACCOUNT_PATH`. */
export function account(path: string): ScenarioAccount {
  const signer = devAccount(path)
  return { kind: 'account', address: signer.address, signer }
}

/** Any account by its address, whoever has its key. */
export function impersonate(address: string): ScenarioAccount {
  return { kind: 'impersonated', address }
}
