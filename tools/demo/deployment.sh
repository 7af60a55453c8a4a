# SPDX-License-Identifier: EUPL-1.2
# A local deployment for demonstrations and tests: an authority, keys, a registry signed by two, configurations.
# Everything that is there is kept; what has run out is renewed.  Sourced; needs $demo (folder), $bin (programs),
# $town (folder that the town generator made) and $first_day, $today (YYYY-MM-DD).

OIN_PSEUDONYM=00000099000000201000
OIN_VAULT=00000099000000202000
OIN_GATE=00000099000000203000
OIN_CMZ=00000099000000204000
OIN_OFFICER=00000099000000205000
MEMBERS="lid-1 lid-2 lid-3"

month_of() { date -u -d "$1" +%Y-%m; }
months_later() { date -u -d "${1%-*}-01 $2 months" +%Y-%m-%d; }
quarter_of() { echo "$(date -u -d "$1" +%Y)-$((($(date -u -d "$1" +%-m) + 2) / 3))"; }

# key_once FILE COMMAND...: makes a key unless FILE.pub says that there is one; FILE.pub gets the public half.
key_once() {
    local file=$1
    shift
    [ -s "$file.pub" ] && return
    rm -f "$file"
    "$bin/sein" admin "$@" "$file" >"$file.pub.new"
    mv "$file.pub.new" "$file.pub"
}

make_certificates() {
    tools/pki "$demo/pki" authority
    local name oin
    while IFS=, read -r name oin _; do
        tools/pki "$demo/pki" issue "$name" "$oin"
    done < <(
        tail -n +2 "$town/organisations.csv"
        printf '%s\n' "pseudonymd,$OIN_PSEUDONYM" "vaultd,$OIN_VAULT" "gated,$OIN_GATE" "cmz,$OIN_CMZ" \
            "officer,$OIN_OFFICER"
    )
}

make_personal_keys() {
    mkdir -p "$demo/governance" "$demo/partners" "$demo/cmz"
    key_once "$demo/governance/regie-a" governance-key regie-a.seinhoven.example
    key_once "$demo/governance/regie-b" governance-key regie-b.seinhoven.example
    local name member
    while IFS=, read -r name _; do
        mkdir -p "$demo/partners/$name"
        key_once "$demo/partners/$name/signing.key" signing-key
    done < <(tail -n +2 "$town/organisations.csv")
    for member in $MEMBERS; do
        mkdir -p "$demo/cmz/$member"
        key_once "$demo/cmz/$member/member.key" member-key
    done
}

# One team key for each quarter from the first day to a year from today, wrapped for each member.
make_team_keys() {
    local day=$first_day quarter member wrapped
    mkdir -p "$demo/cmz/team"
    while [[ ${day%-*} < $(months_later "$today" 13) ]]; do
        quarter=$(quarter_of "$day")
        if [ ! -s "$demo/cmz/team/$quarter.pub" ]; then
            wrapped=()
            for member in $MEMBERS; do
                rm -f "$demo/cmz/$member/team-$quarter.key"
                wrapped+=("--member=$demo/cmz/$member/team-$quarter.key=$(cat "$demo/cmz/$member/member.key.pub")")
            done
            "$bin/sein" admin team-key "${wrapped[@]}" >"$demo/cmz/team/$quarter.pub.new"
            mv "$demo/cmz/team/$quarter.pub.new" "$demo/cmz/team/$quarter.pub"
        fi
        day=$(months_later "$day" 3)
    done
}

governance_pins() {
    printf '%s- "%s"\n' "$1" "$(cat "$demo/governance/regie-a.pub")" "$1" "$(cat "$demo/governance/regie-b.pub")"
}

# daemon_config NAME OIN_NAME: the part that is the same for all three, then what standard input adds.
daemon_config() {
    mkdir -p "$demo/$1"
    {
        cat <<YAML
# Made by the demonstration; see docs/OPERATIONS.md.
network:
  listen: 127.0.0.1:0
  address_file: address
  certificate: ../pki/$1.pem
  key: ../pki/$1.key
  authority: ../pki/ca.pem
registry:
  file: ../registry.note
  governance:
$(governance_pins "    ")
keys:
  root: root.key
  ring: keyring
log:
  origin: $1.seinhoven.example
folder: state
YAML
        cat
    } >"$demo/$1/config.yaml"
}

