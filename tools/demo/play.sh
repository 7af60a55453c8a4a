# SPDX-License-Identifier: EUPL-1.2
# Plays a town on the demonstration clock and tells what each party sees.  Sourced after words.sh and deployment.sh.

organisations() { tail -n +2 "$town/organisations.csv" | cut -d, -f1; }

# file_until DAY: every organisation files what it saw until then.  What one row has wrong is in its report file.
file_until() {
    local name status
    set_clock "$1T12:00:00Z"
    for name in $(organisations); do
        status=0
        as "$name" signal batch "$town/signals/$name.csv" --until "$1" >>"$demo/partners/$name/batch.log" 2>&1 || status=$?
        # 6: some rows were refused, as is to be expected of typing errors.
        case $status in
            0 | 3 | 6) ;;
            *) tail -n 3 "$demo/partners/$name/batch.log" >&2
                fail "Filing for $name failed (code $status)." "Indienen voor $name mislukt (code $status)." ;;
        esac
    done
}

play_town() {
    local day=$first_day at=0 steps
    steps=$((($(date -u -d "$today" +%s) - $(date -u -d "$first_day" +%s)) / 86400 / 14 + 1))
    while [[ $day < $today ]]; do
        day=$(date -u -d "$day 14 days" +%Y-%m-%d)
        [[ $day < $today ]] || day=$today
        at=$((at + 1))
        progress "$at" "$steps" "$day"
        file_until "$day"
        wait_for_correlator
        [ "$score" = no ] || work_cases "$at"
    done
    progress_end
}

progress() {
    if [ -t 1 ]; then
        printf '\r  %s  [%-40s] %d %%' "$3" "$(printf '%*s' $(($1 * 40 / $2)) '' | tr ' ' '#')" $(($1 * 100 / $2))
    elif [ $(($1 % 8)) -eq 0 ] || [ "$1" -eq "$2" ]; then
        printf '  %s  %d %%\n' "$3" $(($1 * 100 / $2))
    fi
}
progress_end() { if [ -t 1 ]; then printf '\n'; fi; }

# Waits until the correlator has nothing left to do: each listing says how much is left.  It works on a timer of
# one second, so asking more often would only fill the log with listings.
wait_for_correlator() {
    local left
    while :; do
        left=$(as lid-1 case list --all --json | jq '[.[].outstanding] | max // 0')
        [ "$left" -gt 0 ] || break
        sleep 1
    done
}

# The CMZ team works off what is new or has grown: releases and opens it, the officer approving what only the
# municipality's own desk confirms.  Keeps what is needed to compare with the truth afterwards.
work_cases() {
    local folder=$demo/score number records who case_id rid
    mkdir -p "$folder"
    for who in $(organisations); do
        as "$who" signal list --json |
            jq --arg who "$who" '[.[] | {key: .rid, value: {organisation: $who, reference: .reference}}]'
    done | jq -s add >"$folder/references.$1.json"
    as lid-1 case list --json | jq -r '.[] | select(.sectors >= 2) | "\(.number) \(.records)"' >"$folder/open"
    while read -r number records; do
        [ "$(cat "$folder/$number.seen" 2>/dev/null)" = "$records" ] && continue
        release_case "$number"
        as officer audit waiting --json | jq -r '.[] | select(.approved | not) | "\(.case_id) \(.rid)"' |
            while read -r case_id rid; do
                as officer audit approve "$case_id" "$rid" --ground coordination >>"$folder/log" 2>&1
            done
        if jq -e '.waiting > 0' "$folder/$number.released.json" >/dev/null 2>&1; then release_case "$number"; fi
        as lid-1 case open "$number" --purpose support --json >/dev/null 2>>"$folder/log" || true
        as lid-2 case open "$number" --purpose support --json >"$folder/$number.opened.json" 2>>"$folder/log" || true
        echo "$records" >"$folder/$number.seen"
    done <"$folder/open"
}

# What a human would have to decide is left undecided here: only what software confirms is opened.
release_case() {
    as lid-1 case release "$1" --ground coordination --json >"$demo/score/$1.released.json" 2>>"$demo/score/log" || true
}
