import { drawLines, type Line } from '../../../reports/index.ts'
import { paragraph, table } from '../../../reports/text/layout.ts'
import { NOT_YET_SEEN, readDemoFaults } from '../../../scenarios/demo/chain/index.ts'
import { EXIT_CODE, type ExitCode } from '../../cli/exitCode.ts'
import { type CliIo, layoutWidth, wantsColor } from '../../cli/io.ts'

const INTRODUCTION =
  'The demo chain runs the miniature subtensor v1 with the accounts and stakes of Bittensor in March 2023. demo:v2 is the good candidate for it. Each of these is v2 with one fault, and the check that must report it; the last ones are harmless changes, with the verdict that they should get:'

/** `drydock demo`: prints the table of faults that can be tried on the demo chain. */
export function demoCommand(io: CliIo): ExitCode {
  const width = layoutWidth(io.stdout)
  const { faults } = readDemoFaults()
  const rows = faults.map((fault): Line => {
    if (fault.expected === 'harmless') {
      return [
        { text: `demo:${fault.name}`, style: 'bold' },
        { text: fault.verdict ?? '', style: 'dim' },
        { text: fault.title },
      ]
    }
    const isSeen = !NOT_YET_SEEN.includes(fault.name)
    return [
      { text: `demo:${fault.name}`, style: 'bold' },
      isSeen ? { text: fault.check, style: 'green' } : { text: `${fault.check} *`, style: 'dim' },
      { text: fault.title },
    ]
  })
  const lines = [
    ...paragraph(INTRODUCTION, { width, indent: 0 }),
    [],
    ...table(rows, { width, indent: 2 }),
    [],
    ...paragraph('* This check does not exist yet, or does not see the fault; another check may.', {
      width,
      indent: 0,
    }),
    [],
    ...paragraph('Try one: npx drydock check --fork demo --runtime demo:march-2024', { width, indent: 0 }),
  ]
  io.stdout.write(drawLines(lines, wantsColor(io.stdout, io.env)))
  return EXIT_CODE.ready
}
