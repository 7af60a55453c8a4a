#!/usr/bin/env bash
# SPDX-License-Identifier: EUPL-1.2
# Each test that docs/TESTS.md and docs/PROTOCOL.md name is there.
set -euo pipefail
cd "$(dirname "$0")/../.."

missing=0
lost() {
    echo "$1"
    missing=$((missing + 1))
}

# Test functions: `test_file`: `name`, `name`; other words in code that look like one are looked for as well.
while IFS= read -r line; do
    file=""
    while IFS= read -r word; do
        if [[ $word == test_* ]]; then
            file=$(find tests -name "$word.c")
            [ -n "$file" ] || lost "there is no $word.c"
        elif [[ $word =~ ^[a-z0-9_]+_[a-z0-9_]+$ ]] && [ -n "$file" ]; then
            grep -q "^$word(void" "$file" || lost "there is no $word in $file"
        fi
    done < <(grep -o '`[^`]*`' <<<"$line" | tr -d '`')
    # Proofs of a script or of the Python peer.
    while IFS= read -r sentence; do
        grep -rqF -- "$sentence" tests/integration/*.sh tests/integration/peer.py || lost "no script proves: $sentence"
    done < <(grep -o '"[^"]*"' <<<"$line" | tr -d '"')
done < <(grep -h '^|' docs/TESTS.md; sed -n '/^## 10/,/^## 11/p' docs/PROTOCOL.md | grep '^|')
[ "$missing" -eq 0 ]
