#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 OR MIT
# Makes programs with pvm-cc and runs them at every isolation level: programs.sh BITS PVM CC DIRECTORY
set -euo pipefail
bits=$1 compiler=$3 work=$4/programs-$1
export PVM=$2
cd "$(dirname "${BASH_SOURCE[0]}")"
mkdir -p "$work"
export PVM_SDK_CACHE=$work/sdk
failures=0 checks=0

# equal WHAT EXPECTED ACTUAL
equal() {
  checks=$((checks + 1))
  [[ $2 != "$3" ]] || return 0
  failures=$((failures + 1))
  printf '%s\n--- expected\n%s\n--- actual\n%s\n' "$1" "$2" "$3" >&2
}

# make SOURCE OPTIONS...: gives the program's path.
make() {
  local source=$1
  shift
  ../../guest/pvm-cc "--$bits" "$@" "$source" -o "$work/$(basename "$source").pvm"
  echo "$work/$(basename "$source").pvm"
}

# output LEVEL PROGRAM ARGUMENTS...: standard output, standard error in brackets, exit code in a line of its own.
output() {
  local level=$1 program=$2 code=0
  shift 2
  "$PVM" run --isolation "$level" "$program" -- "$@" 2>"$work/errors" || code=$?
  printf '[%s]\n%d' "$(cat "$work/errors")" "$code"
}

"$compiler" -w programs/library.c -latomic -o "$work/library"
expected=$("$work/library")$'\n[]\n0'
for level in -O0 -O1 -O2 -O3 -Os -Oz; do
  program=$(make programs/library.c "$level" -Wno-atomic-alignment)
  equal "library.c $level" "$expected" "$(output interpreter "$program")"
done

library=$(make programs/library.c -O2 -Wno-atomic-alignment)
hello=$(make ../../guest/examples/hello/hello.c)
objects=$(make programs/objects.cpp)
environment=$(make programs/environment.c)
objects_expected='made first
made second
areas 20
items 0, largest 4
made placed
destroyed placed
asked 84
destroyed second
destroyed first
[]
5'

for level in process in-process interpreter; do
  equal "$level: library" "$expected" "$(output "$level" "$library")"
  equal "$level: hello" $'Hello, world!\n[]\n0' "$(output "$level" "$hello")"
  equal "$level: hello PVM" $'Hello, PVM!\n[]\n0' "$(output "$level" "$hello" PVM)"
  equal "$level: objects" "$objects_expected" "$(output "$level" "$objects")"
  equal "$level: arguments and input" $'argument 1: \'a b\'\nargument 2: \'\'\nthen NULL\nINPUT\nfarewell, destructed[errors go here]\n3' \
    "$(printf 'input\n' | output "$level" "$environment" 'a b' '')"
  equal "$level: exit" $'argument 1: \'exit\'\nargument 2: \'258\'\nthen NULL\nfarewell, destructed[errors go here]\n2' \
    "$(output "$level" "$environment" exit 258 </dev/null)"
  equal "$level: abort" $'argument 1: \'abort\'\nthen NULL\n' "$(output "$level" "$environment" abort </dev/null | head -n 2)"$'\n'
  equal "$level: abort's code" 134 "$(output "$level" "$environment" abort </dev/null | tail -n 1)"
  equal "$level: assert" 1 "$(output "$level" "$environment" 1 2 3 4 </dev/null | grep -c 'environment.c:[0-9]*: main: assertion failed: argc < 5')"
  head -c 300000 /dev/zero | tr '\0' 'q' >"$work/large"
  equal "$level: large input" 300000 "$("$PVM" run --isolation "$level" "$environment" <"$work/large" 2>/dev/null | tr -dc Q | wc -c)"
done
# Programs of exports: the same in C and in C++, in each version of the languages.
# call PROGRAM NAME NUMBERS...
call() {
  "$PVM" run --isolation interpreter "$1" --call "${@:2}" 2>&1 | sed "s/ (0x.*//"
}
cp programs/exports.c "$work/exports.cpp"
for source in programs/exports.c "$work/exports.cpp"; do
  standards=(c99 gnu11 c17)
  [[ $source == *.c ]] || standards=(c++11 c++17 c++20)
  for standard in "${standards[@]}"; do
    program=$(make "$source" --no-start "-std=$standard" -Wall -Wextra -Werror)
    equal "$standard: add" 5 "$(call "$program" add 2 3)"
    equal "$standard: weigh" 91 "$(call "$program" weigh 1 2 3 4 5 6)"
    equal "$standard: square" 18446744065119617025 "$(call "$program" square 4294967295 --result u64)"
    equal "$standard: odd name" 7 "$(call "$program" 'a name: not one of C')"
    equal "$standard: greet" greetings "$(call "$program" greet --result u32 | head -n 1)"
    equal "$standard: grow" 70000 "$(call "$program" grow 70000)"
    equal "$standard: stack" 1 "$("$PVM" inspect "$program" | grep -c '^stack *40960 bytes')"
  done
done

# refuses TEXT LANGUAGE SOURCE
refuses() {
  printf '#include <pvm/guest.h>\n%s\n' "$3" >"$work/refused.$2"
  equal "refuses $3 in $2" 1 "$(../../guest/pvm-cc "--$bits" -c "$work/refused.$2" -o "$work/refused.o" 2>&1 | grep -c "error.*$1")"
}
for language in c cpp; do
  refuses 'more than six registers' $language 'PVM_EXPORT(int, f, long a, long b, long c, long d, long e, long f, long g) { return 0; }'
  refuses 'result takes more than two registers' $language 'struct s { long a[3]; }; PVM_IMPORT(struct s, f)'
  refuses 'parameter takes more than two registers' $language 'struct s { long a[3]; }; PVM_IMPORT(void, f, struct s a)'
done

echo "$((checks - failures)) of $checks as expected"
exit $((failures > 0))
