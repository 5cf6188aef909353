#!/usr/bin/env bash
# Builds consensus.wasm beside this file:  ./build.sh [SOURCE.ts OUT.wasm]
# npx brings the compiler; ASC names another one.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
asc=${ASC:-npx --yes --package assemblyscript@0.28.20 asc}
if [ "${1:-}" = --version ]; then
	exec $asc --version
fi
source=${1:-$here/consensus.ts}
out=${2:-$here/consensus.wasm}
cd "$(dirname "$source")"
# `abort` would be an import: without it, a failed check is the instruction `unreachable`.
$asc "$(basename "$source")" -O2 --runtime stub --use abort= --disable nontrapping-f2i -o "$out"
echo "$out"
