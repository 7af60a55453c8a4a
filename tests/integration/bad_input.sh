#!/usr/bin/env bash
# SPDX-License-Identifier: EUPL-1.2
# What a partner's files may have wrong: each is named with its field and its remedy, and the rest goes through.
. "$(dirname "$0")/lib/harness.sh"
. "$here/lib/signals.sh"

make_town
start_daemons

# refused_field REFERENCE FIELD PATTERN: the YAML file of that reference is refused for that field.
refused_field() {
    expect_end 3 as $police signal file "$scratch/$1.yaml" --yes
    expect_said "^ *Field: $2" "$3"
    expect_not_said "^Filed"
}
impossible_date() {
    signal_yaml $police BAD-1 Verzonnen 1980-02-03 observed_on="${today%%-*}-02-30"
    refused_field BAD-1 observed_on "not a date that exists; write year-month-day"
    signal_yaml $police BAD-2 Verzonnen 1980-02-30
    refused_field BAD-2 date_of_birth "does not exist; correct it"
    signal_yaml $police BAD-3 Verzonnen 1980-02-03 observed_on="$(date -u -d "$today 2 days" +%Y-%m-%d)"
    refused_field BAD-3 observed_on "still to come; correct the date"
}
bad_bsn() {
    signal_yaml $police BAD-4 Verzonnen 1980-02-03 bsn=999926094
    refused_field BAD-4 bsn "fails its check; a digit must be wrong"
    signal_yaml $police BAD-5 Verzonnen 1980-02-03 bsn=99926
    refused_field BAD-5 bsn "wrong length"
}
bsn_not_allowed() {
    signal_yaml $welfare BAD-6 Verzonnen 1980-02-03 already_tried=gebeld bsn=999926093
    expect_end 3 as $welfare signal file "$scratch/BAD-6.yaml" --yes
    expect_said "Field: bsn" "may not (use|supply)|leave it out"
    signal_yaml $housing BAD-7 Verzonnen 1980-02-03 already_tried=gebeld bsn=999926093
    expect_end 3 as $housing signal file "$scratch/BAD-7.yaml" --yes
    expect_said "Field: bsn" "may not (use|supply)|leave it out"
}
too_little() {
    signal_yaml $police BAD-8 Verzonnen "" call_name= postcode= house_number=
    refused_field BAD-8 "date_of_birth|postcode" "too little to recognise anybody; this field would help"
}
other_basis() {
    signal_yaml $police BAD-9 Verzonnen 1980-02-03 legal_basis=avg_6_1_f
    refused_field BAD-9 legal_basis "not open to this sector; see 'sein signal words'"
}
unknown_key() {
    signal_yaml $police BAD-10 Verzonnen 1980-02-03 hair_colour=red
    expect_end 3 as $police signal file "$scratch/BAD-10.yaml" --yes
    expect_said "hair_colour|line [0-9]+" "not known|unknown"
}
prove "an impossible date is named with its field" impossible_date
prove "a BSN that fails the elfproef is named with its field" bad_bsn
prove "a BSN from an organisation that may not use it is refused" bsn_not_allowed
prove "a person whom nobody could recognise is refused, with what would help" too_little
prove "a legal basis of another sector is refused" other_basis
prove "a key that is not known is named" unknown_key

