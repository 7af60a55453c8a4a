# SPDX-License-Identifier: EUPL-1.2
# -Wswitch-enum is left out on purpose: it fires on protobuf-c's dummy enum members even with a default.
add_library(warnings INTERFACE)
target_compile_options(warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wcast-qual -Wcast-align
  -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition -Wpointer-arith -Wwrite-strings
  -Wformat=2 -Wundef -Wvla -Wimplicit-fallthrough -Wnull-dereference -Wdouble-promotion
  -Wfloat-equal -Wdate-time)
if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
  target_compile_options(warnings INTERFACE
    -Wlogical-op -Wduplicated-cond -Wduplicated-branches -Wjump-misses-init -Wformat-signedness
    -Wtrampolines -Walloca)
elseif(CMAKE_C_COMPILER_ID STREQUAL "Clang")
  target_compile_options(warnings INTERFACE
    -Wcomma -Wassign-enum -Wunreachable-code -Wconditional-uninitialized
    -Wmissing-variable-declarations)
endif()
if(SEINHUIS_WERROR)
  target_compile_options(warnings INTERFACE -Werror)
endif()
