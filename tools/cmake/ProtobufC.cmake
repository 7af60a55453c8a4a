# SPDX-License-Identifier: EUPL-1.2
find_program(PROTOC_C protoc-c REQUIRED)

# protobufc_library(NAME FILE.proto...): compiles the files (relative to this folder) into the static
# library NAME.  Generated code is not ours: it gets no warnings and its headers are system headers.
function(protobufc_library name)
  set(out ${CMAKE_BINARY_DIR}/gen)
  set(sources)
  foreach(file ${ARGN})
    string(REGEX REPLACE "\\.proto$" ".pb-c" base ${file})
    get_filename_component(dir ${out}/${file} DIRECTORY)
    file(MAKE_DIRECTORY ${dir})
    add_custom_command(
      OUTPUT ${out}/${base}.c ${out}/${base}.h
      COMMAND ${PROTOC_C} --proto_path=${CMAKE_CURRENT_SOURCE_DIR} --c_out=${out} ${file}
      DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${file}
      COMMENT "protoc-c ${file}" VERBATIM)
    list(APPEND sources ${out}/${base}.c ${out}/${base}.h)
  endforeach()
  add_library(${name} STATIC ${sources})
  target_include_directories(${name} SYSTEM PUBLIC ${out})
  target_link_libraries(${name} PUBLIC PkgConfig::PROTOBUFC)
endfunction()