# refused_file FILE PATTERN...: the CSV file is refused as a whole.
refused_file() {
    local file=$1
    shift
    expect_end 3 as $police signal batch "$scratch/$file"
    expect_said "$@" "Nothing was filed"
}
missing_column() {
    { echo "$csv_header" | sed 's/,legal_basis//'; } >"$scratch/missing.csv"
    refused_file missing.csv "Field: legal_basis" "required and not there; add it"
}
wrong_delimiter() {
    { echo "$csv_header"; csv_row $police D-1 Verzonnen 1980-02-03; } | tr , ';' >"$scratch/semicolon.csv"
    refused_file semicolon.csv "semicolons; save the file with commas"
    { echo "$csv_header"; csv_row $police D-1 Verzonnen 1980-02-03; } | tr , '\t' >"$scratch/tab.csv"
    refused_file tab.csv "tabs; save the file with commas"
}
latin1() {
    {
        echo "$csv_header"
        csv_row $police L-1 Verzonnen 1980-02-03
        csv_row $police L-2 $'Andr\xe9' 1980-02-03
    } >"$scratch/latin.csv"
    refused_file latin.csv "line 3" "Latin-1|Windows-1252" "save the file as CSV UTF-8"
    printf '\xff\xfe%s' "$csv_header" >"$scratch/utf16.csv"
    refused_file utf16.csv "UTF-16; save it as CSV UTF-8"
}
closed_column() {
    { echo "$csv_header,bsn"; } >"$scratch/closed.csv"
    expect_end 3 as $housing signal batch "$scratch/closed.csv"
    expect_said "Field: bsn" "take it out" "Nothing was filed"
}
unknown_column() {
    { echo "$csv_header,hair_colour"; } >"$scratch/unknown.csv"
    refused_file unknown.csv "Field: hair_colour" "not known"
}
empty_file() {
    : >"$scratch/empty.csv"
    refused_file empty.csv "empty; its first line must name the columns"
    expect_end 3 as $police signal batch "$scratch/nowhere.csv"
    expect_said "cannot be read"
}
too_many_rows() {
    { echo "$csv_header"; csv_rows $police 1 100001; } >"$scratch/many.csv"
    refused_file many.csv "more than 100,000 rows or 512 MB; split the file"
}
hundred_thousand() {
    local began=$SECONDS
    # Each row has a mistake, so that only reading and checking count.
    { echo "$csv_header"; csv_rows $police 1 100000 | sed 's/,serious,/,dreadful,/'; } >"$scratch/bad.csv"
    expect_end 6 as $police signal batch "$scratch/bad.csv"
    expect_said "0 filed, .*100000 with errors"
    expect_equal "rows in the report of errors" "$(wc -l <"$scratch/bad.csv.errors.csv")" 100001
    [ $((SECONDS - began)) -lt 60 ] || flaw "took $((SECONDS - began)) seconds"
}
rest_goes_through() {
    local before
    before=$(signals_of $police)
    {
        echo "$csv_header"
        csv_row $police M-1 Verzonnen 1980-02-03
        csv_row $police M-2 Verzonnen 1980-13-03
        csv_row $police M-3 Verzonnen 1980-02-04 | sed 's/,money,/,wealth,/'
        csv_row $police M-4 'Ver"zonnen' 1980-02-05 | sed 's/Ver"z/Verz/'
        csv_row $police M-1 Verzonnen 1980-02-06
        echo "M-6,only,three"
    } >"$scratch/mixed.csv"
    expect_end 6 as $police signal batch "$scratch/mixed.csv"
    expect_said "2 filed, .*4 with errors"
    sort -t, -k1n "$scratch/mixed.csv.errors.csv" >"$scratch/said"
    expect_said '^"3","2","M-2","date_of_birth",' '^"4","3","M-3","domains",.*see .sein signal words' \
        '^"6","5","M-1","reference",' '^"7","6","M-6","",.*correct its commas'
    expect_equal "signals of the police" "$(signals_of $police)" $((before + 2))
    expect_end 6 as $police signal batch "$scratch/mixed.csv"
    expect_said "0 filed, 2 filed before, 4 with errors"
    expect_equal "signals of the police" "$(signals_of $police)" $((before + 2))
}
nothing_readable_beside_it() {
    ! grep -rql "Verzonnen" "$scratch/mixed.csv.journal" "$demo/vaultd/state" "$demo/pseudonymd/state" "$demo/gated/state"
    ! grep -rq "Verzonnen" "$demo"/*/log
}
prove "a CSV without a required column is refused as a whole, and the column named" missing_column
prove "a CSV with another delimiter is refused, and the delimiter named" wrong_delimiter
prove "Latin-1 bytes are refused with their line" latin1
prove "a column that the sector may not supply is refused" closed_column
prove "a column that is not known is named" unknown_column
prove "an empty or absent file is named" empty_file
prove "a CSV of more than 100,000 rows is refused" too_many_rows
prove "100,000 rows with errors are checked in bounded time" hundred_thousand
prove "rows with errors are reported by line, field and reason while the rest is filed once" rest_goes_through
prove "no name stands in a journal, a store or a log" nothing_readable_beside_it

# ---- services that are down, die, or have no room ----

csv_of() { { echo "$csv_header"; csv_rows $police "$2" "$3"; } >"$scratch/$1.csv"; }

pseudonymd_is_down() {
    signal_yaml $police DOWN-1 Verzonnen 1981-01-01
    expect_end 4 as $police signal file "$scratch/DOWN-1.yaml" --yes
    expect_said "pseudonym service at .* cannot be reached" "Nothing was lost; try again later" "Nothing was filed"
}
vault_is_down() {
    signal_yaml $police DOWN-2 Verzonnen 1981-01-02
    expect_end 4 as $police signal file "$scratch/DOWN-2.yaml" --yes
    expect_said "vault at .* cannot be reached" "signal is kept here, sealed; 'sein signal send' sends it"
}
sent_later() {
    local before
    before=$(signals_of $police)
    expect_end 0 as $police signal send
    expect_said "^1 sent"
    expect_end 0 as $police signal send
    expect_said "^0 sent"
    expect_equal "signals of the police" "$(signals_of $police)" $((before + 1))
}
prove "all services are up: a batch goes through" expect_end 0 as $police signal batch "$(csv_of up 90000 5; echo "$scratch/up.csv")"
stop_daemon pseudonymd
prove "a pseudonym service that is down is named, and nothing is half done" pseudonymd_is_down
start_daemon pseudonymd
stop_daemon vaultd
prove "a vault that is down is named, and the sealed signal is kept" vault_is_down
start_daemon vaultd
prove "what was kept is sent later, once" sent_later

# The vault is killed in mid-batch, as soon as it has taken some of it.
kill_in_mid_batch() {
    local pid
    csv_of killed 1000 300
    as $police signal batch "$scratch/killed.csv" >"$scratch/batch.out" 2>&1 &
    pid=$!
    until [ "$(stat -c %s "$scratch/killed.csv.journal" 2>/dev/null || echo 0)" -gt 60000 ]; do
        kill -0 $pid
    done
    kill -9 "${daemon_pid[vaultd]}"
    killed_code=0
    { wait $pid || killed_code=$?; } 2>/dev/null
    forget_daemon vaultd
}
batch_names_the_vault() {
    cp "$scratch/batch.out" "$scratch/said"
    expect_equal "exit code" "$killed_code" 4
    expect_said "vault at " "goes on later; nothing is filed twice" "[1-9][0-9]* waiting"
}
second_run_completes() {
    expect_end 0 as $police signal batch "$scratch/killed.csv"
    expect_said "[1-9][0-9]* filed, [1-9][0-9]* filed before, 0 with errors, 0 for a later day, 0 waiting"
    expect_end 0 as $police signal batch "$scratch/killed.csv"
    expect_said "^0 filed, 300 filed before"
    as $police signal list --json >"$scratch/listed"
    expect_equal "signals of the batch" "$(jq '[.[] | select(.reference | test("^R-1[0-9]{3}$"))] | length' "$scratch/listed")" 300
    expect_equal "rids that stand there twice" "$(jq '[.[].rid] | length - (unique | length)' "$scratch/listed")" 0
}
kill_in_mid_batch
prove "a vault that dies in mid-batch is named, and the batch waits" batch_names_the_vault
start_daemon vaultd
prove "the same command goes on and files nothing twice" second_run_completes

# A vault on a disk of 1 MB that is nearly full.
disk_is_full() {
    csv_of full 2000 300
    expect_end 5 as $police signal batch "$scratch/full.csv"
    expect_said "no room left; its operator must make some" "goes on later; nothing is filed twice"
    # Nobody may look unrecorded: when not even that fits, looking is refused too.
    as $police signal list >"$scratch/said" 2>&1 || expect_said "no room left; its operator must make some"
}
works_with_room() {
    expect_end 0 as $police signal batch "$scratch/full.csv"
    expect_said "[1-9][0-9]* filed, [1-9][0-9]* filed before, 0 with errors, 0 for a later day, 0 waiting"
    expect_equal "signals of the batch" \
        "$(as $police signal list --json | jq '[.[] | select(.reference | test("^R-2[0-9]{3}$"))] | length')" 300
}
small_disk() {
    stop_daemon vaultd
    mkdir "$scratch/disk"
    mount -t tmpfs -o size=64m seinhuis-test "$scratch/disk" 2>/dev/null || return 1
    mounted=$scratch/disk
    cp -a "$demo/vaultd/state/." "$mounted/"
    mount -o "remount,size=$(($(du -sk "$mounted" | cut -f1) + 1000))k" "$mounted"
    mv "$demo/vaultd/state" "$demo/vaultd/state.before"
    ln -s "$mounted" "$demo/vaultd/state"
}
if small_disk; then
    start_daemon vaultd
    prove "a full disk is told to the partner; what was filed stays and can be read" disk_is_full
    mount -o remount,size=64m "$mounted"
    prove "with room again the same command files the rest, nothing twice" works_with_room
else
    echo "skipped - a full disk: mounting a small one needs root"
fi
conclude
