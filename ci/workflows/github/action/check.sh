#!/usr/bin/env bash
# Runs `drydock check` for a workflow: inputs come as DRYDOCK_* variables and are never part of a command text. Writes the report
# into DRYDOCK_OUT, the summary and annotations for GitHub, and the step's outputs. Ends with the exit code of the check, or with
# 0 when DRYDOCK_FAIL_ON is `never` and there is a report with a verdict.
set -uo pipefail

: "${DRYDOCK_FORK:?}" "${DRYDOCK_RUNTIME:?}"
out="${DRYDOCK_OUT:-drydock-out}"
# Words of our own making, or of the workflow's author: no input of a pull request.
read -r -a drydock <<<"${DRYDOCK_COMMAND:-npx --yes drydock@0.1.0}"

arguments=(check --fork "$DRYDOCK_FORK" --runtime "$DRYDOCK_RUNTIME" --profile "${DRYDOCK_PROFILE:-full}" --out "$out")
if [[ -n "${DRYDOCK_CONFIG:-}" ]]; then arguments+=(--config "$DRYDOCK_CONFIG"); fi

# A report of an earlier run must not pass for this one's.
rm -rf -- "$out"
"${drydock[@]}" "${arguments[@]}" --reporter github
code=$?

if [[ -n "${GITHUB_STEP_SUMMARY:-}" && -f "$out/report.md" ]]; then
  # GitHub refuses a summary above a mebibyte.
  head -c 1000000 "$out/report.md" >>"$GITHUB_STEP_SUMMARY"
fi

if [[ -n "${GITHUB_OUTPUT:-}" ]]; then
  {
    printf 'exit-code=%s\n' "$code"
    printf 'report-path=%s\n' "$out"
    if [[ -f "$out/report.json" ]]; then
      node - "$out/report.json" <<'JS'
const { readFileSync } = require('node:fs')
const report = JSON.parse(readFileSync(process.argv[2], 'utf8'))
const plain = (value) => String(value ?? '').replaceAll(/[^\w.:-]/g, '')
const findings = report.checks.flatMap((check) => check.findings)
console.log(`verdict=${plain(report.verdict)}`)
console.log(`code-hash=${plain(report.inputs.runtime.submittedHash)}`)
console.log(`spec-version=${plain(report.inputs.runtime.version?.specVersion)}`)
console.log(`findings=${findings.length}`)
JS
    fi
  } >>"$GITHUB_OUTPUT"
fi

# Without a report nothing was looked at, whatever the exit code says: npm ends with 1 when it cannot start a tool.
if [[ ! -f "$out/report.json" ]]; then
  printf 'drydock left no report in %s (exit code %s): there is no verdict\n' "$out" "$code" >&2
  if [[ $code -eq 2 || $code -eq 70 || $code -ge 128 ]]; then exit "$code"; fi
  exit 3
fi
if [[ "${DRYDOCK_FAIL_ON:-not-ready}" == never && ($code -eq 1 || $code -eq 4 || $code -eq 5) ]]; then exit 0; fi
exit "$code"
