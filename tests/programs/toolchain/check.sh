#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 OR MIT
# usage: check.sh BITS PVM FOLDER: the toolchain file builds a project whose programs do what they should.
set -euo pipefail
bits=$1 pvm=$2 folder=$3
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
rm -rf "$folder"
cmake -G Ninja -S "$here/project" -B "$folder" -D CMAKE_TOOLCHAIN_FILE="$here/../../../guest/cmake/pvm-toolchain.cmake" \
  -D PVM_BITS="$bits" -D PVM_COMMAND="$pvm" -D CMAKE_BUILD_TYPE=Release >"$folder.log" || { cat "$folder.log"; exit 1; }
cmake --build "$folder"
code=0
output=$("$pvm" run "$folder/program.pvm") || code=$?
[[ $output == 'from a library: 42' && $code -eq 3 ]] || { echo "FAILED: program.pvm: \"$output\", exit code $code"; exit 1; }
sum=$("$pvm" run "$folder/add.pvm" --call add 40 2)
[[ $sum == 42* ]] || { echo "FAILED: add.pvm: $sum"; exit 1; }
