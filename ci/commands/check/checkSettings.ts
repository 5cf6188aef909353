import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { DrydockError } from '../../../harness/base/errors.ts'
import type { Severity } from '../../../reports/model/finding.ts'
import type { AcceptanceEntry } from '../../../scenarios/check/acceptance.ts'
import type { CheckProfile } from '../../../scenarios/check/check.ts'
import type { Limits } from '../../../scenarios/check/limits.ts'
import { type Proposal, parseProposal } from '../../../scenarios/check/proposal.ts'
import { durationMs } from '../../cli/optionParsers.ts'
import type { Verbosity } from '../../cli/progress.ts'
import { type BaselineFacts, readBaseline } from '../../config/baseline.ts'
import { type LoadedConfig, loadConfig } from '../../config/loadConfig.ts'
import type { ReportOutput } from '../../reporting/emitReport.ts'
import { toReportOutput } from '../../reporting/reportOutputOptions.ts'
import type { CheckFlags, Shard } from './checkFlags.ts'

/** How checks are run and what counts: the command line put over the configuration, over the defaults. */
export interface CheckSettings {
  /** What the command line said, for the command that shows a finding again. */
  readonly flags: CheckFlags
  readonly forkPath: string
  readonly runtimePath: string
  /** Longest time that one call into a runtime may take. */
  readonly callDeadlineMs: number
  readonly output: ReportOutput
  readonly verbosity: Verbosity
  /** A baseline to write with what this run finds. */
  readonly baseline: (BaselineFacts & { readonly path: string }) | null
  readonly blockCount: number
  readonly only?: readonly string[]
  readonly skip: readonly string[]
  readonly profile: CheckProfile
  readonly shard: Shard | null
  readonly limits: Partial<Limits>
  /** By `check/rule`. */
  readonly severities: ReadonlyMap<string, Severity | 'off'>
  readonly acceptances: readonly AcceptanceEntry[]
  deadlineMs(checkId: string): number
  /** Absolute paths of modules with invariants. */
  readonly invariants: readonly string[]
  /** Absolute path of a folder; null when there are no scenarios to run. */
  readonly scenarios: string | null
  readonly proposal: Proposal | null
  /** Null without a configuration. */
  readonly configPath: string | null
}

const DEFAULT_BLOCKS = 10
/** A check makes many calls, each with a deadline of its own. */
const DEFAULT_CHECK_DEADLINE_MS = 600_000

/** A command line that names its inputs. */
export type CompleteFlags = CheckFlags & { readonly fork: string; readonly runtime: string }

/**
 * Reads the configuration and puts the command line over it; paths are relative to `folder`. Throws what reading the configuration,
 * baselines and proposals throws.
 */
export async function createCheckSettings(flags: CompleteFlags, folder: string): Promise<CheckSettings> {
  const loaded = await loadConfig(flags.config ?? null, folder)
  const { config } = loaded
  const only = flags.only ?? config.only
  const deadlines = new Map(
    Object.entries(config.checks ?? {}).flatMap(([id, { deadline }]) =>
      deadline === undefined ? [] : [[id, durationMs(deadline)] as const],
    ),
  )
  const usualMs = flags.checkDeadline ?? DEFAULT_CHECK_DEADLINE_MS
  const { writeBaseline, reason = '', until = '' } = flags
  return {
    flags,
    forkPath: flags.fork,
    runtimePath: flags.runtime,
    callDeadlineMs: flags.deadline,
    output: toReportOutput(flags),
    verbosity: flags.quiet === true ? 'quiet' : flags.verbose === true ? 'verbose' : 'normal',
    baseline: writeBaseline === undefined ? null : { path: writeBaseline, reason, until },
    blockCount: flags.blocks ?? config.blocks ?? DEFAULT_BLOCKS,
    ...(only === undefined ? {} : { only }),
    skip: flags.skip ?? config.skip ?? [],
    profile: flags.profile ?? config.profile ?? 'full',
    shard: flags.shard ?? null,
    limits: withoutUndefined(config.limits ?? {}),
    severities: severitiesOf(loaded),
    acceptances: acceptancesOf(loaded),
    deadlineMs: (id) => deadlines.get(id) ?? usualMs,
    invariants: (config.invariants ?? []).map((path) => resolve(loaded.folder, path)),
    scenarios: scenariosOf(flags, loaded, folder),
    proposal: proposalOf(flags, loaded, folder),
    configPath: loaded.path,
  }
}

function withoutUndefined(limits: { readonly [K in keyof Limits]?: number | undefined }): Partial<Limits> {
  return Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined))
}

function severitiesOf({ config }: LoadedConfig): ReadonlyMap<string, Severity | 'off'> {
  const severities = new Map<string, Severity | 'off'>()
  for (const [check, { severity = {} }] of Object.entries(config.checks ?? {})) {
    for (const [rule, level] of Object.entries(severity)) severities.set(`${check}/${rule}`, level)
  }
  return severities
}

function acceptancesOf({ config, folder }: LoadedConfig): readonly AcceptanceEntry[] {
  const baseline = config.baseline === undefined ? [] : readBaseline(resolve(folder, config.baseline))
  const allow = (config.allow ?? []).map(
    ({ check, rule, subject, reason, until }): AcceptanceEntry => ({
      check,
      reason,
      until,
      ...(rule === undefined ? {} : { rule }),
      ...(subject === undefined ? {} : { subject }),
    }),
  )
  return [...allow, ...baseline]
}

function scenariosOf(flags: CheckFlags, loaded: LoadedConfig, folder: string): string | null {
  if (flags.scenarios !== undefined) return resolve(folder, flags.scenarios)
  return loaded.config.scenarios === undefined ? null : resolve(loaded.folder, loaded.config.scenarios)
}

function proposalOf(flags: CheckFlags, loaded: LoadedConfig, folder: string): Proposal | null {
  const { proposal } = loaded.config
  const isFlag = flags.proposal !== undefined
  const text = flags.proposal ?? proposal?.call
  if (text === undefined) return null
  const origin = flags.proposalOrigin ?? (isFlag ? undefined : proposal?.origin)
  if (origin === undefined) {
    throw new DrydockError('a proposal needs an origin', {
      code: 'PROPOSAL_ORIGIN',
      kind: 'usage',
      hints: ['Give --proposal-origin: the address of the account that signs the call, or root.'],
    })
  }
  return parseProposal(callText(text, isFlag ? folder : loaded.folder), origin)
}

/** The hex itself, or what a file of that name holds. */
function callText(text: string, folder: string): string {
  const path = resolve(folder, text)
  return !/^0x/i.test(text) && existsSync(path) ? readFileSync(path, 'utf8') : text
}
