# SPDX-License-Identifier: EUPL-1.2
# Certificates that a service must not accept, beside the good ones in $demo/pki.  Sourced after harness.sh.

# issue_plain NAME SUBJECT DAYS: as tools/pki does, but with any subject and any end.
issue_plain() {
    local pki=$demo/pki
    openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$pki/$1.key"
    openssl req -new -key "$pki/$1.key" -subj "$2" -out "$scratch/$1.csr"
    openssl x509 -req -in "$scratch/$1.csr" -CA "$pki/ca.pem" -CAkey "$pki/ca.key" -days "$3" \
        -set_serial "0x$(openssl rand -hex 16)" -out "$pki/$1.pem" -extfile <(
            printf '%s\n' "basicConstraints=critical,CA:FALSE" "keyUsage=critical,digitalSignature" \
                "extendedKeyUsage=clientAuth,serverAuth" "subjectAltName=DNS:localhost,IP:127.0.0.1"
        ) 2>/dev/null
}

# stranger: of an authority of its own; expired: ended yesterday; nameless: no OIN; unknown: not in the registry.
make_bad_certificates() {
    tools/pki "$scratch/other" authority
    tools/pki "$scratch/other" issue stranger 00000099000000101000
    cp "$scratch/other/stranger".* "$demo/pki/"
    tools/pki "$demo/pki" issue unknown 00000099000000999000
    issue_plain expired "/C=NL/O=Fictitious/CN=expired/serialNumber=00000099000000101000" -1
    issue_plain nameless "/C=NL/O=Fictitious/CN=nameless" 30
}
