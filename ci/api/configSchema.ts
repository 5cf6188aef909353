import { z } from 'zod'
import { DEFAULT_LIMITS, type Limits } from '../../scenarios/check/limits.ts'

const severity = z.enum(['error', 'review', 'warning', 'info', 'off'])
const day = z.iso.date().describe('Last day on which it holds, YYYY-MM-DD in UTC.')
const reason = z.string().trim().min(1).max(1_000).describe('Why, for whoever reads the report.')
const name = z.string().min(1).max(200)
const duration = z.string().regex(/^\d+(?:\.\d+)?(?:ms|s|m)$/, 'expected a time such as 500ms, 30s or 5m')

const LIMIT_TEXTS: Readonly<Record<keyof Limits, string>> = {
  blockWarnMs: 'Milliseconds from which a block is a warning.',
  blockFailMs: 'Milliseconds from which a block is an error.',
  weightFactor: 'How many times the declared weight the measured weight may be.',
  slowdownFactor: 'How many times slower than under the runtime on chain a block may be.',
  heapWarnShare: 'Share of the heap, 0 to 1, from which heap use is a finding.',
  sizeWarnShare: 'Share of the largest extrinsic, 0 to 1, from which the size of the code is a warning.',
  settleBlocks: 'Blocks that migrations may take after the upgrade.',
  settleMostBlocks: 'Blocks that they may take while they get further.',
  sweepBlocks: 'Blocks of the sweep that are built one after the other.',
  differenceBlocks: 'Blocks of which the state with and without the upgrade is compared.',
  horizonBlocks: 'The same in the profile full.',
}

function limitFields() {
  const fields = Object.entries(LIMIT_TEXTS).map(([key, text]) => {
    // SAFETY: the keys of LIMIT_TEXTS are those of Limits.
    const usual = DEFAULT_LIMITS[key as keyof Limits]
    return [key, z.number().positive().optional().describe(`${text} Usually ${usual}.`)] as const
  })
  // SAFETY: one field for each key of Limits, as the record above has them.
  return Object.fromEntries(fields) as Record<keyof Limits, z.ZodOptional<z.ZodNumber>>
}

/** A finding that does not count, as a configuration or a baseline has it. */
export const acceptanceSchema = z.strictObject({
  check: name.describe('Id of the check.'),
  rule: name.optional().describe('Id of one of its rules; all of them when left out.'),
  subject: name
    .optional()
    .describe('What the finding is about; * stands for any text; everything when left out.'),
  reason,
  until: day,
})

/** A configuration file, field by field; the reference in the documentation is made from it. */
export const configSchema = z.strictObject({
  checks: z
    .record(
      name,
      z.strictObject({
        severity: z.record(name, severity).optional().describe('Severity by rule; off drops its findings.'),
        deadline: duration.optional().describe('Longest time the check may take, such as 90s.'),
      }),
    )
    .optional()
    .describe('Settings of single checks, by id.'),
  limits: z.strictObject(limitFields()).optional().describe("Limits instead of the chain profile's."),
  profile: z.enum(['quick', 'full']).optional().describe('Which checks are run when none are named.'),
  blocks: z.number().int().min(1).max(100_000).optional().describe('Blocks to build after the upgrade.'),
  only: z.array(name).optional().describe('Checks or groups to run, and no others.'),
  skip: z.array(name).optional().describe('Checks or groups to leave out; the report lists them.'),
  allow: z
    .array(acceptanceSchema)
    .optional()
    .describe('Accepted findings, which do not count, each with a reason and an end date.'),
  baseline: z
    .string()
    .optional()
    .describe(
      'Path of a baseline, written by --write-baseline: findings that were there before the candidate.',
    ),
  invariants: z
    .array(z.string())
    .optional()
    .describe('Paths of modules whose default export is an invariant; each becomes a check.'),
  scenarios: z.string().optional().describe('Folder of scenario files, *.scenario.ts, which run as a check.'),
  proposal: z
    .strictObject({
      call: z.string().describe('The call as 0x-hex, or the path of a file that holds it.'),
      origin: z.string().describe('Address of who signs it, or root.'),
    })
    .optional()
    .describe('The call that installs the candidate.'),
})

/** What `defineConfig` takes. */
export type DrydockConfig = z.input<typeof configSchema>
