import type { CheckReport } from './checkReport.ts'
import type { Finding } from './model/finding.ts'

const HASH = `0x${'1f'.repeat(32)}`

/** A report of a candidate that passed; for tests of renderers. Not exported from the door. */
export const READY_REPORT: CheckReport = {
  schemaVersion: 3,
  tool: { name: 'drydock', version: '0.1.0' },
  verdict: 'ready',
  inputs: {
    fork: {
      source: 'finney.json',
      kind: 'rawChainSpec',
      network: 'Bittensor',
      genesisHash: `0x${'2f'.repeat(32)}`,
      blockNumber: 0,
      blockHash: `0x${'2f'.repeat(32)}`,
      stateRoot: `0x${'3c'.repeat(32)}`,
      stateVersion: 1,
      keyCount: 47_718,
    },
    runtime: {
      source: 'node_subtensor_runtime.compact.compressed.wasm',
      sizeBytes: 1_234_567,
      submittedHash: HASH,
      sha256: `0x${'5a'.repeat(32)}`,
      version: {
        specName: 'node-subtensor',
        implName: 'node-subtensor',
        specVersion: 181,
        implVersion: 1,
        authoringVersion: 1,
        transactionVersion: 1,
        stateVersion: 1,
      },
      from: {
        specName: 'node-subtensor',
        implName: 'node-subtensor',
        specVersion: 101,
        implVersion: 1,
        authoringVersion: 1,
        transactionVersion: 1,
        stateVersion: 1,
      },
    },
  },
  checks: [
    {
      id: 'blob.format',
      title: 'The runtime is wasm that a node accepts',
      status: 'passed',
      durationMs: 12.3,
      findings: [],
    },
    {
      id: 'upgrade.apply',
      title: 'The upgrade block is built',
      status: 'passed',
      durationMs: 1_234,
      findings: [],
      measures: { reads: 96_000, heapPeakBytes: 1_048_576 },
    },
  ],
  upgrade: {
    blockNumber: 2,
    timeMs: 1_104.2,
    weight: { refTimePs: 123_456_789_000n, proofSizeBytes: 0n },
    reads: 96_123,
    writes: 47_001,
    heapPeakBytes: 33_554_432,
    logs: [
      { level: 3, target: 'runtime', message: 'Running migration 1: migrate_create_root_network' },
      { level: 2, target: 'runtime::system', message: 'storage version is ahead of the code' },
    ],
  },
  storageDiff: [
    {
      item: 'System.Account',
      knownTo: 'both',
      added: 3,
      changed: 18_619,
      removed: 0,
      bytesBefore: 893_712,
      bytesAfter: 1_042_664,
    },
    {
      item: ':code',
      knownTo: 'both',
      added: 0,
      changed: 1,
      removed: 0,
      bytesBefore: 900_000,
      bytesAfter: 1_234_567,
    },
  ],
  blocks: [block(3, 0.42), block(4, 12.5)],
  durationMs: 2_500,
}

/** A report of a candidate that panics, with a check that could not run; texts as a hostile chain would write them. */
export const HOSTILE_REPORT: CheckReport = {
  ...READY_REPORT,
  verdict: 'notReady',
  checks: [
    {
      id: 'blocks.run',
      title: 'The next blocks are built',
      status: 'failed',
      durationMs: 88,
      findings: [
        {
          check: 'blocks.run',
          rule: 'sample',
          severity: 'error',
          subject: 'sample subject',
          title:
            'Block 2,585,476 panics in on_initialize: index out of bounds: the len is 6 but the index is 24',
          facts: {
            'phase\u001b[2J': 'on_initialize',
            location: 'pallets/subtensor/src/epoch.rs:123:9',
            token: '\u001b[32mREADY\u001b[0m\n::error::\u202egnp.exe',
            retries: 0,
            parent: null,
          },
          evidence: [
            'pallet_subtensor::epoch::<impl Pallet<T>>::epoch',
            '\u009b1;1HREADY <script>alert(1)</script>',
            ...Array.from({ length: 30 }, (_, index) => `frame ${index}`),
          ],
          reproduce: 'npx drydock check --fork finney.json --runtime new.wasm --only blocks.run --blocks 3',
        },
      ],
    },
    {
      id: 'blocks.reexecute',
      title: 'A second executor agrees',
      status: 'inconclusive',
      reason:
        'the runtime imports ext_host_calls_bls12_381_multi_miller_loop_version_1, which the second executor does not have',
      durationMs: 0.5,
      findings: [],
    },
    {
      id: 'upgrade.diff',
      title: 'What the upgrade changed',
      status: 'passed',
      durationMs: 5,
      findings: Array.from({ length: 12 }, (_, index) => ({
        check: 'upgrade.diff',
        rule: 'sample',
        severity: 'info',
        subject: 'sample subject',
        title: `Pallet \u{e0041}Evil.Item${index} changed`,
        facts: {},
        evidence: [],
        reproduce: 'npx drydock check --only upgrade.diff',
      })),
    },
  ],
}