write_daemon_configs() {
    # Eighteen months are played in a minute, so nobody may run into a daily quota.
    daemon_config pseudonymd <<'YAML'
quota:
  organisation_per_day: 1000000
  organisation_per_minute: 1000000
  user_per_day: 1000000
  user_per_minute: 1000000
YAML
    daemon_config gated <<'YAML'
releases_per_day: 1000
YAML
    cp vault/policy/default.yaml "$demo/policy.yaml"
    daemon_config vaultd <<'YAML'
gate: file:../gated/address
policy: ../policy.yaml
correlate_every_s: 1
YAML
}

# client_config FOLDER ROLE OIN USER CERTIFICATE: what standard input adds comes behind.
client_config() {
    mkdir -p "$1"
    {
        cat <<YAML
# Made by the demonstration; see docs/OPERATIONS.md.
role: $2
oin: "$3"
user: $4
certificate: $demo/pki/$5.pem
key: $demo/pki/$5.key
ca: $demo/pki/ca.pem
registry: $demo/registry.note
governance:
$(governance_pins "  ")
state: state
clock_file: $demo/clock
YAML
        cat
    } >"$1/sein.yaml"
}

write_client_configs() {
    local name oin member key
    while IFS=, read -r name oin _; do
        client_config "$demo/partners/$name" partner "$oin" medewerker-1 "$name" <<YAML
pseudonym: file:$demo/pseudonymd/address
vault: file:$demo/vaultd/address
signing_key: signing.key
YAML
    done < <(tail -n +2 "$town/organisations.csv")
    for member in $MEMBERS; do
        client_config "$demo/cmz/$member" cmz "$OIN_CMZ" "$member" cmz <<YAML
vault: file:$demo/vaultd/address
member: $member
member_key: member.key
team_keys:
$(cd "$demo/cmz/$member" && for key in team-*.key; do echo "  - $key"; done)
institutions: $town/institutions.yaml
YAML
    done
    client_config "$demo/officer" officer "$OIN_OFFICER" functionaris-1 officer <<YAML
pseudonym: file:$demo/pseudonymd/address
vault: file:$demo/vaultd/address
gate: file:$demo/gated/address
YAML
}

make_service_keys() {
    "$bin/sein" admin service-keys pseudonymd "$demo/pseudonymd/config.yaml" 1 >"$demo/pseudonymd/keys.json"
    "$bin/sein" admin service-keys vaultd "$demo/vaultd/config.yaml" all >"$demo/vaultd/keys.json"
    "$bin/sein" admin service-keys gated "$demo/gated/config.yaml" \
        "$(month_of "$first_day"):$(month_of "$(months_later "$today" 25)")" >"$demo/gated/keys.json"
}

