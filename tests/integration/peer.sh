#!/usr/bin/env bash
# SPDX-License-Identifier: EUPL-1.2
# A client that shares no line with ours (peer.py) against each daemon.
. "$(dirname "$0")/lib/harness.sh"
. "$here/lib/certificates.sh"
. "$here/lib/signals.sh"

make_town
make_bad_certificates
start_daemons

# prepare FILE WHO SURNAME [OPTION...] [COLUMN=VALUE...]: a signal as our client library makes it.
prepare() {
    local file=$1 who=$2 surname=$3
    shift 3
    "$bin/prepare_signal" "$demo/partners/$who/sein.yaml" "$scratch/$file" call_name=Iris surname="$surname" \
        date_of_birth=1980-02-03 postcode=1234AB house_number=7 "$@"
}

# submit WHO FILE...: what the vault answers to each.
submit() {
    local who=$1 file files=()
    shift
    for file in "$@"; do files+=("$scratch/$file"); done
    peer --partner "$who" submit "$(address_of vaultd)" "${files[@]}" >"$scratch/said" 2>&1
}

is_answered() {
    local line=$1 wanted=$2
    sed -n "${line}p" "$scratch/said" | grep -Eq -- "^$wanted" || {
        cat "$scratch/said"
        flaw "answer $line is not: $wanted"
    }
}

ticket_twice() {
    prepare first $police Verzonnen --twice="$scratch/second"
    submit $police first second first
    is_answered 1 "OK receipt"
    is_answered 2 "ALREADY_EXISTS TICKET_USED: .*file the signal anew"
    is_answered 3 "OK receipt"
}
replayed_rid() {
    prepare original $police Verzonnen
    submit $police original
    is_answered 1 "OK receipt"
    # The same header, hence the same rid, but another box, signed anew with the organisation's own key.
    prepare respoiled $police Verzonnen --respoil="$scratch/original"
    submit $police respoiled original
    is_answered 1 "ALREADY_EXISTS RID_USED: .*anew"
    is_answered 2 "OK receipt"
}
sent_far_off() {
    prepare late $police Verzonnen --sent=-90000
    prepare early $police Verzonnen --sent=90000
    prepare edge $police Verzonnen --sent=-86000
    submit $police late early edge
    is_answered 1 "INVALID_ARGUMENT SENT_TOO_FAR_OFF: .*clock"
    is_answered 2 "INVALID_ARGUMENT SENT_TOO_FAR_OFF: .*clock"
    is_answered 3 "OK receipt"
}
spoiled_ticket() {
    prepare ticket $police Verzonnen --spoil=ticket
    submit $police ticket
    is_answered 1 "UNAUTHENTICATED BAD_TICKET: "
}
ticket_too_old() {
    prepare old $police Verzonnen --sent=864000
    prepare "new" $police Verzonnen --sent=604800
    set_clock "$(date -u -d "$today 10 days" +%Y-%m-%d)T12:00:00Z"
    submit $police old
    is_answered 1 "FAILED_PRECONDITION TICKET_EXPIRED: "
    set_clock "$(date -u -d "$today 7 days" +%Y-%m-%d)T12:00:00Z"
    submit $police "new"
    is_answered 1 "OK receipt"
    set_clock "${today}T12:00:00Z"
}
receipts_alike() {
    # The same person from another sector, and somebody whom nobody else knows.
    prepare match $housing Verzonnen already_tried=gebeld
    prepare alone $housing Eenzaam postcode=9876ZX house_number=99 date_of_birth=1951-11-12 already_tried=gebeld
    submit $housing match alone
    is_answered 1 "OK receipt"
    is_answered 2 "OK receipt"
    expect_equal "everything but the receipt's own bytes" "$(sed -n 1p "$scratch/said" | sed 's/receipt [0-9a-f]*//')" \
        "$(sed -n 2p "$scratch/said" | sed 's/receipt [0-9a-f]*//')"
}

peer_proves --partner $police pseudonym "$(address_of pseudonymd)"
peer_proves gate "$(address_of gated)"
prove "a signal is prepared by our client library for any client to file" prepare good $police Verzonnen
peer_proves --partner $police --other $housing --every 7 intake "$(address_of vaultd)" "$scratch/good"
peer_proves --partner $police review "$(address_of vaultd)"
prove "a ticket used twice is refused" ticket_twice
prove "a rid filed again with other content is refused, and the first stays" replayed_rid
prove "a time of sending 25 hours off is refused, 24 hours are not" sent_far_off
prove "a ticket that the pseudonym service did not sign is refused" spoiled_ticket
prove "a ticket older than 7 days is refused" ticket_too_old
prove "receipts are alike with and without a match" receipts_alike
conclude
