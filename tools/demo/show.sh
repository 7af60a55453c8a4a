# SPDX-License-Identifier: EUPL-1.2
# What each party sees, step by step and in plain words.  Sourced after play.sh.

indent() { sed 's/^/  /'; }

show_parties() {
    title "1. Who takes part" "1. Wie er meedoen"
    say "  The registry, signed by two governance keys, names them; version $(cut -d' ' -f1 "$demo/registry.version"):" \
        "  Het register, getekend met twee regiesleutels, noemt ze; versie $(cut -d' ' -f1 "$demo/registry.version"):"
    tail -n +2 "$town/organisations.csv" | while IFS=, read -r _ oin name sector _ _ host bsn _; do
        printf '  %s  %-42s %-20s%s\n' "$oin" "$name" "$sector" "$([ "$bsn" = yes ] && echo " BSN" || true)"
    done
    say "  Three services run, each for another party: pseudonymd (a trusted third party), vaultd (the municipality)," \
        "  Drie diensten draaien, elk voor een andere partij: pseudonymd (een vertrouwde derde), vaultd (de gemeente),"
    say "  gated (the privacy officer).  All calls go over mutual TLS on this machine only." \
        "  gated (de functionaris gegevensbescherming).  Alles gaat over wederzijdse TLS, alleen op deze machine."
}

show_town() {
    title "2. Eighteen months of concerns" "2. Anderhalf jaar aan zorgen"
    indent <"$demo/town.log"
    say "  Each organisation files its own; nobody sees what another one filed." \
        "  Elke organisatie dient haar eigen signalen in; niemand ziet die van een ander."
}

# The organisation that filed most, as an example.
an_organisation() { organisations | head -n 1; }

