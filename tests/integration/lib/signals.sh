# SPDX-License-Identifier: EUPL-1.2
# Signals of fictitious persons for the scripts.  Sourced after harness.sh.

police=politie-seinhoven             # sector police
housing=woonstichting-het-baken      # housing corporation
housing_too=wonen-de-wissel          # another housing corporation
welfare=smwo-seinhoven               # welfare
volunteers=buurthulp-seinhoven       # another sector, but the same legal entity as the one above
care=beschermd-thuis-de-haven        # care provider
doctor=huisartsen-seinhoven          # health care
loket=wmo-loket                      # the municipality's own, a host

days_ago() { date -u -d "$today -$1 days" +%Y-%m-%d; }

basis_of() {
    case $1 in
        "$police") echo wpg_20 ;;
        "$housing" | "$housing_too") echo avg_6_1_f ;;
        "$welfare") echo conflict_of_duties_wmo ;;
        "$volunteers") echo via_supervisor ;;
        "$care") echo wmo_5_1_2 ;;
        "$doctor") echo conflict_of_duties ;;
        "$loket") echo wmo_5_1_1 ;;
    esac
}

# person SURNAME: sets first_name, postcode and house, always the same for a surname, unlike those of others.
person() {
    local names=(Anna Bram Carla Daan Elza Frits Greet Hugo Irma Joost Karin Luuk Mina Nico Olga Piet Rosa Sjef Truus Wim)
    local number
    number=$(printf '%s' "${1^^}" | cksum | cut -d' ' -f1)
    first_name=${names[number % ${#names[@]}]}
    postcode=$((1000 + number / 7 % 8999))AB
    house=$((1 + number / 11 % 300))
}

# signal_yaml WHO REFERENCE SURNAME BORN [KEY=VALUE...]: writes $scratch/REFERENCE.yaml.
signal_yaml() {
    local who=$1 reference=$2 surname=$3 born=$4 pair first_name postcode house
    person "$surname"
    local -A value=(
        [observed_on]=$(days_ago 10) [domains]=money [severity]=serious [legal_basis]=$(basis_of "$who") [mode]=escrow
        [call_name]=$first_name [postcode]=$postcode [house_number]=$house [narrative]="Fictitious: $reference"
    )
    shift 4
    for pair in "$@"; do value[${pair%%=*}]=${pair#*=}; done
    {
        printf 'reference: "%s"\nsurname: "%s"\ndate_of_birth: "%s"\n' "$reference" "$surname" "$born"
        for pair in "${!value[@]}"; do
            [ -z "${value[$pair]}" ] || printf '%s: "%s"\n' "$pair" "${value[$pair]}"
        done
    } >"$scratch/$reference.yaml"
}

# file_signal WHO REFERENCE SURNAME BORN [KEY=VALUE...]: files it; its rid stands in $scratch/REFERENCE.rid.
file_signal() {
    signal_yaml "$@"
    as "$1" signal file "$scratch/$2.yaml" --yes --json >"$scratch/$2.receipt"
    jq -r .rid "$scratch/$2.receipt" >"$scratch/$2.rid"
}

csv_header="reference,observed_on,domains,severity,legal_basis,mode,call_name,surname,date_of_birth,postcode,house_number"

# csv_row WHO REFERENCE SURNAME BORN
csv_row() {
    local first_name postcode house
    person "$3"
    printf '%s,%s,money,serious,%s,escrow,%s,%s,%s,%s,%s\n' "$2" "$(days_ago 10)" "$(basis_of "$1")" "$first_name" "$3" "$4" \
        "$postcode" "$house"
}

# csv_rows WHO FIRST COUNT: rows of as many persons, each with a number of its own.
csv_rows() {
    local day basis
    day=$(days_ago 10)
    basis=$(basis_of "$1")
    seq "$2" $(($2 + $3 - 1)) | awk -v day="$day" -v basis="$basis" '{
        name = ""; n = $1
        for (i = 0; i < 5; i++) { name = name sprintf("%c", 97 + n % 26); n = int(n / 26) }
        printf "R-%d,%s,money,serious,%s,escrow,%s,Ver%s,%d-%02d-%02d,%dAB,%d\n", $1, day, basis, name, name,
            1930 + $1 % 70, 1 + $1 % 12, 1 + $1 % 28, 1000 + $1 % 8999, 1 + $1 % 900
    }'
}

# settle: waits until the correlator has worked off all that was filed before.  It works in the order of filing, so
# it has when it has flagged a signal filed last, in a mode that makes a case by itself.
settle() {
    local number
    number=$(ls "$scratch" | grep -c "^LAST-[0-9]*.yaml" || true)
    file_signal "$welfare" "LAST-$number" "Laatste$(printf '%03d' "$number" | tr 0-9 a-j)" 1990-01-01 mode=consented \
        legal_basis=consent_wmo consent_reference=T informed=agrees already_tried=gebeld
    until [ -n "$(case_of "LAST-$number")" ]; do
        kill -0 "${daemon_pid[vaultd]}"
    done
}

# The number of the case that holds the signal of this reference; empty: none.
case_of() {
    local rid number
    rid=$(cat "$scratch/$1.rid")
    for number in $(as lid-1 case list --all --json | jq -r '.[].number'); do
        if as lid-1 case show "$number" --json | jq -e --arg rid "$rid" 'any(.records[]; .rid == $rid)' >/dev/null; then
            echo "$number"
            return
        fi
    done
}

# signals_of WHO: how many the vault keeps of this organisation.
signals_of() { as "$1" signal list --json | jq length; }
