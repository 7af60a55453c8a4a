#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""Computes the golden bytes of tests/vectors/escrow.h independently of the C code: from docs/PROTOCOL.md,
RFC 9496 (ristretto255), RFC 8032 (Ed25519), RFC 8439 and the XChaCha draft, on plain integers.

    /usr/bin/python3 tests/vectors/escrow.py > tests/vectors/escrow.h
"""
import hashlib
import struct

# --- Edwards curve, ristretto255, Ed25519 -------------------------------------------------------

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
SQRT_M1 = pow(2, (P - 1) // 4, P)


def recover_x(y, sign):
    u, v = (y * y - 1) % P, (D * y * y + 1) % P
    x = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    if v * x * x % P != u:
        x = x * SQRT_M1 % P
    assert v * x * x % P == u
    return P - x if x & 1 != sign else x


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE_X = recover_x(BASE_Y, 0)
BASE = (BASE_X, BASE_Y, 1, BASE_X * BASE_Y % P)


def add(p, q):
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def mul(k, p):
    out = (0, 1, 1, 0)
    while k:
        if k & 1:
            out = add(out, p)
        p, k = add(p, p), k >> 1
    return out


def is_negative(x):
    return x % P & 1


def invsqrt(v):
    """1 / sqrt(v) for a square v."""
    r = pow(v, 3, P) * pow(pow(v, 7, P), (P - 5) // 8, P) % P
    if v * r * r % P != 1:
        r = r * SQRT_M1 % P
    return (P - r) % P if is_negative(r) else r


def ristretto_encode(point):
    x0, y0, z0, t0 = point
    u1, u2 = (z0 + y0) * (z0 - y0) % P, x0 * y0 % P
    root = invsqrt(u1 * u2 % P * u2 % P)
    den1, den2 = root * u1 % P, root * u2 % P
    z_inv = den1 * den2 % P * t0 % P
    if is_negative(t0 * z_inv):
        enchanted = den1 * invsqrt((-1 - D) % P) % P
        x, y, den = y0 * SQRT_M1 % P, x0 * SQRT_M1 % P, enchanted
    else:
        x, y, den = x0, y0, den2
    if is_negative(x * z_inv):
        y = -y % P
    s = den * (z0 - y) % P
    return (P - s if is_negative(s) else s).to_bytes(32, "little")


def ed25519(seed, message):
    h = hashlib.sha512(seed).digest()
    a = int.from_bytes(h[:32], "little") & ((1 << 254) - 8) | (1 << 254)

    def compress(p):
        z = pow(p[2], P - 2, P)
        return (p[1] * z % P | (p[0] * z % P & 1) << 255).to_bytes(32, "little")

    public = compress(mul(a, BASE))
    r = int.from_bytes(hashlib.sha512(h[32:] + message).digest(), "little") % L
    big_r = compress(mul(r, BASE))
    k = int.from_bytes(hashlib.sha512(big_r + public + message).digest(), "little") % L
    return public, big_r + ((r + k * a) % L).to_bytes(32, "little")


# --- XChaCha20-Poly1305 -------------------------------------------------------------------------


def rotate(x, n):
    return (x << n | x >> (32 - n)) & 0xFFFFFFFF


def rounds(state):
    s = list(state)

    def quarter(a, b, c, d):
        for x, y, z, n in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
            s[x] = (s[x] + s[y]) & 0xFFFFFFFF
            s[z] = rotate(s[z] ^ s[x], n)

    for _ in range(10):
        quarter(0, 4, 8, 12), quarter(1, 5, 9, 13), quarter(2, 6, 10, 14), quarter(3, 7, 11, 15)
        quarter(0, 5, 10, 15), quarter(1, 6, 11, 12), quarter(2, 7, 8, 13), quarter(3, 4, 9, 14)
    return s


CONSTANT = struct.unpack("<4I", b"expand 32-byte k")


def chacha_block(key, counter, nonce):
    state = CONSTANT + struct.unpack("<8I", key) + (counter,) + struct.unpack("<3I", nonce)
    return struct.pack("<16I", *((a + b) & 0xFFFFFFFF for a, b in zip(rounds(state), state)))


def hchacha(key, nonce16):
    s = rounds(CONSTANT + struct.unpack("<8I", key) + struct.unpack("<4I", nonce16))
    return struct.pack("<8I", *(s[0:4] + s[12:16]))


def poly1305(key, message):
    r = int.from_bytes(key[:16], "little") & 0x0FFFFFFC0FFFFFFC0FFFFFFC0FFFFFFF
    total = 0
    for at in range(0, len(message), 16):
        total = (total + int.from_bytes(message[at:at + 16] + b"\x01", "little")) * r % (2**130 - 5)
    return ((total + int.from_bytes(key[16:], "little")) & (2**128 - 1)).to_bytes(16, "little")


def pad16(data):
    return data + bytes(-len(data) % 16)


def xchacha_seal(key, nonce, ad, message):
    key, nonce = hchacha(key, nonce[:16]), bytes(4) + nonce[16:]
    box = bytearray()
    for at in range(0, len(message), 64):
        stream = chacha_block(key, 1 + at // 64, nonce)
        box += bytes(a ^ b for a, b in zip(message[at:at + 64], stream))
    data = pad16(ad) + pad16(bytes(box)) + struct.pack("<QQ", len(ad), len(box))
    return bytes(box) + poly1305(chacha_block(key, 0, nonce)[:32], data)


# --- docs/PROTOCOL.md ---------------------------------------------------------------------------


def blake(n, key, pers, data):
    return hashlib.blake2b(data, digest_size=n, key=key, person=pers.encode().ljust(16, b"\0")).digest()


def red(wide):
    return int.from_bytes(wide, "little") % L


def scalar(x):
    return x.to_bytes(32, "little")


def part(m):
    return blake(32, b"", "sein1.part", m)


def ce(key, nonce, ad, message):
    inner = blake(32, key, "sein1.enc", ad)
    return blake(32, key, "sein1.cmt", ad) + nonce + xchacha_seal(inner, nonce, ad, message)


TENANT = 1963


def sign(seed, label, message):
    body = blake(64, b"", label, struct.pack(">H", TENANT) + message)
    return ed25519(seed, label.encode().ljust(16, b"\0") + body)[1]


def pattern(n, salt):
    """The test's stand-in for random bytes."""
    return bytes((i * 31 + (i >> 8) + salt) & 0xFF for i in range(n))


