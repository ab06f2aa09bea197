#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 OR MIT
# Installs a build into a scratch prefix and uses it as a stranger would: by find_package, by pkg-config, and as a program.
# usage: check.sh BUILD_DIR COMPILER [FLAGS]
set -euo pipefail
build=$1 compiler=$2 flags=${3-}
source=$(cd "$(dirname "${BASH_SOURCE[0]}")/consumer" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

cmake --install "$build" --prefix "$scratch/installed" >"$scratch/install.log"
# Moved, so that nothing can depend on where it was installed to.
prefix=$scratch/moved
mv "$scratch/installed" "$prefix"
conformance=$prefix/share/pvm/conformance
cd "$scratch"

echo '== find_package(pvm)'
cmake -G Ninja -S "$source" -B by-cmake -D CMAKE_PREFIX_PATH="$prefix" -D CMAKE_CXX_COMPILER="$compiler" -D CMAKE_CXX_FLAGS="$flags" >cmake.log
cmake --build by-cmake
by-cmake/consumer "$conformance"

echo '== pkg-config pvm-conformance'
packages=$(dirname "$(find "$prefix" -name pvm-conformance.pc)")
export PKG_CONFIG_PATH=$packages
[[ $(pkg-config --variable=conformancedir pvm-conformance) -ef $conformance ]]
read -ra options <<<"$flags $(pkg-config --cflags --libs --static pvm-conformance)"
"$compiler" "$source/main.cpp" -o by-pkg-config "${options[@]}"
./by-pkg-config "$conformance"

echo '== pvm-conform'
"$prefix/bin/pvm-conform" verify
[[ $("$prefix/bin/pvm-conform" list | wc -l) -gt 0 ]]
[[ -f $prefix/share/doc/pvm/spec/semantics.md && -f $prefix/include/pvm_target.h ]]
