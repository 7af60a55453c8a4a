#!/usr/bin/env bash
# SPDX-License-Identifier: EUPL-1.2
# kill_loop.sh PROGRAMS [COUNT]: kills the vault COUNT times (20) under load; see kill_loop.c.
. "$(dirname "$0")/lib/harness.sh"

count=${2:-20}

make_town
start_daemon pseudonymd
start_daemon gated

loop() { "$bin/kill_loop" "$bin/seinhuis-vaultd" "$demo" "$count" >"$scratch/figures"; }
log_holds() {
    local filed
    expect_end 0 as officer audit verify
    grep -v " entries$" "$scratch/said" >>"$scratch/figures"
    as officer audit list --json >"$scratch/log"
    filed=$(jq '[.[] | select(.type == "signal_filed")] | length' "$scratch/log")
    expect_equal "filed signals in the log" "$filed" "$(sed -n 's/.* kills, \([0-9]*\) signals.*/\1/p' "$scratch/figures")"
    expect_equal "filed twice by the log" \
        "$(jq '[.[] | select(.type == "signal_filed") | .object] | length - (unique | length)' "$scratch/log")" 0
}
correlator_finishes() {
    local signals
    signals=$(sed -n 's/.* kills, \([0-9]*\) signals.*/\1/p' "$scratch/figures")
    # Both desks report each person, so each pair makes a case, once.
    until as lid-1 case list --all --json >"$scratch/cases" && jq -e 'all(.[]; .outstanding == 0) and length > 0' "$scratch/cases"; do
        kill -0 "${daemon_pid[vaultd]}"
    done >/dev/null
    expect_equal "cases" "$(jq length "$scratch/cases")" $((signals / 2))
    expect_equal "signals in cases" "$(jq '[.[].records] | add' "$scratch/cases")" "$signals"
}

prove "killed $count times under load, the vault keeps each signal with a receipt, once" loop
start_daemon vaultd
prove "afterwards the log verifies and names each signal once" log_holds
prove "afterwards the correlator finishes: each pair is one case, none twice" correlator_finishes
cat "$scratch/figures" || true
conclude
