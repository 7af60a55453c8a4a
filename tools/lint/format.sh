#!/usr/bin/env bash
# SPDX-License-Identifier: EUPL-1.2
# Every C file is laid out as clang-format 14 does it with our .clang-format.
set -euo pipefail
cd "$(dirname "$0")/../.."
git ls-files '*.c' '*.h' | xargs -r clang-format --dry-run --Werror
