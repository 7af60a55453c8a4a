#!/usr/bin/env bash
# SPDX-License-Identifier: EUPL-1.2
# The whole way: filed by partners, matched without knowing anybody, released, compared, opened by two, proven.
. "$(dirname "$0")/lib/harness.sh"
. "$here/lib/signals.sh"

make_town
start_daemons

cases() { as lid-1 case list --all --json; }

is_in_no_case() { expect_equal "case of $1" "$(case_of "$1")" ""; }
state_of() { as lid-1 case show "$1" --json | jq -r .state; }

# rids OF...: as a JSON array, sorted.
rids() { for one in "$@"; do cat "$scratch/$one.rid"; done | jq -R . | jq -sc sort; }

# ---- below the threshold ----

file_below() {
    file_signal $police ONE-1 Alleen 1971-01-01 domains="money housing"
    file_signal $housing TWO-1 Tweemaal 1972-02-02 already_tried=gebeld
    file_signal $housing_too TWO-2 Tweemaal 1972-02-02 already_tried=gebeld domains=housing
    file_signal $welfare ENT-1 Eenheid 1973-03-03 already_tried=gebeld
    file_signal $volunteers ENT-2 Eenheid 1973-03-03 domains=housing
    file_signal $police OFT-1 Vaker 1974-04-04
    file_signal $police OFT-2 Vaker 1974-04-04 domains=housing severity=acute
    settle
}
prove "signals are filed and each gets a receipt" file_below
prove "one sector's signal stays closed" is_in_no_case ONE-1
prove "two organisations of one sector open nothing" is_in_no_case TWO-1
prove "nor is the second of them in any case" is_in_no_case TWO-2
prove "two organisations of one legal entity open nothing" is_in_no_case ENT-1
prove "one organisation that files twice opens nothing" is_in_no_case OFT-2
prove "no case of several records exists below the threshold" \
    expect_equal "largest case" "$(cases | jq '[.[].records] | max')" 1

# ---- two sectors ----

file_two() {
    file_signal $police P-1 Bekend 1980-05-06 domains="nuisance_justice" narrative="Luide muziek en ruzie op de trap"
    # By CSV, with the name spelt otherwise.
    { echo "$csv_header,already_tried"; csv_row $housing H-1 BEKEND 1980-05-06 | sed 's/$/,gebeld/; s/,money,/,money housing,/'; } \
        >"$scratch/housing.csv"
    expect_end 0 as $housing signal batch "$scratch/housing.csv"
    as $housing signal list --json | jq -r '.[] | select(.reference == "H-1") | .rid' >"$scratch/H-1.rid"
    settle
}
is_flagged() {
    local number
    number=$(case_of P-1)
    echo "$number" >"$scratch/two.number"
    as lid-1 case show "$number" --json >"$scratch/shown"
    expect_equal state "$(jq -r .state "$scratch/shown")" flagged
    expect_equal records "$(jq -c '[.records[].rid] | sort' "$scratch/shown")" "$(rids P-1 H-1)"
    jq -e 'any(.explanations[]; .flag == "multi_source" and .raised)' "$scratch/shown"
    jq -e 'any(.explanations[]; .raised | not)' "$scratch/shown"
}
shows_nobody() {
    as lid-1 case show "$(cat "$scratch/two.number")" >"$scratch/said"
    expect_said "police" "housing corporation"
    expect_not_said "Bekend|1980|$(person Bekend; echo "$first_name|$postcode")|muziek"
    as lid-1 case show "$(cat "$scratch/two.number")" --json >"$scratch/said"
    expect_not_said "Bekend|1980-05-06|$(person Bekend; echo "$first_name|$postcode")|muziek"
}
partner_sees_no_match() {
    as $police signal list >"$scratch/said"
    expect_not_said "case|match|flag|housing"
    expect_equal "receipts of a match and of none" "$(jq -S 'del(.rid, .reference)' "$scratch/P-1.receipt")" \
        "$(jq -S 'del(.rid, .reference)' "$scratch/ONE-1.receipt")"
}
opens_only_after_release() {
    expect_end 5 as lid-1 case open "$(cat "$scratch/two.number")" --purpose support
    expect_not_said "Bekend|muziek"
}
released() {
    expect_end 0 as lid-1 case release "$(cat "$scratch/two.number")" --ground coordination
    expect_said "bekend"
    expect_not_said "muziek"
    expect_equal state "$(state_of "$(cat "$scratch/two.number")")" identity
}
one_member_is_not_enough() {
    as lid-1 case open "$(cat "$scratch/two.number")" --purpose support >"$scratch/said" 2>&1 || true
    expect_said "second member|one more|colleague"
    expect_not_said "muziek"
    # The same member again is not a second one.
    as lid-1 case open "$(cat "$scratch/two.number")" --purpose support >"$scratch/said" 2>&1 || true
    expect_not_said "muziek"
    expect_equal state "$(state_of "$(cat "$scratch/two.number")")" identity
}
two_members_open() {
    expect_end 0 as lid-2 case open "$(cat "$scratch/two.number")" --purpose support
    expect_said "Luide muziek en ruzie op de trap" "nuisance and justice" "housing"
    expect_equal state "$(state_of "$(cat "$scratch/two.number")")" opened
}
third_member_sees_it_again() {
    expect_end 0 as lid-3 case open "$(cat "$scratch/two.number")"
    expect_said "Luide muziek"
}
prove "two sectors file about one person, by form and by CSV" file_two
prove "they make one flagged case, with the reasons and with what would not have flagged" is_flagged
prove "a flagged case names nobody and tells no story" shows_nobody
prove "a partner sees nothing of the match, and its receipt is like any other" partner_sees_no_match
prove "content does not open before the gate has released" opens_only_after_release
prove "a member's release shows the identity, compared by software first, and no story" released
prove "one member's yes, even twice, opens nothing" one_member_is_not_enough
prove "a second member's yes opens the content" two_members_open
prove "what is open can be seen again" third_member_sees_it_again

