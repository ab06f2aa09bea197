#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 OR MIT
# Installs a build into a scratch prefix and uses it as a stranger would: by find_package, by pkg-config, and as a program.
# usage: check.sh BUILD_DIR C_COMPILER COMPILER [FLAGS]
set -euo pipefail
build=$1 c_compiler=$2 compiler=$3 flags=${4-}
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
cmake -G Ninja -S "$source" -B by-cmake -D CMAKE_PREFIX_PATH="$prefix" -D CMAKE_CXX_COMPILER="$compiler" -D CMAKE_CXX_FLAGS="$flags" \
  -D CMAKE_C_COMPILER="$c_compiler" -D CMAKE_C_FLAGS="$flags" >cmake.log
cmake --build by-cmake
by-cmake/consumer "$conformance"
for kind in engine engine_static; do
  by-cmake/consumer_$kind
  by-cmake/consumer_${kind}_c
done

echo '== pkg-config pvm-conformance'
packages=$(dirname "$(find "$prefix" -name pvm-conformance.pc)")
export PKG_CONFIG_PATH=$packages
[[ $(pkg-config --variable=conformancedir pvm-conformance) -ef $conformance ]]
read -ra options <<<"$flags $(pkg-config --cflags --libs --static pvm-conformance)"
"$compiler" "$source/main.cpp" -o by-pkg-config "${options[@]}"
./by-pkg-config "$conformance"

echo '== pkg-config pvm-engine'
read -ra options <<<"$flags $(pkg-config --cflags --libs pvm-engine) -Wl,-rpath,$(pkg-config --variable=libdir pvm-engine)"
"$c_compiler" -std=c99 "$source/engine.c" -o by-pkg-config-c "${options[@]}"
"$compiler" -std=c++20 "$source/engine.cpp" -o by-pkg-config-cpp "${options[@]}"
./by-pkg-config-c
./by-pkg-config-cpp

echo '== exported symbols'
library=$(find "$prefix" -name 'libpvm_engine.so')
# Nothing but the API, all of it with a version.
exported=$(nm -DC --defined-only "$library" | cut -d' ' -f2-)
if grep -vE '^T (pvm_[a-z_]+|pvm::[A-Za-z0-9_:~]+[(=].*)@@PVM_1$|^A PVM_1(@@PVM_1)?$' <<<"$exported"; then exit 1; fi
if grep -E '^T pvm::(engine|c)::|^T [^(]*::Impl::' <<<"$exported"; then exit 1; fi
[[ $(grep -c '^T pvm_' <<<"$exported") -eq $(grep -c '^PVM_C_API' "$prefix/include/pvm.h") ]]

echo '== pvm-conform'
"$prefix/bin/pvm-conform" verify
[[ $("$prefix/bin/pvm-conform" list | wc -l) -gt 0 ]]
[[ -f $prefix/share/doc/pvm/spec/semantics.md && -f $prefix/include/pvm_target.h ]]

if [[ -e $prefix/bin/pvm ]]; then # PVM_TOOLS
  echo '== pvm'
  [[ $("$prefix/bin/pvm" --version) == "pvm "* ]]

  echo '== pvm-cc'
  HOME=$scratch XDG_CACHE_HOME=$scratch/cache "$prefix/bin/pvm-cc" "$prefix/share/pvm/guest/examples/hello/hello.c" -o hello.pvm
  [[ $("$prefix/bin/pvm" run hello.pvm -- you) == 'Hello, you!' ]]
fi
