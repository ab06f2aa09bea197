# SPDX-License-Identifier: Apache-2.0 OR MIT
# CMake toolchain file for PVM programs:
#
#   cmake -B build -D CMAKE_TOOLCHAIN_FILE=.../guest/cmake/pvm-toolchain.cmake [-D PVM_BITS=32] [-D PVM_COMMAND=.../pvm]
#
# Executables become NAME.pvm, linked with the SDK's start code and C library by guest/pvm-cc; target_link_options are options of pvm-cc
# (--no-start for programs that export functions instead of having a main, --stack-size N, --isa NAME). Static libraries work as usual.
set(CMAKE_SYSTEM_NAME Generic)
set(PVM_BITS 64 CACHE STRING "Width of the program's registers: 64 or 32")
set(PVM_COMMAND "" CACHE FILEPATH "The command pvm (default: that of the SDK's checkout, or the one in PATH)")
set(CMAKE_SYSTEM_PROCESSOR riscv${PVM_BITS})
# What CMake tries out must see these, too.
set(CMAKE_TRY_COMPILE_PLATFORM_VARIABLES PVM_BITS PVM_COMMAND)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)

find_program(PVM_CLANG NAMES clang-19 clang REQUIRED)
find_program(PVM_CLANGXX NAMES clang++-19 clang++ REQUIRED)
find_program(PVM_AR NAMES llvm-ar-19 llvm-ar REQUIRED)
find_program(PVM_RANLIB NAMES llvm-ranlib-19 llvm-ranlib REQUIRED)
set(CMAKE_C_COMPILER ${PVM_CLANG})
set(CMAKE_CXX_COMPILER ${PVM_CLANGXX})
set(CMAKE_ASM_COMPILER ${PVM_CLANG})
set(CMAKE_AR ${PVM_AR})
set(CMAKE_RANLIB ${PVM_RANLIB})

# pvm-cc alone knows the flags.
get_filename_component(pvm_cc ${CMAKE_CURRENT_LIST_DIR}/../pvm-cc ABSOLUTE)
execute_process(COMMAND ${pvm_cc} --${PVM_BITS} --print-flags OUTPUT_VARIABLE pvm_flags OUTPUT_STRIP_TRAILING_WHITESPACE
  COMMAND_ERROR_IS_FATAL ANY)
set(CMAKE_C_FLAGS_INIT ${pvm_flags})
set(CMAKE_CXX_FLAGS_INIT "${pvm_flags} -fno-exceptions -fno-rtti -fno-threadsafe-statics -nostdinc++")
set(CMAKE_ASM_FLAGS_INIT ${pvm_flags})

set(pvm_link ${pvm_cc})
if(PVM_COMMAND)
  set(pvm_link "${CMAKE_COMMAND} -E env PVM=${PVM_COMMAND} ${pvm_cc}")
endif()
foreach(language C CXX ASM)
  set(CMAKE_${language}_LINK_EXECUTABLE "${pvm_link} --${PVM_BITS} <LINK_FLAGS> <OBJECTS> <LINK_LIBRARIES> -o <TARGET>")
endforeach()
set(CMAKE_EXECUTABLE_SUFFIX .pvm)
set(CMAKE_EXECUTABLE_SUFFIX_C .pvm)
set(CMAKE_EXECUTABLE_SUFFIX_CXX .pvm)

set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
