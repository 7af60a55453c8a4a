# SPDX-License-Identifier: EUPL-1.2
# seinhuis_module(NAME SOURCES a.c b.c LINKS lib...): one static library of ours.
function(seinhuis_module name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINKS" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_compile_definitions(${name} PRIVATE _GNU_SOURCE)
  target_include_directories(${name} PUBLIC ${CMAKE_SOURCE_DIR})
  target_link_libraries(${name} PUBLIC ${ARG_LINKS} PRIVATE warnings hardening)
endfunction()

# seinhuis_program(NAME SOURCES main.c LINKS lib...): one executable of ours, in build/…/bin.
function(seinhuis_program name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINKS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_compile_definitions(${name} PRIVATE _GNU_SOURCE)
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE ${ARG_LINKS} warnings hardening)
endfunction()

# seinhuis_unit_test(NAME LINKS lib... [SOURCES extra.c...]): tests/unit/NAME.c, run by ctest with the label unit.
function(seinhuis_unit_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINKS" ${ARGN})
  seinhuis_program(${name} SOURCES ${name}.c ${ARG_SOURCES} LINKS ${ARG_LINKS} testlib PkgConfig::CMOCKA)
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES LABELS unit TIMEOUT 300
    ENVIRONMENT "SEINHUIS_SHARED=${CMAKE_SOURCE_DIR}/../shared")
endfunction()

# seinhuis_integration_test(NAME LINKS lib...): tests/integration/NAME.c, run by ctest with the label integration.
function(seinhuis_integration_test name)
  cmake_parse_arguments(ARG "" "" "LINKS" ${ARGN})
  seinhuis_program(${name} SOURCES ${name}.c LINKS ${ARG_LINKS} testlib PkgConfig::CMOCKA)
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES LABELS integration TIMEOUT 300)
endfunction()

# seinhuis_fuzz_target(NAME LINKS lib...): tests/fuzz/NAME.c.  In the fuzz build a libFuzzer program; else the
# same target replays its corpus tests/fuzz/corpus/NAME under ctest with the label fuzz.
function(seinhuis_fuzz_target name)
  cmake_parse_arguments(ARG "" "" "LINKS" ${ARGN})
  if(SEINHUIS_FUZZ)
    seinhuis_program(${name} SOURCES ${name}.c LINKS ${ARG_LINKS})
    target_compile_options(${name} PRIVATE -fsanitize=fuzzer)
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  else()
    seinhuis_program(${name} SOURCES ${name}.c replay.c LINKS ${ARG_LINKS})
    add_test(NAME ${name} COMMAND ${name} ${CMAKE_CURRENT_SOURCE_DIR}/corpus/${name})
    set_tests_properties(${name} PROPERTIES LABELS fuzz TIMEOUT 120)
  endif()
endfunction()
