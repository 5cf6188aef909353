/** Witnesses: one block with exactly the state that it reads, as a file. */
export { decodeWitness, encodeWitness, type Witness } from './witnessFile.ts'
export {
  isWitnessFolder,
  type RecordedBlock,
  readWitnesses,
  type WitnessedBlocks,
  writeWitness,
} from './witnessFolder.ts'