show_partner() {
    local who total refused
    who=$(an_organisation)
    title "3. What a partner sees: its own signals and receipts" "3. Wat een partner ziet: eigen signalen en ontvangstbewijzen"
    total=$(as "$who" signal list --json | jq length)
    as "$who" signal list | sed -n '1,6p' | indent
    say "  … $total in all for $who.  Whether one of them matched is not told, and cannot be seen from the receipt." \
        "  … in totaal $total voor $who.  Of er een bij een ander past wordt niet verteld en is niet te zien."
    refused=$(cat "$town"/signals/*.errors.csv 2>/dev/null | grep -vc '^line,' || true)
    say "  Rows with a mistake that could not be filed, with field and reason in a report beside the file: $refused" \
        "  Regels met een fout die niet zijn ingediend, met veld en reden in een verslag naast het bestand: $refused"
}

show_operator() {
    title "4. What the operator of the vault can see" "4. Wat de beheerder van de kluis kan zien"
    say "  The service is stopped, and with all its keys at hand the operator looks at the last signals:" \
        "  De dienst is gestopt, en met al zijn sleutels bij de hand bekijkt de beheerder de laatste signalen:"
    stop_daemon vaultd
    "$bin/seinhuis-vaultd" --config "$demo/vaultd/config.yaml" --clock-file "$demo/clock" --look 5 | indent
    start_daemon vaultd
    say "  Index values, weeks and bands; no name, no date of birth, no address, no story." \
        "  Indexwaarden, weken en ernst; geen naam, geen geboortedatum, geen adres, geen verhaal."
}

# The number of the first case of several sectors that nobody has opened yet; else of any such case.
a_case() {
    as lid-1 case list --all --json | jq -r '
        [.[] | select(.sectors >= 2)] | (map(select(.state == "flagged")) + .) | .[0].number // empty'
}

show_cases() {
    title "5. What the CMZ team sees: flagged cases, de-identified" "5. Wat het CMZ-team ziet: gemarkeerde casussen, zonder identiteit"
    as lid-1 case list | sed -n '1,12p' | indent
    say "  … $(as lid-1 case list --json | jq length) open cases.  One of them, with the reasons for its flags:" \
        "  … $(as lid-1 case list --json | jq length) open casussen.  Eén ervan, met de redenen:"
    as lid-1 case show "$(a_case)" | indent
}

show_opening() {
    local number
    number=$(a_case)
    title "6. Opening case $number: the gate, the comparison, two members" \
        "6. Casus $number openen: de poort, de vergelijking, twee leden"
    say "  Member 1 asks the officer's gate for the identity; software compares before anybody sees it:" \
        "  Lid 1 vraagt de poort om de identiteit; software vergelijkt voordat iemand die ziet:"
    as lid-1 case release "$number" --ground coordination | indent || true
    say "  Member 1 says yes to opening; that is not enough:" "  Lid 1 zegt ja tegen openen; dat is niet genoeg:"
    as lid-1 case open "$number" --purpose support | indent || true
    say "  Member 2 says yes as well:" "  Lid 2 zegt ook ja:"
    as lid-2 case open "$number" --purpose support | indent || true
}

show_audit() {
    title "7. What the privacy officer sees: the whole log, proven" "7. Wat de functionaris ziet: het hele logboek, bewezen"
    as officer audit verify 2>/dev/null | indent
    say "  The logs of the other two services, whose keys their operators handed over once:" \
        "  De logboeken van de andere twee diensten, waarvan de beheerders de sleutel één keer gaven:"
    as officer audit verify --service gate --key "$(jq -r .audit_vkey "$demo/gated/keys.json")" 2>/dev/null | indent
    as officer audit verify --service pseudonym --key "$(jq -r .audit_vkey "$demo/pseudonymd/keys.json")" \
        2>/dev/null | indent
    say "  The last lines of the vault's log:" "  De laatste regels van het logboek van de kluis:"
    as officer audit list --last 8 | indent
}

# What was flagged and opened while the town was played, held against its truth.
show_score() {
    local folder=$demo/score number
    title "8. Measured against the truth of the town" "8. Gemeten aan de waarheid van de stad"
    if [ ! -d "$folder" ]; then
        say "  Only a run that plays the town with --score can be measured; start again with --fresh --score." \
            "  Alleen wie de stad met --score speelt kan meten; begin opnieuw met --fresh --score."
        return
    fi
    jq -s 'add | from_entries' "$folder"/references.*.json >"$folder/references.json"
    for number in $(as lid-1 case list --all --json | jq -r '.[] | select(.sectors >= 2) | .number'); do
        as lid-1 case show "$number" --json >"$folder/$number.flagged.json"
        [ -s "$folder/$number.opened.json" ] || echo '{}' >"$folder/$number.opened.json"
        jq -n --slurpfile names "$folder/references.json" --slurpfile flagged "$folder/$number.flagged.json" \
            --slurpfile opened "$folder/$number.opened.json" '
            {records: [$flagged[0].records[] | select(.attached | not) | $names[0][.rid] | select(.)],
             opened: [($opened[0].records // [])[] | select(.state == "opened") | $names[0][.rid] | select(.)]}'
    done | jq -s '{cases: .}' >"$folder/flagged.json"
    "$bin/town" score --truth "$town" --flagged "$folder/flagged.json" | indent
}

show_commands() {
    title "Now try it yourself" "Probeer het nu zelf"
    local who
    who=$(an_organisation)
    cat <<TEXT
  export PATH=$bin:\$PATH
  SEIN_CONFIG=$demo/partners/$who/sein.yaml sein signal file
  SEIN_CONFIG=$demo/partners/$who/sein.yaml sein signal list
  SEIN_CONFIG=$demo/cmz/lid-1/sein.yaml sein case list
  SEIN_CONFIG=$demo/cmz/lid-3/sein.yaml sein case watch
  SEIN_CONFIG=$demo/officer/sein.yaml sein audit verify
  SEIN_CONFIG=$demo/officer/sein.yaml sein audit list --last 20
TEXT
    say "  Everything keeps running until you press Ctrl-C." "  Alles blijft draaien tot u op Ctrl-C drukt."
}