def ctx_bytes(epoch):
    return b"SEIN1" + struct.pack(">HHBB", TENANT, epoch, 1, 2)


class Slot:
    def __init__(self, ctx, output):
        self.a0 = red(blake(64, output, "sein1.coef", ctx + b"\0"))
        self.a1 = red(blake(64, output, "sein1.coef", ctx + b"\1"))
        self.c0, self.c1 = ristretto_encode(mul(self.a0, BASE)), ristretto_encode(mul(self.a1, BASE))
        self.key = blake(32, scalar(self.a0), "sein1.kek", ctx)
        self.index = blake(32, b"", "sein1.index", ctx + self.c0 + self.c1)


def pad(message, n):
    return (message + b"\x80").ljust(n, b"\0")


SECTOR, MODE, DOMAINS = 3, 3, 0x0805


def envelope():
    """Two blocks with three and twelve keys, filed by sector 3 as acute."""
    rid = pattern(16, 1)
    unused = pattern(24 * 32, 2)
    blocks = []
    for b, count in ((0, 3), (1, 12)):
        ctx = ctx_bytes(b + 1)
        used = [Slot(ctx, pattern(64, 16 * b + j)) for j in range(count)]
        rows = [(s.index, s) for s in used]
        rows += [(unused[32 * (12 * b + j):][:32], None) for j in range(count, 12)]
        blocks.append((ctx, sorted(rows, key=lambda row: row[0])))
    header = struct.pack(">BI16sIHBBHHB", 1, 7, rid, 41, 321, MODE, 4, 33, 1360, 2)
    for ctx, rows in blocks:
        header += ctx + b"".join(index for index, _ in rows)
    hh = blake(32, b"", "sein1.hdr", header)

    random = pattern(4 * 32 + 27 * 24 + 24 * 200, 5)
    k_id, k_ct, z1, z2 = (random[32 * i:32 * i + 32] for i in range(4))
    nonces = [random[128 + 24 * i:][:24] for i in range(27)]
    spare = random[128 + 27 * 24:]
    inner = b""
    for at, (_, slot) in enumerate(row for _, rows in blocks for row in rows):
        if slot is None:
            inner += spare[200 * at:][:200]
            continue
        share = scalar((slot.a0 + slot.a1 * SECTOR) % L)
        wrap = blake(32, slot.key, "sein1.w1", z1 + rid)
        inner += slot.c0 + slot.c1 + share + ce(wrap, nonces[at], hh, k_id)
    inner += ce(blake(32, k_id, "sein1.w2", z2 + rid), nonces[24], hh, k_ct)
    inner += ce(k_id, nonces[25], hh, pad(pattern(400, 8), 512))
    inner += ce(k_ct, nonces[26], hh, pad(pattern(2047, 9), 2048))
    gate = rid + hh + z1 + z2 + struct.pack(">H", DOMAINS)
    direct = bytes([MODE]) + rid + hh + k_id + k_ct
    return header, hh, gate, inner, direct


