import { z } from 'zod'
import { type CheckReport, REPORT_SCHEMA_VERSION } from '../checkReport.ts'
import { checksToVerdict } from '../model/verdict.ts'

const optional = z.exactOptional
const text = z.string()
const count = z.number().int().nonnegative()
const milliseconds = z.number().nonnegative()
/** JSON has no integers of any size: they are decimal strings there. */
const bigInteger = z
  .string()
  .max(100)
  .regex(/^(0|[1-9][0-9]*)$/)
  .transform((digits) => BigInt(digits))
const hash = z.string().regex(/^0x[0-9a-f]{64}$/)
const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/)

const facts = z.record(text, z.union([z.string(), z.number(), z.boolean(), z.null()]))
const weight = z.object({ refTimePs: bigInteger, proofSizeBytes: bigInteger })

const finding = z.object({
  check: text,
  rule: text,
  severity: z.enum(['error', 'review', 'warning', 'info']),
  subject: text,
  title: text,
  facts,
  evidence: z.array(text),
  reproduce: text,
  accepted: optional(z.object({ reason: text, until: day })),
})

const dataTable = z.object({
  id: text,
  title: text,
  columns: z.array(z.object({ name: text, kind: z.enum(['text', 'count', 'bytes', 'ms']) })),
  rows: z.array(z.array(z.union([z.string(), z.number(), z.null()]))),
})

const checkResult = z.object({
  id: text,
  title: text,
  status: z.enum(['passed', 'review', 'failed', 'inconclusive', 'notApplicable']),
  reason: optional(text),
  durationMs: milliseconds,
  findings: z.array(finding),
  measures: optional(facts),
  tables: optional(z.array(dataTable)),
  assumptions: optional(z.array(text)),
})

const versionNumbers = z.object({
  specName: text,
  implName: text,
  specVersion: count,
  implVersion: count,
  authoringVersion: count,
  transactionVersion: count,
  stateVersion: count,
})

const inputs = z.object({
  fork: z.object({
    source: text,
    kind: z.enum(['rawChainSpec', 'snapshot', 'demo', 'live']),
    network: text,
    genesisHash: hash.nullable(),
    blockNumber: count,
    blockHash: hash,
    stateRoot: hash,
    stateVersion: z.union([z.literal(0), z.literal(1)]),
    keyCount: count,
  }),
  runtime: z.object({
    source: text,
    sizeBytes: count,
    submittedHash: hash,
    sha256: hash,
    version: versionNumbers.nullable(),
    from: versionNumbers,
  }),
  calls: optional(z.array(z.object({ name: text, callHash: hash, sizeBytes: count, note: optional(text) }))),
})

const machine = z.object({ cpu: text, cores: count, node: text })

const settings = z.object({
  profile: optional(text),
  seed: optional(z.number()),
  blockCount: optional(count),
  deadlineMs: optional(milliseconds),
  limits: optional(z.record(text, z.number())),
})

const upgrade = z.object({
  blockNumber: count,
  timeMs: milliseconds,
  weight: weight.nullable(),
  reads: count,
  writes: count,
  heapPeakBytes: count,
  logs: z.array(z.object({ level: z.number().int(), target: text, message: text })),
})

const storageDiffRow = z.object({
  item: text,
  knownTo: z.enum(['both', 'old', 'new', 'none']),
  added: count,
  changed: count,
  removed: count,
  bytesBefore: count,
  bytesAfter: count,
})

const blockResult = z.object({
  number: count,
  hash,
  stateRoot: hash,
  timeMs: milliseconds,
  weight: weight.nullable(),
  extrinsicCount: count,
  reads: count,
  writes: count,
})

/**
 * `CheckReport` as it is in a file. Reading gives amounts back as `bigint`, and leaves out fields that this version does not
 * know.
 */
export const reportSchema: z.ZodType<CheckReport, unknown> = z
  .object({
    schemaVersion: z.literal(REPORT_SCHEMA_VERSION),
    tool: z.object({ name: text, version: text }),
    verdict: z.enum(['ready', 'review', 'notReady', 'inconclusive']),
    inputs,
    settings: optional(settings),
    startedAt: optional(z.iso.datetime()),
    machine: optional(machine),
    shard: optional(
      z.object({
        index: z.number().int().positive(),
        count: z.number().int().positive(),
        requested: z.array(text),
      }),
    ),
    mergedFrom: optional(
      z.array(
        z.object({
          index: z.number().int().positive(),
          startedAt: optional(z.iso.datetime()),
          machine: optional(machine),
          durationMs: milliseconds,
        }),
      ),
    ),
    checks: z.array(checkResult),
    notRequested: optional(z.array(z.object({ id: text, why: text }))),
    notes: optional(z.array(text)),
    assumptions: optional(z.array(text)),
    upgrade: optional(upgrade),
    storageDiff: optional(z.array(storageDiffRow)),
    blocks: optional(z.array(blockResult)),
    blockWeightLimit: optional(weight),
    durationMs: milliseconds,
  })
  .refine((report) => report.verdict === checksToVerdict(report.checks), {
    path: ['verdict'],
    error: 'it is not the one that follows from the checks',
  })

/** The JSON Schema (2020-12) of a report file, as published in `report.schema.json`. */
export function reportJsonSchema(): object {
  return {
    ...z.toJSONSchema(reportSchema, { io: 'input' }),
    title: 'Drydock upgrade readiness report',
    description: `What one drydock check found, schema version ${REPORT_SCHEMA_VERSION}. Integers of any size are decimal strings. Readers ignore fields that they do not know.`,
  }
}
