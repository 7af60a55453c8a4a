#!/usr/bin/env bash
# SPDX-License-Identifier: EUPL-1.2
# clang-tidy and cppcheck over our own C files.  The argument is a build folder with compile_commands.json.
set -euo pipefail
cd "$(dirname "$0")/../.."
build=${1:?usage: tools/lint/analyse.sh BUILD_FOLDER}

# Generated code is not ours, and a database entry is needed for each file.
mapfile -t files < <(git ls-files '*.c' | while read -r file; do
    if grep -q "\"file\": \"$PWD/$file\"" "$build/compile_commands.json"; then echo "$file"; fi
done)

echo "clang-tidy: ${#files[@]} files"
printf '%s\0' "${files[@]}" | xargs -0 -n 4 -P "$(nproc)" clang-tidy --quiet -p "$build" 2>/dev/null

# uninitvar is left to the compilers and to clang's analyser: it takes every output parameter for an uninitialised use.
echo "cppcheck: ${#files[@]} files"
cppcheck --quiet --error-exitcode=1 --enable=warning,performance,portability --inline-suppr \
    --std=c11 -j "$(nproc)" -D_GNU_SOURCE -I. --suppress=missingIncludeSystem \
    --suppress=preprocessorErrorDirective --suppress=uninitvar "${files[@]}"