# ---- an attached record, and a relative ----

attached_stays_closed() {
    local number
    # The police know no address and the volunteers no date of birth, so that only welfare's signal meets both; and the
    # volunteers are of welfare's legal entity.
    file_signal $police A-1 Gehecht 1982-01-02 postcode= house_number= narrative="Loopt verward op straat"
    file_signal $welfare A-2 Gehecht 1982-01-02 already_tried=gebeld domains=housing
    file_signal $volunteers A-3 Gehecht "" domains=housing narrative="Vrijwilliger ziet honger"
    settle
    number=$(case_of A-1)
    as lid-1 case show "$number" --json >"$scratch/shown"
    expect_equal "attached signals" "$(jq -c '[.records[] | select(.attached) | .rid]' "$scratch/shown")" "$(rids A-3)"
    expect_equal "linked signals" "$(jq -c '[.records[] | select(.attached | not) | .rid] | sort' "$scratch/shown")" \
        "$(rids A-1 A-2)"
    as lid-1 case release "$number" --ground coordination >/dev/null
    as lid-1 case open "$number" --purpose support >/dev/null
    expect_end 0 as lid-2 case open "$number" --purpose support
    expect_said "Loopt verward op straat"
    expect_not_said "Vrijwilliger ziet honger"
}
prove "a signal that meets only its own legal entity counts, and stays closed" attached_stays_closed

relative_is_cut() {
    # Twins at one address: alike in all but the first name.
    file_signal $police T-1 Tweeling 1984-07-08 call_name=Anton sex=m bsn=999993653 narrative="Over Anton"
    file_signal $doctor T-2 Tweeling 1984-07-08 call_name=Berend sex=m bsn=999991498 domains=mental_health \
        already_tried=gebeld legal_basis=consent_bw_7_457 consent_reference=T narrative="Over Berend"
    settle
    local number
    number=$(case_of T-1)
    [ -n "$number" ] || flaw "the twins share no key"
    as lid-1 case release "$number" --ground coordination >"$scratch/said" 2>&1 || true
    expect_said "not the same person; the link is cut" "0 signals are left in this case"
    expect_not_said "anton|berend|tweeling"
    as lid-1 case open "$number" --purpose support >"$scratch/said" 2>&1 || true
    as lid-2 case open "$number" --purpose support >"$scratch/said" 2>&1 || true
    expect_not_said "anton|berend|tweeling"
}
prove "two persons whom a key confuses are cut apart unseen, and nothing opens" relative_is_cut

