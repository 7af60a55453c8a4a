#!/usr/bin/env bash
# SPDX-License-Identifier: EUPL-1.2
# Certificates, registries and a lying pseudonym service, as a partner meets them: refused, named, nothing sent.
. "$(dirname "$0")/lib/harness.sh"
. "$here/lib/certificates.sh"
. "$here/lib/signals.sh"

make_town
make_bad_certificates

# A client of the police with one setting changed, and a state folder of its own.
client_with() {
    mkdir -p "$scratch/$1"
    sed -e "$2" -e "s|^signing_key: .*|signing_key: $demo/partners/$police/signing.key|" \
        "$demo/partners/$police/sein.yaml" >"$scratch/$1/sein.yaml"
}

# try_with NAME: files a signal as that client.
try_with() {
    [ -s "$scratch/TRY-1.yaml" ] || signal_yaml $police TRY-1 Verzonnen 1980-02-03
    SEIN_CONFIG=$scratch/$1/sein.yaml "$bin/sein" signal file "$scratch/TRY-1.yaml" --yes --lang en
}

is_refused_and_kept_back() {
    expect_end "$@"
    expect_not_said "^Filed"
}

# ---- registries ----

# sign_registry NAME SED_EXPRESSION...: another registry, signed by both governance keys, as $scratch/NAME.note.
sign_registry() {
    local name=$1
    shift
    sed "$@" "$demo/registry.yaml" >"$demo/$name.yaml"
    "$bin/sein" admin registry-make "$demo/$name.yaml" "$scratch/$name.txt"
    "$bin/sein" admin registry-sign "$scratch/$name.txt" "$demo/governance/regie-a" "$scratch/$name.one"
    "$bin/sein" admin registry-sign "$scratch/$name.one" "$demo/governance/regie-b" "$scratch/$name.note"
}

sign_registry second -e 's/^version: .*/version: "2"/'
sign_registry ended -e 's/^version: .*/version: "3"/' -e "s/^last_day: .*/last_day: $(days_ago 1)/"
sed 's/Kluis/Kloof/' "$demo/registry.note" >"$scratch/altered.note"

use_registry() {
    cp "$1" "$scratch/used.note.new"
    mv "$scratch/used.note.new" "$scratch/used.note"
}
client_with registry "s|^registry: .*|registry: $scratch/used.note|"

one_signature() {
    use_registry "$demo/registry.one"
    is_refused_and_kept_back 7 try_with registry
    expect_said "signature|signed" "governance" "registry"
}
foreign_signatures() {
    mkdir -p "$scratch/foreign"
    "$bin/sein" admin governance-key regie-a.seinhoven.example "$scratch/foreign/a"
    "$bin/sein" admin governance-key regie-b.seinhoven.example "$scratch/foreign/b"
    "$bin/sein" admin registry-sign "$demo/registry.txt" "$scratch/foreign/a" "$scratch/foreign/one"
    "$bin/sein" admin registry-sign "$scratch/foreign/one" "$scratch/foreign/b" "$scratch/foreign/two"
    use_registry "$scratch/foreign/two"
    is_refused_and_kept_back 7 try_with registry
    expect_said "signature|signed" "registry"
}
altered_registry() {
    use_registry "$scratch/altered.note"
    is_refused_and_kept_back 7 try_with registry
    expect_said "signature|signed"
}
older_registry() {
    use_registry "$scratch/second.note"
    SEIN_CONFIG=$scratch/registry/sein.yaml "$bin/sein" signal send --lang en
    use_registry "$demo/registry.note"
    is_refused_and_kept_back 7 try_with registry
    expect_said "older|lower|newer" "Fetch the present registry"
}
forked_registry() {
    sign_registry fork -e 's/^version: .*/version: "2"/' -e 's/Kluis/Klooster/'
    use_registry "$scratch/fork.note"
    is_refused_and_kept_back 7 try_with registry
    expect_said "version" "Fetch the present registry"
}
ended_registry() {
    use_registry "$scratch/ended.note"
    is_refused_and_kept_back 7 try_with registry
    expect_said "ended|expired|run out"
}
no_registry() {
    rm "$scratch/used.note"
    is_refused_and_kept_back 3 try_with registry
    expect_said "registry cannot be read"
}
daemon_checks_registry() {
    local registry
    for registry in "$demo/registry.one" "$scratch/altered.note" "$scratch/ended.note"; do
        sed "s|file: ../registry.note|file: $registry|" "$demo/pseudonymd/config.yaml" >"$demo/pseudonymd/other.yaml"
        expect_end 1 "$bin/seinhuis-pseudonymd" --config "$demo/pseudonymd/other.yaml" --clock-file "$demo/clock" --check
        expect_said "registry"
    done
}
daemon_keeps_good_registry() {
    sed -e "s|file: ../registry.note|file: $scratch/used.note|" -e "s|^folder: .*|folder: $scratch/seen|" \
        "$demo/pseudonymd/config.yaml" >"$demo/pseudonymd/other.yaml"
    use_registry "$scratch/second.note"
    expect_end 0 "$bin/seinhuis-pseudonymd" --config "$demo/pseudonymd/other.yaml" --clock-file "$demo/clock" --check
    use_registry "$demo/registry.note"
    expect_end 1 "$bin/seinhuis-pseudonymd" --config "$demo/pseudonymd/other.yaml" --clock-file "$demo/clock" --check
    expect_said "older|lower|newer"
}

