#!/usr/bin/env bash
# Builds consensus.wasm beside this file:  ./build.sh [SOURCE.rs OUT.wasm]
# Needs a Rust of 2024 edition with the target wasm32v1-none:  rustup target add wasm32v1-none
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source=${1:-$here/consensus.rs}
out=${2:-$here/consensus.wasm}
rustc --edition 2024 --crate-type cdylib --crate-name consensus --target wasm32v1-none \
	-C opt-level=s -C panic=abort -C lto=fat -C codegen-units=1 -C strip=debuginfo -C link-arg=-zstack-size=65536 \
	--remap-path-prefix="$here"=. -o "$out" "$source"
chmod 644 "$out"
echo "$out"