# The description without its version and last day: when that changes, a new version is signed.
describe_registry() {
    local key oin name sector entity host bsn serial=0 member
    cat <<YAML
tenant: "9999"
municipality: Seinhoven (verzonnen)
first_day: $first_day
demonstration: "yes"
retention_months: "24"
normaliser: "2"
services: [ pseudonymd/keys.json, vaultd/keys.json, gated/keys.json ]
team_keys:
$(for key in "$demo"/cmz/team/*.pub; do
        printf '  - { quarter: "%s", key: "%s" }\n' "$(basename "$key" .pub)" "$(cat "$key")"
    done)
members:
$(for member in $MEMBERS; do
        printf '  - { id: %s, name: "CMZ-%s (verzonnen)", keys: [ "%s" ] }\n' "$member" "$member" \
            "$(cat "$demo/cmz/$member/member.key.pub")"
    done)
parties:
  - { oin: "$OIN_PSEUDONYM", name: Pseudoniemendienst, role: pseudonym_service }
  - { oin: "$OIN_VAULT", name: Kluis, role: vault }
  - { oin: "$OIN_GATE", name: Poort, role: gate }
  - { oin: "$OIN_CMZ", name: CMZ-team, role: cmz }
  - { oin: "$OIN_OFFICER", name: Functionaris gegevensbescherming, role: officer }
YAML
    local -A entities=()
    while IFS=, read -r key oin name sector _ entity host bsn _; do
        serial=$((serial + 1))
        : "${entities[$entity]:=$((${#entities[@]} + 1))}"
        printf '  - { oin: "%s", name: "%s", role: partner, serial: "%s", sector: %s, entity: "%s", host: "%s", bsn: "%s", keys: [ "%s" ] }\n' \
            "$oin" "$name" "$serial" "$sector" "${entities[$entity]}" "$host" "$bsn" \
            "$(cat "$demo/partners/$key/signing.key.pub")"
    done < <(tail -n +2 "$town/organisations.csv")
}

# Signs a new version when the description has changed or the registry ends within two months.
make_registry() {
    local version=0 last_day=1970-01-01 next
    [ -s "$demo/registry.version" ] && read -r version last_day <"$demo/registry.version"
    next=$(describe_registry)
    if [ -s "$demo/registry.note" ] && [[ $last_day > $(months_later "$today" 2) ]] &&
        cmp -s <(echo "$next") "$demo/registry.description"; then
        return
    fi
    version=$((version + 1))
    last_day=$(months_later "$today" 13)
    echo "$next" >"$demo/registry.description"
    {
        echo "$next"
        printf 'version: "%s"\nlast_day: %s\n' "$version" "$last_day"
    } >"$demo/registry.yaml"
    "$bin/sein" admin registry-make "$demo/registry.yaml" "$demo/registry.txt"
    "$bin/sein" admin registry-sign "$demo/registry.txt" "$demo/governance/regie-a" "$demo/registry.one"
    "$bin/sein" admin registry-sign "$demo/registry.one" "$demo/governance/regie-b" "$demo/registry.note"
    echo "$version $last_day" >"$demo/registry.version"
}

make_deployment() {
    mkdir -p "$demo"
    chmod 700 "$demo"
    make_certificates
    make_personal_keys
    make_team_keys
    write_daemon_configs
    make_service_keys
    make_registry
    write_client_configs
}

# ---- running it ----

declare -A daemon_pid=()

# start_daemon NAME: starts it and waits until it says that it is ready, or has ended.
start_daemon() {
    local ready=""
    rm -f "$demo/$1/ready"
    mkfifo "$demo/$1/ready"
    "$bin/seinhuis-$1" --config "$demo/$1/config.yaml" --clock-file "$demo/clock" --ready-fd 3 \
        3>"$demo/$1/ready" >>"$demo/$1/log" 2>&1 &
    daemon_pid[$1]=$!
    read -r ready <"$demo/$1/ready" || true
    if [ "$ready" != ready ]; then
        tail -n 3 "$demo/$1/log" >&2
        fail "The service $1 did not start; its log is $demo/$1/log" \
            "De dienst $1 is niet gestart; het logboek staat in $demo/$1/log"
    fi
}

stop_daemon() {
    [ -n "${daemon_pid[$1]:-}" ] || return 0
    kill -TERM "${daemon_pid[$1]}" 2>/dev/null || true
    wait "${daemon_pid[$1]}" 2>/dev/null || true
    unset "daemon_pid[$1]"
}

start_daemons() { for name in pseudonymd gated vaultd; do start_daemon "$name"; done; }
stop_daemons() { for name in vaultd gated pseudonymd; do stop_daemon "$name"; done; }

# set_clock YYYY-MM-DDThh:mm:ssZ: what all programs of the deployment take for now.
set_clock() {
    echo "$1" >"$demo/clock.new"
    mv "$demo/clock.new" "$demo/clock"
}

# as WHO ...: sein, for a partner's key, a member of the CMZ team, or the officer.
as() {
    local who=$1 folder
    shift
    case $who in
        officer) folder=$demo/officer ;;
        lid-*) folder=$demo/cmz/$who ;;
        *) folder=$demo/partners/$who ;;
    esac
    SEIN_CONFIG=$folder/sein.yaml "$bin/sein" "$@" --lang "$lang"
}
