#!/usr/bin/env bash
# Builds every example into wasm/, with their manifest.
#   ./build.sh                all examples
#   ./build.sh --source-hash  prints the hash of the sources and stops
# Needs what the templates' build.sh need: Rust with the target wasm32v1-none, and npx for AssemblyScript.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
templates=$here/../templates
mkdir -p "$here/wasm"

# Every file that goes into an example.
source_hash() {
	cd "$here/.."
	find templates examples/build.sh examples/rust examples/assembly -type f | LC_ALL=C sort | xargs sha256sum | sha256sum | cut -d' ' -f1
}

if [ "${1:-}" = --source-hash ]; then
	source_hash
	exit
fi
for source in "$here"/rust/{good,bad}*.rs; do
	"$templates/rust/build.sh" "$source" "$here/wasm/$(basename "$source" .rs).wasm"
done
for source in "$here"/assembly/*.ts; do
	"$templates/assembly/build.sh" "$source" "$here/wasm/$(basename "$source" .ts).wasm"
done
{
	printf '{\n  "sourceSha256": "%s",\n  "rustc": "%s",\n  "assemblyscript": "%s",\n  "modules": {\n' \
		"$(source_hash)" "$(rustc --version)" "$("$templates/assembly/build.sh" --version)"
	separator=''
	for wasm in "$here"/wasm/*.wasm; do
		printf '%b    "%s": {\n      "sizeBytes": %s,\n      "sha256": "%s"\n    }' "$separator" "$(basename "$wasm" .wasm)" \
			"$(stat -c %s "$wasm")" "$(sha256sum "$wasm" | cut -d' ' -f1)"
		separator=',\n'
	done
	printf '\n  }\n}\n'
} >"$here/manifest.json"
