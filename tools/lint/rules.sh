#!/usr/bin/env bash
# SPDX-License-Identifier: EUPL-1.2
# The rules of the house that no compiler knows: who may include what, and what nobody may use.
# Prints each breach as FILE:LINE: rule, and fails when there is one.
set -euo pipefail
cd "$(dirname "$0")/../.."

breaches=0
breach() {
    breaches=$((breaches + 1))
    echo "$1: $2"
}

c_files() { git ls-files -- "$@" | grep -E '\.[ch]$' || true; }

# only_in PATTERN RULE HOME...: lines that match may stand in the named places only.
only_in() {
    local pattern=$1 rule=$2
    shift 2
    local file line home allowed
    while IFS=: read -r file line _; do
        [ -n "$file" ] || continue
        allowed=no
        for home in "$@"; do
            case $file in $home) allowed=yes ;; esac
        done
        [ "$allowed" = yes ] || breach "$file:$line" "$rule"
    done < <(c_files | xargs -r grep -nE "$pattern" || true)
}

# not_in FOLDER PATTERN RULE: lines that match may not stand below FOLDER.
not_in() {
    local file line
    while IFS=: read -r file line _; do
        [ -n "$file" ] || continue
        breach "$file:$line" "$3"
    done < <(c_files "$1" | xargs -r grep -nE "$2" || true)
}

# Libraries at home.
only_in '#include <grpc/' '<grpc/...> belongs to proto/rpc' 'proto/rpc/*' 'tests/*' 'tools/measure/*'
only_in '#include <lmdb.h>' '<lmdb.h> belongs to vault/store/store_lmdb*' 'vault/store/store_lmdb*' 'tools/measure/*'
only_in '#include <openssl/' 'OpenSSL is for certificates only' 'proto/rpc/*' 'tests/*' 'tools/*' 'clients/sein/*'

# Arrows point down.
not_in base '#include "(proto|vault|services|clients|tools|tests)/' 'base includes nothing else of ours'
not_in proto '#include "(vault|services|clients|tools|tests)/' 'proto includes base and proto only'
not_in proto/wire '#include "proto/(rpc|escrow)/' 'proto/wire includes base only'
not_in proto/escrow '#include "proto/rpc/' 'proto/escrow knows no network'
not_in vault '#include "(services|clients|tools|tests)/' 'vault includes base and proto only'
not_in vault '#include "proto/rpc/' 'vault knows no network'
not_in vault/store '#include "vault/[a-z_]+\.h"' 'vault/store does not know what is stored'
not_in services '#include "(clients|tools|tests)/' 'services include vault, proto and base only'
not_in clients '#include "(vault|services|tools|tests)/' 'clients include proto and base only'

# Nobody, or not here.
not_in . '\b(sprintf|vsprintf|strcpy|strcat|alloca|rand|srand|gets|strtok|atoi|atol)\(' 'this function is not used here'
not_in vault '[^_a-z]memcmp\(' 'compare with sodium_memcmp in the vault'
not_in . '^[^"]*[^:"]//' 'comments are /* ... */'
only_in 'MDB_(NOSYNC|NOMETASYNC|WRITEMAP)' 'every commit is durable' 'tools/measure/*'
only_in '\b(usleep|sleep|nanosleep)\(' 'wait for the event, not for the clock' 'tools/measure/*'

# Each file says its licence; no file outgrows its room.
while read -r file; do
    head -n 2 "$file" | grep -q 'SPDX-License-Identifier: EUPL-1.2' || breach "$file:1" 'the SPDX line is missing'
done < <(git ls-files '*.c' '*.h' '*.proto' '*.cmake' '*CMakeLists.txt' '*.sh' tools/run tools/test tools/install .ci/run)
while read -r file; do
    lines=$(wc -l <"$file")
    [ "$lines" -le 600 ] || breach "$file:$lines" 'more than 600 lines: split by idea'
done < <(c_files)

# Bodies of the top level as agreed.
while read -r entry; do
    case $entry in
        base | proto | vault | services | clients | tests | tools | docs | .ci | LICENSES) ;;
        *) breach "$entry:1" 'no other folder at the top' ;;
    esac
done < <(git ls-files | grep / | cut -d/ -f1 | sort -u)

if [ "$breaches" -gt 0 ]; then
    echo "$breaches breaches of the rules"
    exit 1
fi
echo "all rules kept"