/** A finding of the sample reports. */
export const FINDING: Finding = {
  check: 'blocks.run',
  rule: 'errorLog',
  severity: 'warning',
  subject: 'pallet_subtensor::epoch',
  title: 'Block 4 logs an error',
  facts: { block: 4, location: 'pallets/subtensor/src/epoch.rs:123', isNew: true, before: null },
  evidence: ['ERROR pallet_subtensor::epoch: stake of nobody'],
  reproduce: 'npx drydock check --only blocks.run',
}

/** A report with every field that there is, of a candidate that failed one check and could not be looked at in another. */
export const FULL_REPORT: CheckReport = {
  ...READY_REPORT,
  verdict: 'notReady',
  inputs: {
    ...READY_REPORT.inputs,
    calls: [
      { name: 'System.set_code', callHash: HASH, sizeBytes: 1_234_573 },
      {
        name: 'Sudo.sudo_unchecked_weight(System.set_code)',
        callHash: HASH,
        sizeBytes: 9,
        note: 'with weight 0',
      },
    ],
  },
  settings: {
    profile: 'full',
    seed: 7,
    blockCount: 10,
    deadlineMs: 60_000,
    limits: { blockWarnMs: 10, blockFailMs: 4_000 },
  },
  startedAt: '2024-03-17T09:30:00.000Z',
  machine: { cpu: 'Some Processor', cores: 2, node: '20.20.2' },
  shard: { index: 1, count: 2, requested: ['blob.format', 'upgrade.cost', 'blocks.run', 'upgrade.settle'] },
  mergedFrom: [{ index: 1, startedAt: '2024-03-17T09:30:00.000Z', durationMs: 5 }],
  checks: [
    ...READY_REPORT.checks,
    {
      id: 'upgrade.settle',
      title: 'The migrations finish',
      status: 'inconclusive',
      reason: 'block 7 cannot be built',
      durationMs: 1,
      findings: [],
    },
    { id: 'upgrade.tryRuntime', title: 'Own checks', status: 'notApplicable', durationMs: 1, findings: [] },
    {
      id: 'blocks.run',
      title: 'The next blocks are built',
      status: 'failed',
      durationMs: 88,
      findings: [
        FINDING,
        { ...FINDING, severity: 'error', title: 'Block 5 logs an error' },
        {
          ...FINDING,
          severity: 'error',
          subject: 'known',
          accepted: { reason: 'it is known', until: '2024-12-31' },
        },
      ],
      measures: { blocks: 2, note: 'none' },
      tables: [
        {
          id: 'block-times',
          title: 'Time of each block',
          columns: [
            { name: 'block', kind: 'count' },
            { name: 'ms', kind: 'ms' },
            { name: 'control ms', kind: 'ms' },
            { name: 'bytes', kind: 'bytes' },
          ],
          rows: [
            [3, 0.42, 0.4, 2_048],
            [4, 12.5, null, 10],
          ],
        },
        {
          id: 'metadata-diff',
          title: 'What changed',
          columns: [
            { name: 'what', kind: 'text' },
            { name: 'change', kind: 'text' },
          ],
          rows: [['call', 'moved']],
        },
        { id: 'sweep', title: 'Epochs', columns: [{ name: 'subnet', kind: 'text' }], rows: [] },
      ],
    },
  ],
  notRequested: [{ id: 'fuzz.calls', why: 'profile quick' }],
  notes: ['the accepted finding blocks.run (until 2024-12-31) matched no finding: it can be removed'],
  assumptions: ['Storage was changed before the upgrade.'],
  blockWeightLimit: { refTimePs: 4_000_000_000_000n, proofSizeBytes: 2n ** 64n - 1n },
}

function block(number: number, timeMs: number): NonNullable<CheckReport['blocks']>[number] {
  return {
    number,
    hash: HASH,
    stateRoot: `0x${'7e'.repeat(32)}`,
    timeMs,
    weight: { refTimePs: 5_000_000_000n, proofSizeBytes: 3_600n },
    extrinsicCount: 1,
    reads: 80,
    writes: 12,
  }
}