# ---- parted by a member ----

# The police know one address, the care provider another, welfare none: one person, as far as software can tell.
parted_pair() { echo "$(cut -c1-8 "$scratch/D-1.rid")-$(cut -c1-8 "$scratch/D-3.rid")"; }
middle_pair() { echo "$(cut -c1-8 "$scratch/D-2.rid")-$(cut -c1-8 "$scratch/D-3.rid")"; }
# outcome_of A B: of that pair in the JSON in $scratch/shown.
outcome_of() {
    jq -c --arg a "$(cat "$scratch/$1.rid")" --arg b "$(cat "$scratch/$2.rid")" '.pairs[]
        | select((.rid_a == $a and .rid_b == $b) or (.rid_a == $b and .rid_b == $a))
        | [.outcome, .by_human, .from_before, .holds_group]' "$scratch/shown"
}
states_shown() { jq -c '[.records[].state] | unique' "$scratch/shown"; }

member_parts_two() {
    file_signal $police D-1 Dubbel 1980-05-06 narrative="Eerste verhaal"
    file_signal $welfare D-2 Dubbel 1980-05-06 postcode= house_number= already_tried=gebeld domains=housing \
        narrative="Tweede verhaal"
    file_signal $care D-3 Dubbel 1980-05-06 postcode=9876XY house_number=3 already_tried=gebeld \
        narrative="Derde verhaal"
    settle
    local number
    number=$(case_of D-1)
    echo "$number" >"$scratch/parted.number"
    expect_end 0 as lid-1 case release "$number" --ground coordination
    expect_said "Dubbel"
    # Opening would forget it.
    expect_end 3 as lid-1 case open "$number" --purpose support --refuse "$(parted_pair)"
    expect_said "Say it with 'sein case release'"
    expect_end 6 as lid-1 case release "$number" --ground coordination --refuse "$(parted_pair)"
    expect_said "not the same person, you decided" "nothing of them opens until one is parted" "1 link was cut" \
        "3 signals are left"
    expect_not_said "Dubbel"
}
is_not_forgotten() {
    local number member
    number=$(cat "$scratch/parted.number")
    for member in lid-1 lid-2; do
        expect_end 5 as $member case open "$number" --purpose support
        expect_said "nothing can be opened"
        expect_not_said "Dubbel|verhaal"
    done
    as lid-2 case release "$number" --ground coordination --json >"$scratch/shown" || [ $? -eq 6 ]
    expect_equal "the pair" "$(outcome_of D-1 D-3)" '["cut",true,true,true]'
    expect_equal "states" "$(states_shown)" '["held"]'
    expect_equal state "$(state_of "$number")" identity
    lang=nl as lid-2 case release "$number" --ground coordination >"$scratch/said" 2>&1 || [ $? -eq 6 ]
    expect_said "niet dezelfde persoon, besliste een lid eerder" "Andere verbinden de twee toch"
    expect_not_said "Dubbel"
}
is_not_undone() {
    local number
    number=$(cat "$scratch/parted.number")
    expect_end 3 as lid-2 case open "$number" --purpose support --accept-undecided "$(parted_pair)"
    expect_said "that is for good"
    expect_end 3 as lid-2 case release "$number" --ground coordination --accept-undecided "$(parted_pair)"
    expect_said "that is for good"
    # To say it again is no mistake.
    expect_end 6 as lid-2 case release "$number" --ground coordination --refuse "$(parted_pair)"
    expect_not_said "Dubbel"
}
rest_goes_on() {
    local number
    number=$(cat "$scratch/parted.number")
    as lid-1 case release "$number" --ground coordination --refuse "$(middle_pair)" >"$scratch/said" 2>&1 || true
    expect_said "2 signals are left"
    as lid-1 case open "$number" --purpose support >/dev/null
    expect_end 0 as lid-2 case open "$number" --purpose support
    expect_said "Eerste verhaal" "Tweede verhaal"
    expect_not_said "Derde verhaal"
    is_in_no_case D-3
}
prove "a member parts two that a third signal joins, and all of them are held" member_parts_two
prove "no member opens them later, with no word about the pair" is_not_forgotten
prove "nor does another member join what was parted" is_not_undone
prove "parted from the third as well, one is let go and the rest opens" rest_goes_on

