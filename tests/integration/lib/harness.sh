# SPDX-License-Identifier: EUPL-1.2
# What the integration scripts share: a deployment of its own in a temporary folder, real daemons on free ports, and
# 'prove'.  Sourced; needs $1, the folder of the built programs.  Without vaultd in that folder the scripts fail.
set -euo pipefail
umask 022
export LC_ALL=C.UTF-8
unset SEIN_CONFIG http_proxy https_proxy grpc_proxy

bin=$(realpath "$1")
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."
here=$PWD/tests/integration
scratch=$(mktemp -d "${TMPDIR:-/tmp}/seinhuis-test.XXXXXX")
demo=$scratch/demo
town=$demo/town
mkdir -p "$demo"

. tools/demo/words.sh
. tools/demo/deployment.sh
. tools/demo/play.sh
choose_language en

today=$(date -u +%Y-%m-%d)
first_day=$(date -u -d "$(date -u -d "$today" +%Y-%m-01) -18 months" +%Y-%m-%d)

proved=0
failed=0

finish() {
    local status=$?
    stop_daemons
    [ -z "${mounted:-}" ] || umount "$mounted" 2>/dev/null || true
    if [ "$status" -ne 0 ] || [ "$failed" -ne 0 ]; then
        for log in "$demo"/*/log; do
            [ -s "$log" ] && printf '%s\n' "--- end of $log" && tail -n 5 "$log"
        done
    fi
    if [ -n "${SEINHUIS_KEEP:-}" ]; then echo "kept: $scratch"; else rm -rf "$scratch"; fi
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# prove SENTENCE COMMAND...: the command must succeed; each command within it too.
prove() {
    local sentence=$1 status
    shift
    set +e
    (
        set -e
        trap - EXIT
        "$@"
    ) >"$scratch/proof" 2>&1
    status=$?
    set -e
    proved=$((proved + 1))
    if [ "$status" -eq 0 ]; then
        echo "ok - $sentence"
    else
        failed=$((failed + 1))
        echo "not ok - $sentence"
        tail -n 25 "$scratch/proof" | sed 's/^/    /'
    fi
}

# As the deployment's own, but a daemon must end well: under the sanitizers a leak or an error ends it otherwise.
ended_badly=""
stop_daemon() {
    local status=0
    [ -n "${daemon_pid[$1]:-}" ] || return 0
    kill -TERM "${daemon_pid[$1]}" 2>/dev/null || status=$?
    wait "${daemon_pid[$1]}" 2>/dev/null || status=$?
    unset "daemon_pid[$1]"
    [ "$status" -eq 0 ] || ended_badly="$ended_badly $1 ($status)"
}

# The last line of a script.
conclude() {
    stop_daemons
    prove "every daemon ended when asked, and well" expect_equal "ended otherwise" "$ended_badly" ""
    echo "$proved proofs, $failed failed"
    [ "$failed" -eq 0 ]
}

flaw() {
    echo "$*"
    return 1
}

# expect_end CODE COMMAND...: ends with that code; what it says stands in $scratch/said for 'expect_said'.
expect_end() {
    local wanted=$1 code=0
    shift
    "$@" >"$scratch/said" 2>&1 || code=$?
    [ "$code" -eq "$wanted" ] || {
        cat "$scratch/said"
        flaw "ended with $code instead of $wanted: $*"
    }
}

# expect_said PATTERN...: each extended pattern stands in what was said last.
expect_said() {
    local pattern
    for pattern in "$@"; do
        grep -Eqi -- "$pattern" "$scratch/said" || {
            cat "$scratch/said"
            flaw "does not say: $pattern"
        }
    done
}

expect_not_said() {
    if grep -Eqi -- "$1" "$scratch/said"; then
        cat "$scratch/said"
        flaw "says: $1"
    fi
}

# expect_equal WHAT GOT WANTED
expect_equal() { [ "$2" = "$3" ] || flaw "$1: $2 instead of $3"; }

# A small town, its deployment, all keys; nothing runs yet.
make_town() {
    "$bin/town" --out "$town" --seed 7 --residents 300 --signals 60 --end "$today" >"$demo/town.log"
    set_clock "${today}T12:00:00Z"
    make_deployment
}

# forget_daemon NAME: of one that was killed; without the shell's own word about it.
forget_daemon() {
    { wait "${daemon_pid[$1]}" || true; } 2>/dev/null
    unset "daemon_pid[$1]"
}

address_of() { cat "$demo/$1/address"; }

# peer WHAT ARGUMENTS...: the client in Python, with the messages' own .proto files.
peer() {
    if [ ! -d "$scratch/python" ]; then
        mkdir -p "$scratch/python"
        protoc --proto_path=proto --python_out="$scratch/python" proto/seinhuis/v1/*.proto
        # By itself: a folder 'grpc' would hide Python's own.
        protoc --proto_path=proto/grpc/health/v1 --python_out="$scratch/python" health.proto
    fi
    PYTHONPATH=$scratch/python PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 "$here/peer.py" --pki "$demo/pki" "$@"
}

# The proofs that the peer makes by itself, one line each.
peer_proves() {
    local line
    peer "$@" >"$scratch/peer" 2>&1 || failed=$((failed + 1))
    while IFS= read -r line; do
        case $line in
            "ok - "*) proved=$((proved + 1)) ;;
            "not ok - "*) proved=$((proved + 1)) ;;
        esac
        echo "$line"
    done <"$scratch/peer"
}