def main():
    out = []

    def emit(name, data):
        out.append((name, data.hex()))

    ctx = ctx_bytes(1)
    slot = Slot(ctx, pattern(64, 0))
    emit("CTX", ctx)
    emit("OPRF_INPUT", b"sein1/in" + ctx + b"\x00\x02key")
    emit("A0", scalar(slot.a0))
    emit("A1", scalar(slot.a1))
    emit("C0", slot.c0)
    emit("C1", slot.c1)
    emit("KEY", slot.key)
    emit("INDEX", slot.index)
    emit("SHARE", scalar((slot.a0 + 3 * slot.a1) % L))
    pepper = blake(32, pattern(32, 3), "sein1.pepper", b"")
    emit("TAU", blake(32, pepper, "sein1.tau", slot.index))
    emit("CE", ce(pattern(32, 4), pattern(24, 5), b"ad", b"message"))

    seed = pattern(32, 6)
    emit("SIGN_PUBLIC", ed25519(seed, b"")[0])
    ticket = struct.pack(">I", 41) + ctx + struct.pack(">I", 20000) + pattern(16, 7)
    emit("TICKET", ticket + sign(seed, "sein1.ticket", ticket))
    receipt = pattern(16, 8) + pattern(64, 9) + struct.pack(">I", 20001)
    emit("RECEIPT", receipt + sign(seed, "sein1.receipt", receipt))

    header, hh, gate, inner, direct = envelope()
    emit("HEADER_START", header[:77])
    emit("HEADER_HASH", hh)
    emit("GATE_PLAIN", gate)
    emit("DIRECT_PLAIN", direct)
    emit("INNER_START", inner[:200])
    emit("INNER_PART_HASH", part(inner))
    name = blake(64, b"", "sein1.sub", hh + part(pattern(162, 10)) + part(pattern(7656, 11)) + part(b""))
    emit("NAME", name)
    sent = struct.pack(">Q", 1760000000)
    emit("SUBMIT_SIGNATURE", sign(seed, "sein1.submit", name + sent + pattern(198, 12)))

    records = [(pattern(32, s), pattern(64, s + 1)) for s in (20, 30)]
    both = records[0][0] + records[1][0]
    release = pattern(16, 13) + pattern(16, 14) + b"\x00\x01" + both
    confirm = part(b"answer") + b"\x00\x02" + both
    release_signature = sign(seed, "sein1.release", release)
    confirm_signature = sign(seed, "sein1.confirm", confirm)
    emit("RELEASE_SIGNATURE", release_signature)
    emit("CONFIRM_SIGNATURE", confirm_signature)

    question = struct.pack(">BHH", 3, TENANT, 2) + b"".join(a + b for a, b in records) + b"\x02"
    for member in (b"kees", b"lia"):
        question += bytes([len(member)]) + member
        question += struct.pack(">H", len(confirm)) + confirm + confirm_signature
    emit("QUESTION", question)
    assess = struct.pack(">BH", 1, 2) + records[0][0] + b"\x00\x03" + records[1][0] + b"\x08\x00"
    given = struct.pack(">BH", 2, 2) + records[0][0] + b"\x01" + pattern(128, 15) + records[1][0] + b"\x02"
    opened = struct.pack(">BH", 3, 1) + records[1][0] + pattern(130, 16)
    emit("ANSWER_ASSESS", assess)
    emit("ANSWER_RELEASE", given)
    emit("ANSWER_CONFIRM", opened)
    emit("ANSWER_SIGNATURE", sign(seed, "sein1.answer", part(question) + opened))

    print("/* SPDX-License-Identifier: EUPL-1.2 */")
    print("#ifndef TESTS_VECTORS_ESCROW_H\n#define TESTS_VECTORS_ESCROW_H\n")
    print("/* Golden bytes of the protocol, printed by escrow.py in this folder. */\n/* clang-format off */")
    for name, text in out:
        print(f"#define GOLDEN_{name} \\")
        rows = [text[i:i + 90] for i in range(0, len(text), 90)]
        print(" \\\n".join(f'    "{row}"' for row in rows))
    print("/* clang-format on */\n\n#endif")


main()