# ---- the host ----

host_waits() {
    file_signal $loket HOST-1 Loketzaak 1985-09-10 narrative="Aanvraag afgewezen"
    file_signal $care HOST-2 Loketzaak 1985-09-10 domains=mental_health already_tried=gebeld narrative="Somber en moe"
    settle
    local number
    number=$(case_of HOST-2)
    echo "$number" >"$scratch/host.number"
    as lid-1 case release "$number" --ground coordination >"$scratch/said" 2>&1 || true
    expect_said "1 signal waits for the privacy officer"
    expect_not_said "loketzaak|somber"
    as lid-1 case open "$number" --purpose support >"$scratch/said" 2>&1 || true
    as lid-2 case open "$number" --purpose support >"$scratch/said" 2>&1 || true
    expect_not_said "loketzaak|somber"
}
officer_sees_it_wait() {
    as officer audit waiting --json >"$scratch/waiting"
    jq -e --arg rid "$(cat "$scratch/HOST-2.rid")" 'any(.[]; .rid == $rid and (.approved | not))' "$scratch/waiting"
    as officer audit waiting >"$scratch/said"
    expect_not_said "loketzaak|somber"
}
officer_approves() {
    local id
    id=$(jq -r --arg rid "$(cat "$scratch/HOST-2.rid")" '.[] | select(.rid == $rid) | .case_id' "$scratch/waiting")
    expect_end 0 as officer audit approve "$id" "$(cat "$scratch/HOST-2.rid")" --ground coordination
    expect_end 0 as lid-1 case release "$(cat "$scratch/host.number")" --ground coordination
    expect_said "loketzaak"
    as lid-1 case open "$(cat "$scratch/host.number")" --purpose support >/dev/null 2>&1 || true
    expect_end 0 as lid-2 case open "$(cat "$scratch/host.number")" --purpose support
    expect_said "Somber en moe"
}
prove "a record that only the municipality's own desk confirms waits for the officer" host_waits
prove "the officer sees it wait, and nothing of what it says" officer_sees_it_wait
prove "with the officer's yes it opens" officer_approves

# ---- acute and consented ----

acute_opens_alone() {
    file_signal $police ACUTE-1 Spoed 1986-11-12 mode=acute severity=acute narrative="Gas ruikt men op straat"
    settle
    expect_equal route "$(jq -r .route "$scratch/ACUTE-1.receipt")" at_once
    expect_end 0 as lid-1 case direct "$(case_of ACUTE-1)"
    expect_said "spoed" "Gas ruikt men op straat"
}
consented_opens_alone() {
    file_signal $welfare CONS-1 Akkoord 1987-12-13 mode=consented legal_basis=consent_wmo consent_reference=T-1 \
        informed=agrees already_tried=gebeld narrative="Wil graag gebeld worden"
    settle
    expect_equal route "$(jq -r .route "$scratch/CONS-1.receipt")" contact
    expect_end 0 as lid-1 case direct "$(case_of CONS-1)"
    expect_said "akkoord" "Wil graag gebeld worden"
}
direct_opens_no_other() {
    file_signal $housing ACUTE-2 Spoed 1986-11-12 already_tried=gebeld domains=housing narrative="Achterstand van de huur"
    settle
    expect_end 0 as lid-1 case direct "$(case_of ACUTE-1)"
    expect_not_said "Achterstand van de huur"
}
prove "a signal of danger now opens alone and at once" acute_opens_alone
prove "a signal with the resident's consent opens alone" consented_opens_alone
prove "it opens no other signal of the same person" direct_opens_no_other

# ---- a gate that is away ----

gate_is_away() {
    file_signal $police GATE-1 Poortloos 1989-01-02
    file_signal $doctor GATE-2 Poortloos 1989-01-02 domains=mental_health already_tried=gebeld
    settle
    is_in_no_case GATE-2
    expect_end 4 as officer audit waiting
    expect_said "gate at .* cannot be reached"
    expect_end 5 as lid-1 case release "$(case_of A-1)" --ground coordination
    expect_said "gate cannot be reached; nothing was released. Try again later"
}
gate_is_back() {
    until [ -n "$(case_of GATE-2)" ]; do kill -0 "${daemon_pid[vaultd]}"; done
    expect_equal "case of the other signal" "$(case_of GATE-1)" "$(case_of GATE-2)"
}
stop_daemon gated
prove "without the gate nothing is flagged or released, and it is told which one is away" gate_is_away
start_daemon gated
prove "when the gate is back, what waited is flagged" gate_is_back