prove "a daemon does not start with a registry that is not acceptable" daemon_checks_registry
prove "a daemon does not go back to an older registry" daemon_keeps_good_registry
start_daemon pseudonymd

prove "a registry with one governance signature is refused" one_signature
prove "a registry of another governance is refused" foreign_signatures
prove "a registry with a changed letter is refused" altered_registry
prove "a registry older than the one seen is refused" older_registry
prove "a second registry of one version is refused" forked_registry
prove "a registry that has ended is refused" ended_registry
prove "a registry that is not there is named" no_registry

# ---- certificates, from the client's side ----

swap_certificate() { echo "s|pki/$police\\.|pki/$1.|"; }

certificate_of_other_authority() {
    client_with stranger "$(swap_certificate stranger)"
    is_refused_and_kept_back 4 try_with stranger
    expect_said "certificate"
}
expired_certificate() {
    client_with expired "$(swap_certificate expired)"
    is_refused_and_kept_back 3 try_with expired
    expect_said "expired.pem: the certificate has expired" "successor"
}
unknown_party() {
    client_with unknown "$(swap_certificate unknown)"
    is_refused_and_kept_back 5 try_with unknown
    expect_said "OIN of the certificate is not in the registry" "ask governance"
}
unknown_oin_in_config() {
    client_with nobody 's/^oin: .*/oin: "00000099000000999000"/'
    is_refused_and_kept_back 3 try_with nobody
    expect_said "not in the registry" "Ask governance"
}
other_authority_for_server() {
    client_with distrust "s|pki/ca.pem|nowhere/ca.pem|"
    sed -i "s|^ca: .*|ca: $scratch/other/ca.pem|" "$scratch/distrust/sein.yaml"
    is_refused_and_kept_back 7 try_with distrust
    expect_said "cannot be trusted; nothing was sent" "certificate"
}
server_of_other_oin() {
    client_with twin "s|^pseudonym: .*|pseudonym: file:$demo/gated/address|"
    is_refused_and_kept_back 7 try_with twin
    expect_said "cannot be trusted; nothing was sent"
}
partner_key_of_other() {
    client_with otherkey "s|nothing|nothing|"
    sed -i "s|^signing_key: .*|signing_key: $demo/partners/$housing/signing.key|" "$scratch/otherkey/sein.yaml"
    is_refused_and_kept_back 7 try_with otherkey
    expect_said "signing_key" "registry does not list this key"
}

start_daemon gated
prove "a client of another authority is told of its certificate" certificate_of_other_authority
prove "a client with an expired certificate is told of it" expired_certificate
prove "an OIN that the service's registry does not know is told so" unknown_party
prove "an OIN that the client's registry does not know is told so" unknown_oin_in_config
prove "a server of another authority gets nothing" other_authority_for_server
prove "a server with another OIN than the registry's gets nothing" server_of_other_oin
prove "a signing key that the registry does not list is not used" partner_key_of_other
stop_daemon gated

# ---- a pseudonym service that lies ----

# It has the certificate of the real one, and a key of its own that the signed registry of the others does not name.
lying_service() {
    client_with victim "s|^vault: .*|vault: file:$scratch/nowhere|"
    is_refused_and_kept_back 7 try_with victim
    expect_said "did not prove its answer; nothing was sent" "Nothing was filed"
    expect_end 0 env SEIN_CONFIG="$scratch/victim/sein.yaml" "$bin/sein" signal send --lang en
    expect_said "^0 sent"
}
start_liar() {
    mkdir -p "$scratch/liar"
    sed -e "s|\.\./pki|$demo/pki|" -e "s|\.\./registry.note|$scratch/lie.note|" "$demo/pseudonymd/config.yaml" \
        >"$scratch/liar/config.yaml"
    "$bin/sein" admin service-keys pseudonymd "$scratch/liar/config.yaml" 1 >"$scratch/liar/keys.json"
    sign_registry lie -e "s|pseudonymd/keys.json|$scratch/liar/keys.json|"
    stop_daemon pseudonymd
    mv "$demo/pseudonymd" "$demo/honest"
    mv "$scratch/liar" "$demo/pseudonymd"
    start_daemon pseudonymd
}
start_liar
prove "a pseudonym service with another key than the registry's is found out, and nothing is sent" lying_service
conclude
