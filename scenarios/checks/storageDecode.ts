import type { ChainCodec } from '../../harness/codec/index.ts'
import type { DataTable } from '../../reports/model/dataTable.ts'
import type { Finding } from '../../reports/model/finding.ts'
import type { Check, CheckAnswer, CheckContext } from '../check/check.ts'
import { createFinding } from '../check/createFinding.ts'
import { defineCheck } from '../check/defineCheck.ts'
import { entryText } from '../storage/entryText.ts'
import type { ItemProblem, ProblemKind } from '../storage/itemProblems.ts'
import { scannedState } from '../storage/stateScan.ts'

/**
 * What each block writes anew, for nobody but readers of that block: what it holds says nothing of the state. try-runtime
 * alarms on events that another runtime wrote (polkadot-sdk issue 2560).
 */
const OF_ONE_BLOCK: ReadonlySet<string> = new Set(['System.Events'])

export const storageDecode: Check = defineCheck({
  id: 'storage.decode',
  title: "Every stored value decodes with the candidate's types",
  why: 'A runtime reads a value that does not decode as absent: balances become zero (Autonomys Taurus 2025: a field removed without a migration).',
  rules: [
    {
      id: 'undecodable',
      severity: 'error',
      says: 'Values of an item no longer decode; the runtime reads its default instead.',
    },
    {
      id: 'trailingBytes',
      severity: 'error',
      says: 'Values of an item decode with bytes left over: they were written as a different type.',
    },
    {
      id: 'malformedKey',
      severity: 'error',
      says: 'Keys under the prefix of an item are no longer valid keys of it, so the runtime cannot find them.',
    },
  ],
  needs: scannedState,
  async run(context, scan): Promise<CheckAnswer> {
    const { problems, codec, keys } = scan
    const isCounted = (problem: ItemProblem) => problem.count > 0 && !OF_ONE_BLOCK.has(nameOf(problem))
    const table = otherProblems(problems)
    return {
      kind: 'ran',
      findings: problems.filter(isCounted).map((problem) => toFinding(context, codec, problem)),
      measures: { keys, block: scan.block },
      tables: table.rows.length === 0 ? [] : [table],
    }
  },
})

function nameOf({ item }: ItemProblem): string {
  return `${item.pallet}.${item.item}`
}

function toFinding(context: CheckContext, codec: ChainCodec, problem: ItemProblem): Finding {
  const { kind, count, item, samples, countBefore } = problem
  const stored = mostFrequent(problem.sizes)
  return createFinding(storageDecode, context, {
    rule: kind,
    subject: nameOf(problem),
    title: titleOf(problem, stored),
    facts: {
      item: nameOf(problem),
      count,
      countBefore,
      storedBytes: stored,
      expectedBytes: item.valueBytes,
    },
    evidence: samples.map((sample) => entryText(codec, sample)),
  })
}

function titleOf(problem: ItemProblem, stored: number): string {
  const { kind, count, item } = problem
  const name = nameOf(problem)
  const isOne = count === 1
  const many = count.toLocaleString('en')
  if (kind === 'malformedKey') {
    return `${many} ${isOne ? 'key' : 'keys'} under ${name} ${isOne ? 'is no longer a valid key' : 'are no longer valid keys'} of it`
  }
  const values = `${many} ${isOne ? 'value' : 'values'} of ${name}`
  const sizes = sizesText(problem)
  if (kind === 'undecodable') {
    const expected = item.valueBytes === null ? '' : `, ${item.valueBytes} expected`
    return `${values} no longer ${isOne ? 'decodes' : 'decode'} (${sizes} stored${expected})`
  }
  const over =
    item.valueBytes === null || problem.sizes.size > 1 ? 'bytes' : `${stored - item.valueBytes} bytes`
  return `${values} ${isOne ? 'decodes with' : 'decode with'} ${over} left over (${sizes} stored)`
}

function sizesText({ sizes }: ItemProblem): string {
  const all = [...sizes.keys()].sort((a, b) => a - b)
  const [least = 0] = all
  const most = all.at(-1) ?? least
  if (least !== most) return `${least} to ${most} bytes`
  return least === 1 ? '1 byte' : `${least} bytes`
}

function mostFrequent(sizes: ReadonlyMap<number, number>): number {
  const [first] = [...sizes].sort(([, a], [, b]) => b - a)
  return first?.[0] ?? 0
}

const PROBLEM_WORDS: Readonly<Record<ProblemKind, string>> = {
  undecodable: 'does not decode',
  trailingBytes: 'leaves bytes over',
  malformedKey: 'not a valid key of the item',
}

function otherProblems(problems: readonly ItemProblem[]): DataTable {
  const rows = problems.flatMap((problem) => {
    const { kind, count, countBefore } = problem
    const isOfOneBlock = OF_ONE_BLOCK.has(nameOf(problem))
    const entries = isOfOneBlock ? count + countBefore : countBefore
    const reason = isOfOneBlock ? 'written anew in each block' : 'as before the upgrade'
    return entries === 0 ? [] : [[nameOf(problem), PROBLEM_WORDS[kind], entries, reason]]
  })
  return {
    id: 'storage-undecodable',
    title: 'Entries that did not decode before the upgrade either',
    columns: [
      { name: 'item', kind: 'text' },
      { name: 'problem', kind: 'text' },
      { name: 'entries', kind: 'count' },
      { name: 'why', kind: 'text' },
    ],
    rows,
  }
}