# ---- dishonest partners ----

# The police's own key signs it, but its share is of another sector.
share_of_other_sector() {
    person Bedrogen
    "$bin/prepare_signal" --sector=6 "$demo/partners/$police/sein.yaml" "$scratch/bogus" reference=BOGUS-1 \
        call_name="$first_name" surname=Bedrogen date_of_birth=1988-01-02 postcode="$postcode" house_number="$house" domains=housing narrative="Verzonnen door de politie"
    peer --partner $police submit "$(address_of vaultd)" "$scratch/bogus" >"$scratch/said"
    expect_said "^OK receipt"
    sed 's/^OK receipt \(.\{32\}\).*/\1/' "$scratch/said" >"$scratch/BOGUS-1.rid"
    file_signal $welfare TRUE-1 Bedrogen 1988-01-02 already_tried=gebeld narrative="Eerlijk en besloten"
    settle
    local number
    number=$(case_of BOGUS-1)
    as lid-1 case release "$number" --ground coordination >"$scratch/said" 2>&1 || true
    expect_not_said "bedrogen|besloten"
    expect_said "its share does not fit its sector and commitments" "signed by: Politie basisteam" "0 signals are left"
    as lid-1 case open "$number" --purpose support >"$scratch/said" 2>&1 || true
    as lid-2 case open "$number" --purpose support >"$scratch/said" 2>&1 || true
    expect_not_said "bedrogen|besloten|Verzonnen door"
}
prove "a share of another sector opens nothing, and its signer is named" share_of_other_sector

# ---- the officer ----

log_verifies() {
    local service
    expect_end 0 as officer audit verify
    for service in gate pseudonym; do
        expect_end 0 as officer audit verify --service $service \
            --key "$(jq -r .audit_vkey "$demo/${service/gate/gated}/keys.json" 2>/dev/null || jq -r .audit_vkey "$demo/pseudonymd/keys.json")"
    done
    expect_end 0 as officer audit verify
    expect_end 0 as officer audit verify --service gate
}
log_tells_who() {
    as officer audit list --json >"$scratch/log"
    jq -e 'any(.[]; .type == "signal_filed")' "$scratch/log"
    jq -e 'any(.[]; .user == "lid-2")' "$scratch/log"
    as officer audit list >"$scratch/said"
    expect_not_said "Bekend|muziek|1980-05-06"
}
key_quality_is_seen() {
    as officer audit quality --json >"$scratch/quality"
    jq -e '([.months[].compared] | add) > 0 and ([.months[].confirmed] | add) > 0' "$scratch/quality"
    jq -e '(.look | type) == "boolean" and .open_largest >= 2' "$scratch/quality"
    as officer audit quality >"$scratch/said"
    expect_not_said "Bekend|muziek|1980-05-06"
    as officer audit list --json | jq -e 'any(.[]; .type == "link_quality_read")'
    expect_end 3 as lid-1 audit quality
}
prove "the officer, and nobody else, sees what became of the compared links" key_quality_is_seen
prove "the officer verifies the whole log of each service, again and again" log_verifies
prove "the log tells who did what, and names no resident" log_tells_who
# The operator of the vault puts an older copy of its store back.
stop_daemon vaultd
cp -a "$demo/vaultd/state" "$scratch/early"
start_daemon vaultd
prove "the log grows after a copy of the vault was made" file_signal $police LATE-1 Achteraf 1991-01-01
prove "the officer verifies the longer log" expect_end 0 as officer audit verify
stop_daemon vaultd
mv "$demo/vaultd/state" "$scratch/late"
mv "$scratch/early" "$demo/vaultd/state"
start_daemon vaultd
turn_is_seen() {
    expect_end 7 as officer audit verify
    expect_said "log"
}
prove "a vault that is turned back to an older copy is found out by the officer" turn_is_seen

conclude
