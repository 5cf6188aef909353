import type { FloatInstructions, InspectedMemory, RuntimeInspection } from './runtimeInspection.ts'
import type { TerminalOptions } from './terminal.ts'
import { paragraph, table } from './text/layout.ts'
import { formatBytes, formatCount, formatPlural } from './text/numbers.ts'
import { BLANK, drawLines, type Line, textLine } from './text/spans.ts'

type Row = readonly [name: string, value: string]

/** What a runtime file is, for a person at a terminal. Ends in a newline. */
export function renderInspection(inspection: RuntimeInspection, options: TerminalOptions = {}): string {
  const width = Math.max(60, options.width ?? 100)
  const sections = [
    headline(inspection),
    rowLines(identityRows(inspection), width),
    problemLines(inspection.problems, width),
    proposalLines(inspection, width),
    [textLine('Module', 'bold'), ...rowLines(moduleRows(inspection), width)],
    importLines(inspection, width),
    apiLines(inspection, width),
    entryPointLines(inspection, width),
  ]
  const lines = sections.filter((section) => section.length > 0).flatMap((section) => [...section, BLANK])
  return drawLines(lines.slice(0, -1), options.isColored ?? false)
}

function headline({ version, source }: RuntimeInspection): readonly Line[] {
  if (version === null) return [textLine(source, 'bold')]
  return [
    [
      { text: `${version.specName} ${version.specVersion}`, style: 'bold' },
      { text: `  ${source}`, style: 'dim' },
    ],
  ]
}

function identityRows(inspection: RuntimeInspection): readonly Row[] {
  const { version, hashes } = inspection
  const ratio = inspection.sizeBytes / inspection.wasmSizeBytes
  const size =
    inspection.compression === 'none'
      ? `${formatBytes(inspection.sizeBytes)} (${formatCount(inspection.sizeBytes)} bytes), not compressed`
      : `${formatBytes(inspection.sizeBytes)} (${formatCount(inspection.sizeBytes)} bytes), ${inspection.compression}, ` +
        `${(ratio * 100).toFixed(1)} % of ${formatBytes(inspection.wasmSizeBytes)}`
  const versionRows: readonly Row[] =
    version === null
      ? []
      : [
          ['spec', `${version.specName} ${version.specVersion}`],
          ['impl', `${version.implName} ${version.implVersion}`],
          ['transaction version', String(version.transactionVersion)],
          ['authoring version', String(version.authoringVersion)],
          ['state version', String(version.stateVersion)],
          [
            'version from',
            inspection.versionFrom === 'Core_version' ? 'Core_version (no custom section)' : 'custom section',
          ],
        ]
  return [
    ['size', size],
    ...versionRows,
    [
      'metadata version',
      inspection.metadataVersion === null ? 'unknown' : String(inspection.metadataVersion),
    ],
    ['blake2-256', hashes.blake2_256],
    ['sha256', hashes.sha256],
    ['blake2-256 of wasm', hashes.wasmBlake2_256],
  ]
}

function moduleRows(inspection: RuntimeInspection): readonly Row[] {
  const { floatInstructions: floats, customSections } = inspection
  const sections = customSections.map(({ name, sizeBytes }) => `${name} (${formatBytes(sizeBytes)})`)
  return [
    ['memory', describeMemory(inspection.memory)],
    ['heap base', inspection.heapBase === null ? 'not exported' : formatCount(inspection.heapBase)],
    [
      'code',
      `${formatBytes(inspection.codeSizeBytes)}, ${formatPlural(inspection.functionCount, 'function')}`,
    ],
    ['function names', inspection.hasNameSection ? 'yes' : 'no: stacks of panics will have no names'],
    ['float instructions', describeFloats(floats)],
    [
      'disabled proposals',
      inspection.disabledProposals.length === 0 ? 'none' : inspection.disabledProposals.join(', '),
    ],
    ['custom sections', sections.length === 0 ? 'none' : sections.join(', ')],
  ]
}

function describeFloats(floats: FloatInstructions | null): string {
  if (floats === null) return 'unknown'
  return floats.count === 0 ? 'none' : `${formatCount(floats.count)} in ${floats.functions.join(', ')}`
}

function describeMemory({ source, minPages, maxPages }: InspectedMemory): string {
  const limit = maxPages === null ? 'no maximum' : `maximum ${formatCount(maxPages)}`
  return `${source === 'import' ? 'imported' : 'its own'}, at least ${formatPlural(minPages, 'page')} of 64 KiB, ${limit}`
}

function problemLines(problems: readonly string[], width: number): readonly Line[] {
  if (problems.length === 0) return []
  return [
    textLine('Not found out', 'yellow'),
    ...problems.flatMap((text) => paragraph(text, { width, indent: 2 })),
  ]
}

function proposalLines({ proposals }: RuntimeInspection, width: number): readonly Line[] {
  if (proposals.length === 0) return []
  const rows = proposals.map(({ call, callHash }): Line => [{ text: call }, { text: callHash }])
  return [textLine('Hashes of the calls that install it', 'bold'), ...table(rows, { width, indent: 2 })]
}

function importLines({ imports }: RuntimeInspection, width: number): readonly Line[] {
  const unknown = imports.filter((one) => !one.isKnown)
  const functions = imports.filter((one) => one.kind === 'function')
  const title = `Imports: ${formatPlural(functions.length, 'host function')}, ${unknown.length} unknown to Drydock`
  const marks = unknown.map(({ module, name }) => textLine(`  unknown  ${module}.${name}`, 'red'))
  const names = functions.filter((one) => one.isKnown).map((one) => one.name)
  return [
    textLine(title, 'bold'),
    ...marks,
    ...(names.length === 0 ? [] : paragraph(names.join(' '), { width, indent: 2, style: 'dim' })),
  ]
}

function apiLines({ apis }: RuntimeInspection, width: number): readonly Line[] {
  if (apis.length === 0) return []
  const rows = apis.map(
    ({ id, name, version }): Line => [
      { text: id, style: 'dim' },
      { text: `${name ?? 'unknown'} ${version}` },
    ],
  )
  return [textLine(`Runtime APIs: ${apis.length}`, 'bold'), ...table(rows, { width, indent: 2 })]
}

function entryPointLines({ entryPoints }: RuntimeInspection, width: number): readonly Line[] {
  const title = textLine(`Entry points: ${entryPoints.length}`, 'bold')
  if (entryPoints.length === 0) return [title]
  return [title, ...paragraph(entryPoints.join(' '), { width, indent: 2, style: 'dim' })]
}

function rowLines(rows: readonly Row[], width: number): readonly Line[] {
  return table(
    rows.map(([name, value]): Line => [{ text: name, style: 'dim' }, { text: value }]),
    { width, indent: 2 },
  )
}
