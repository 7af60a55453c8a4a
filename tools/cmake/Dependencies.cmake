# SPDX-License-Identifier: EUPL-1.2
# Every library from outside, as an imported target, so that its headers count as system headers.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
pkg_check_modules(SODIUM REQUIRED IMPORTED_TARGET libsodium)
pkg_check_modules(LMDB REQUIRED IMPORTED_TARGET lmdb)
pkg_check_modules(PROTOBUFC REQUIRED IMPORTED_TARGET libprotobuf-c)
pkg_check_modules(CYAML REQUIRED IMPORTED_TARGET libcyaml)
pkg_check_modules(OPENSSL REQUIRED IMPORTED_TARGET openssl)
pkg_check_modules(JANSSON REQUIRED IMPORTED_TARGET jansson)
pkg_check_modules(CMOCKA REQUIRED IMPORTED_TARGET cmocka)
# grpc.pc names 56 libraries; these two are enough.  libunistring and libcsv have no .pc file.
foreach(name grpc gpr unistring csv)
  find_library(LIB_${name} ${name} REQUIRED)
  add_library(lib::${name} INTERFACE IMPORTED)
  target_link_libraries(lib::${name} INTERFACE ${LIB_${name}})
endforeach()
