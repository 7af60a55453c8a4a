# SPDX-License-Identifier: EUPL-1.2
add_library(hardening INTERFACE)
target_compile_options(hardening INTERFACE
  -fstack-protector-strong -fstack-clash-protection -fno-strict-overflow
  -fno-delete-null-pointer-checks -fvisibility=hidden
  $<$<CONFIG:Release,RelWithDebInfo>:-U_FORTIFY_SOURCE>
  $<$<CONFIG:Release,RelWithDebInfo>:-D_FORTIFY_SOURCE=3>)
if(CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64")
  target_compile_options(hardening INTERFACE -fcf-protection=full)
endif()
if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
  target_compile_options(hardening INTERFACE -ftrivial-auto-var-init=zero)
endif()
target_link_options(hardening INTERFACE
  -Wl,-z,relro,-z,now,-z,noexecstack,-z,separate-code $<$<STREQUAL:$<TARGET_PROPERTY:TYPE>,EXECUTABLE>:-pie>)

if(SEINHUIS_SANITIZE)
  target_compile_options(hardening INTERFACE
    -fsanitize=${SEINHUIS_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(hardening INTERFACE -fsanitize=${SEINHUIS_SANITIZE})
  target_compile_definitions(hardening INTERFACE SEINHUIS_SANITIZED=1)
endif()
