import type { Metadata } from '@polkadot/types'
import type { TypeRef } from '../shape/shape.ts'
import type { HistoricTypes } from './historicTypes.ts'

/** A transaction extension (signed extension formerly), in the order of the extrinsic. */
export interface TransactionExtension {
  readonly identifier: string
  /** What the extrinsic carries. */
  readonly type: TypeRef
  /** What is signed besides. */
  readonly implicit: TypeRef
}

/** How a runtime wants its extrinsics. */
export interface ExtrinsicFormat {
  /** Extrinsic versions that the runtime takes: 4, 5 or both. */
  readonly versions: readonly number[]
  readonly address: TypeRef
  readonly signature: TypeRef
  readonly extensions: readonly TransactionExtension[]
}

/** What signed extensions carry and sign besides, for metadata that only names them. */
const HISTORIC_EXTENSIONS: Readonly<Record<string, readonly [type: string, implicit: string]>> = {
  CheckEra: ['ExtrinsicEra', 'Hash'],
  CheckMortality: ['ExtrinsicEra', 'Hash'],
  CheckGenesis: ['Null', 'Hash'],
  CheckNonce: ['Compact<Index>', 'Null'],
  CheckSpecVersion: ['Null', 'u32'],
  CheckVersion: ['Null', 'u32'],
  CheckTxVersion: ['Null', 'u32'],
  ChargeTransactionPayment: ['Compact<Balance>', 'Null'],
}

/** How the extrinsics of `metadata` are made; `historic` defines what metadata before V14 only names. */
export function readExtrinsicFormat(metadata: Metadata, historic: HistoricTypes): ExtrinsicFormat {
  const { extrinsic } = metadata.asLatest
  const versions = [...extrinsic.versions].map(Number)
  if (metadata.version >= 14) {
    return {
      versions,
      address: extrinsic.addressType.toNumber(),
      signature: extrinsic.signatureType.toNumber(),
      extensions: extensions(metadata),
    }
  }
  return {
    versions,
    address: historic.reference('Address'),
    signature: historic.reference('ExtrinsicSignature'),
    extensions: extrinsic.transactionExtensions.map(({ identifier }, position, all) => {
      const name = identifier.toString()
      // A second one of the same name is a chain's own, copied from the first; such ones carry nothing.
      const isFirst = all.findIndex((other) => other.identifier.eq(identifier)) === position
      const [type, implicit] = (isFirst ? HISTORIC_EXTENSIONS[name] : undefined) ?? ['Null', 'Null']
      return { identifier: name, type: historic.reference(type), implicit: historic.reference(implicit) }
    }),
  }
}

/** polkadot's conversion of V14 and V15 to the latest version loses what is signed besides, so it is read before. */
function extensions(metadata: Metadata): readonly TransactionExtension[] {
  if (metadata.version >= 16) {
    return metadata.asLatest.extrinsic.transactionExtensions.map(({ identifier, type, implicit }) => ({
      identifier: identifier.toString(),
      type: type.toNumber(),
      implicit: implicit.toNumber(),
    }))
  }
  const { signedExtensions } = metadata.version === 15 ? metadata.asV15.extrinsic : metadata.asV14.extrinsic
  return signedExtensions.map(({ identifier, type, additionalSigned }) => ({
    identifier: identifier.toString(),
    type: type.toNumber(),
    implicit: additionalSigned.toNumber(),
  }))
}
