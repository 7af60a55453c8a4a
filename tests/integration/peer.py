# SPDX-License-Identifier: EUPL-1.2
"""A client that shares no line with ours: Python's gRPC, and messages made from the published .proto files.

    peer.py --pki FOLDER health ADDRESS SERVICE
    peer.py --pki FOLDER submit ADDRESS NAME FILE...
    peer.py --pki FOLDER pseudonym|gate|intake|review ADDRESS ...

'health' prints the status; 'submit' files packed SubmitRequests as organisation NAME and prints one line each; the
others make their proofs, one line each, and end with 1 when one fails.
"""
import argparse
import os
import sys
import time

import grpc

import health_pb2
from seinhuis.v1 import gate_pb2, intake_pb2, oversight_pb2, pseudonym_pb2, review_pb2

DEADLINE_S = 20
EVALUATE = "/seinhuis.v1.Pseudonym/Evaluate"
SUBMIT = "/seinhuis.v1.Intake/Submit"
LIST_OWN = "/seinhuis.v1.Intake/ListOwn"
CHECKPOINT = "/seinhuis.v1.Oversight/GetCheckpoint"
HEALTH = "/grpc.health.v1.Health/Check"


class Peer:
    """One party's connection to one service."""

    def __init__(self, pki, name, address, options=()):
        def read(path):
            with open(os.path.join(pki, path), "rb") as file:
                return file.read()

        credentials = grpc.ssl_channel_credentials(
            read("ca.pem"), read(name + ".key") if name else None, read(name + ".pem") if name else None)
        options = (("grpc.enable_http_proxy", 0), ("grpc.use_local_subchannel_pool", 1),
                   ("grpc.max_send_message_length", -1)) + tuple(options)
        self.channel = grpc.secure_channel(address, credentials, options)

    def call(self, path, request, answer=None, **more):
        """(status, details, answer); 'request' is a message or bytes as they are sent."""
        data = request if isinstance(request, bytes) else request.SerializeToString()
        method = self.channel.unary_unary(path, request_serializer=None, response_deserializer=None)
        try:
            data = method(data, timeout=DEADLINE_S, **more)
        except grpc.RpcError as error:
            return error.code().name, error.details() or "", None
        if answer is None:
            return "OK", "", data
        message = answer()
        message.ParseFromString(data)
        return "OK", "", message

    def stream(self, path, request, answer):
        """(status, messages)"""
        method = self.channel.unary_stream(path, request_serializer=None, response_deserializer=answer.FromString)
        messages = []
        try:
            for message in method(request.SerializeToString(), timeout=DEADLINE_S):
                messages.append(message)
        except grpc.RpcError as error:
            return error.code().name, error.details() or "", messages
        return "OK", "", messages


class Proofs:
    def __init__(self):
        self.failed = 0

    def prove(self, sentence, got, status, token=""):
        """A call's (status, details, …) must be 'status', and its details name 'token' and a remedy."""
        is_right = got[0] == status
        if token:
            is_right = is_right and got[1].startswith(token + ": ") and len(got[1]) > len(token) + 20
        if not is_right:
            self.failed += 1
            sentence += "\n    got %s '%s' instead of %s %s" % (got[0], got[1], status, token)
        print("%s - %s" % ("ok" if is_right else "not ok", sentence))

    def that(self, sentence, is_right, why=""):
        if not is_right:
            self.failed += 1
        print("%s - %s%s" % ("ok" if is_right else "not ok", sentence, "" if is_right else "\n    " + str(why)))


def varint(value):
    out = bytearray()
    while value > 0x7f:
        out.append(value & 0x7f | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def field(number, data):
    return varint(number << 3 | 2) + varint(len(data)) + data


def health(peer, service):
    status, details, answer = peer.call(
        HEALTH, health_pb2.HealthCheckRequest(service=service), health_pb2.HealthCheckResponse)
    if status != "OK":
        return status
    return health_pb2.HealthCheckResponse.ServingStatus.Name(answer.status)


def prove_health(proofs, peer, service):
    proofs.that("a stock client finds the whole server serving", health(peer, "") == "SERVING")
    proofs.that("a stock client finds %s serving" % service, health(peer, service) == "SERVING")
    proofs.that("a service that is not here is not found", health(peer, "seinhuis.v1.Nothing") == "NOT_FOUND")


def prove_connection(proofs, options, path, partner):
    """Certificates and callers, at any daemon; 'path' is a method that only 'partner' may call."""
    address = options.address

    def as_who(name, pki=options.pki):
        return Peer(pki, name, address).call(path, b"")

    proofs.prove("a certificate of another authority is not let in", as_who("stranger"), "UNAVAILABLE")
    proofs.prove("an expired certificate is not let in", as_who("expired"), "UNAVAILABLE")
    proofs.prove("a caller without a certificate is not let in", as_who(None), "UNAVAILABLE")
    proofs.prove("a certificate without an OIN is told so", as_who("nameless"), "UNAUTHENTICATED", "NO_OIN")
    proofs.prove("an OIN that the registry does not know is told so", as_who("unknown"), "PERMISSION_DENIED",
                 "UNKNOWN_PARTY")
    proofs.prove("a party of another role is told so", as_who("officer" if partner != "officer" else "cmz"),
                 "PERMISSION_DENIED", "ROLE_NOT_ALLOWED")
    began = time.monotonic()
    got = Peer(options.pki, partner, address).call("/seinhuis.v1.Nothing/Do", b"")
    proofs.prove("an unknown method is refused", got, "UNIMPLEMENTED", "UNKNOWN_METHOD")
    proofs.that("an unknown method is refused at once", time.monotonic() - began < DEADLINE_S / 4)


def prove_messages(proofs, peer, path, good, user_only):
    """What no method takes; 'good' is a well-formed request, 'user_only' a method of which the user id is all."""
    packed = good.SerializeToString()
    proofs.prove("a message of 5 MB is refused", peer.call(path, field(1, b"x" * 5000000)), "RESOURCE_EXHAUSTED")
    # What does not shrink, ciphertext above all, is not compressed by gRPC; so a text that does.
    proofs.prove("a compressed message is refused",
                 peer.call(path, field(1, b"x" * 500), compression=grpc.Compression.Gzip), "UNIMPLEMENTED",
                 "MESSAGE_COMPRESSED")
    bomb = field(1, b"x" * 200000)
    proofs.prove("a compressed message that would become large is refused before it does",
                 peer.call(path, bomb, compression=grpc.Compression.Gzip), "UNIMPLEMENTED", "MESSAGE_COMPRESSED")
    proofs.prove("an unknown field is refused", peer.call(path, packed + field(100, b"1")), "INVALID_ARGUMENT",
                 "UNKNOWN_FIELD")
    proofs.prove("a field sent twice is refused", peer.call(path, packed + field(1, b"other")), "INVALID_ARGUMENT",
                 "NOT_CANONICAL")
    proofs.prove("a truncated message is refused", peer.call(path, packed[:-1]), "INVALID_ARGUMENT",
                 "MESSAGE_MALFORMED")
    proofs.prove("bytes that are no message are refused", peer.call(path, b"\xff" * 40), "INVALID_ARGUMENT",
                 "MESSAGE_MALFORMED")
    proofs.prove("an empty message is refused for its missing user", peer.call(path, b""), "INVALID_ARGUMENT",
                 "BAD_USER")
    proofs.prove("a user that is not UTF-8 is refused", peer.call(user_only, field(1, b"r\xe9mi")),
                 "INVALID_ARGUMENT", "BAD_TEXT")
    proofs.prove("a user with a NUL inside is refused", peer.call(user_only, field(1, b"lid-1\x00x")),
                 "INVALID_ARGUMENT", "NOT_CANONICAL")
    proofs.prove("a user of 65 characters is refused", peer.call(user_only, field(1, b"x" * 65)),
                 "INVALID_ARGUMENT", "BAD_USER")


def run_pseudonym(options):
    proofs = Proofs()
    partner = Peer(options.pki, options.partner, options.address)
    prove_health(proofs, partner, "seinhuis.v1.Pseudonym")
    prove_connection(proofs, options, EVALUATE, options.partner)
    context = b"SEIN1" + bytes([0x27, 0x0f, 0, 1, 2, 2])
    generator = bytes.fromhex("e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76")
    good = pseudonym_pb2.EvaluateRequest(user="medewerker-1", context=context, blinded=generator)
    got = partner.call(EVALUATE, good, pseudonym_pb2.EvaluateResponse)
    proofs.that("a stock client gets an element evaluated, with proof and ticket",
                got[0] == "OK" and (len(got[2].evaluated), len(got[2].proof), len(got[2].ticket)) == (32, 64, 99), got)
    prove_messages(proofs, partner, EVALUATE, good, EVALUATE)

    def evaluate(**change):
        request = pseudonym_pb2.EvaluateRequest()
        request.CopyFrom(good)
        for name, value in change.items():
            setattr(request, name, value)
        return partner.call(EVALUATE, request)

    for what, blinded in (
            ("no element", b""), ("17 elements", generator * 17), ("33 bytes", generator + b"\0"),
            ("the identity", bytes(32)), ("a non-canonical element", b"\xed" + b"\xff" * 30 + b"\x7f"),
            ("bytes that are no element", b"\x01" * 32),
            ("one bad element among good ones", generator * 3 + bytes(32))):
        proofs.prove("%s cannot be evaluated" % what, evaluate(blinded=blinded), "INVALID_ARGUMENT", "BAD_ELEMENTS")
    proofs.prove("a context of another length is refused", evaluate(context=context[:-1]), "INVALID_ARGUMENT",
                 "BAD_CONTEXT")
    for what, at in (("municipality", 6), ("epoch", 8), ("normaliser", 9)):
        other = bytearray(context)
        other[at] ^= 3
        status, details, _ = evaluate(context=bytes(other))
        proofs.that("a context of another %s is refused" % what,
                    status == "INVALID_ARGUMENT" and details.split(":")[0] in ("UNKNOWN_CONTEXT", "BAD_CONTEXT"),
                    (status, details))
    return proofs.failed


def run_gate(options):
    proofs = Proofs()
    vault = Peer(options.pki, "vaultd", options.address)
    prove_health(proofs, vault, "seinhuis.v1.Gate")
    prove_connection(proofs, options, "/seinhuis.v1.Gate/Assess", "vaultd")
    assess = "/seinhuis.v1.Gate/Assess"
    proofs.prove("200 KB of empty repeated fields are refused by their cost",
                 vault.call(assess, field(1, b"") * 100000), "RESOURCE_EXHAUSTED")
    proofs.prove("65 records at once are refused", vault.call(assess, field(1, b"") * 65), "INVALID_ARGUMENT")
    proofs.prove("one record is no component", vault.call(assess, field(1, b"")), "INVALID_ARGUMENT",
                 "BAD_RECORD_COUNT")
    record = gate_pb2.GateRecord(header=b"x" * 429, gate=b"x" * 162, inner_hash=b"x" * 32, direct_hash=b"x" * 32,
                                 sent=1, tickets=b"x" * 99, signature=b"x" * 64)
    other = gate_pb2.GateRecord()
    other.CopyFrom(record)
    other.signature = b"y" * 64
    proofs.prove("records that are not in the protocol's form are refused",
                 vault.call(assess, gate_pb2.AssessRequest(records=[record, other])), "INVALID_ARGUMENT",
                 "BAD_RECORD")
    proofs.prove("an unknown field in a nested message is refused",
                 vault.call(assess, field(1, record.SerializeToString() + field(99, b"x")) * 2), "INVALID_ARGUMENT",
                 "UNKNOWN_FIELD")
    prove_messages(proofs, Peer(options.pki, "officer", options.address), "/seinhuis.v1.Gate/Approve",
                   gate_pb2.ApproveRequest(user="functionaris-1", case_id=b"c" * 16, rid=b"r" * 16, ground=1),
                   "/seinhuis.v1.Gate/ListWaiting")
    proofs.prove("the officer cannot approve what does not wait",
                 Peer(options.pki, "officer", options.address).call(
                     "/seinhuis.v1.Gate/Approve",
                     gate_pb2.ApproveRequest(user="functionaris-1", case_id=b"c" * 16, rid=b"r" * 16, ground=1)),
                 "NOT_FOUND", "NOT_WAITING")
    return proofs.failed


def read_request(path):
    with open(path, "rb") as file:
        return intake_pb2.SubmitRequest.FromString(file.read())


def run_submit(options):
    peer = Peer(options.pki, options.partner, options.address)
    for path in options.files:
        with open(path, "rb") as file:
            status, details, answer = peer.call(SUBMIT, file.read())
        if status == "OK":
            message = intake_pb2.SubmitResponse.FromString(answer)
            details = "receipt %s bytes %d route %d within %d" % (
                message.receipt.hex(), len(answer), message.route, message.act_within_s)
        print(status, details)
    return 0


def run_intake(options):
    """FILE is a signal of 'partner' that was not filed yet."""
    proofs = Proofs()
    partner = Peer(options.pki, options.partner, options.address)
    good = read_request(options.files[0])
    prove_health(proofs, partner, "seinhuis.v1.Intake")
    prove_connection(proofs, options, SUBMIT, options.partner)

    def listed():
        status, _, messages = partner.stream(LIST_OWN, intake_pb2.ListOwnRequest(user="medewerker-1"),
                                             intake_pb2.OwnSignal)
        return {message.rid for message in messages} if status == "OK" else status

    def altered(**change):
        request = intake_pb2.SubmitRequest()
        request.CopyFrom(good)
        for name, value in change.items():
            setattr(request, name, value(getattr(request, name)))
        return partner.call(SUBMIT, request)

    def flip(at):
        def change(data):
            data = bytearray(data)
            data[at // 8] ^= 1 << at % 8
            return bytes(data)
        return change

    before = listed()
    bad = "INVALID_ARGUMENT"
    # Ten malformed ones, each with its own status.
    proofs.prove("malformed 1: a header that is a byte short", altered(header=lambda x: x[:-1]), bad, "BAD_SUBMISSION")
    proofs.prove("malformed 2: a header with a thirteenth slot", altered(header=lambda x: x + b"\0" * 32), bad,
                 "BAD_SUBMISSION")
    proofs.prove("malformed 3: slots that are not sorted",
                 altered(header=lambda x: x[:-64] + x[-32:] + x[-64:-32]), bad, "BAD_SUBMISSION")
    proofs.prove("malformed 4: no inner box", altered(inner=lambda x: b""), bad, "BAD_SUBMISSION")
    proofs.prove("malformed 5: a gate box that is a byte long", altered(gate=lambda x: x + b"\0"), bad,
                 "BAD_SUBMISSION")
    proofs.prove("malformed 6: a direct box in mode escrow", altered(direct=lambda x: b"x" * 144), bad,
                 "BAD_SUBMISSION")
    proofs.prove("malformed 7: half a signature", altered(signature=lambda x: x[:32]), "UNAUTHENTICATED",
                 "BAD_SIGNATURE")
    proofs.prove("malformed 8: another signature", altered(signature=flip(100)), "UNAUTHENTICATED", "BAD_SIGNATURE")
    proofs.prove("malformed 9: another time than the signed one", altered(sent=lambda x: x + 1), "UNAUTHENTICATED",
                 "BAD_SIGNATURE")
    proofs.prove("malformed 10: a user that is no id", altered(user=lambda x: "een naam"), bad, "BAD_USER")
    proofs.prove("a ticket that is not of the signal is refused", altered(tickets=flip(300)), "UNAUTHENTICATED")
    for part in ("gate", "inner"):
        proofs.prove("a flipped bit of %s is refused" % part, altered(**{part: flip(900)}), "UNAUTHENTICATED",
                     "BAD_SIGNATURE")
    passed = [at for at in range(len(good.header) * 8) if at % options.every == 0 and
              altered(header=flip(at))[0] not in (bad, "UNAUTHENTICATED", "PERMISSION_DENIED", "FAILED_PRECONDITION")]
    proofs.that("a flipped bit of the header is refused, wherever it stands", passed == [], passed)
    prove_messages(proofs, partner, SUBMIT, good, LIST_OWN)
    other = Peer(options.pki, options.other, options.address)
    proofs.prove("another organisation cannot file it", other.call(SUBMIT, good), "PERMISSION_DENIED",
                 "NOT_YOUR_SERIAL")
    proofs.that("nothing of all that was stored", listed() == before, listed())

    status, details, first = partner.call(SUBMIT, good)
    proofs.that("a stock client files what our library prepared and gets a receipt", status == "OK", details)
    if status == "OK":
        receipt = intake_pb2.SubmitResponse.FromString(first).receipt
        proofs.that("the receipt is for this signal", len(receipt) == 148 and receipt[:16] == good.header[5:21])
    again = partner.call(SUBMIT, good)
    proofs.that("a signal sent again gets its first receipt again", again[2] == first, again)
    proofs.that("it is listed once", listed() == before | {good.header[5:21]}, listed())
    proofs.that("another organisation does not see it", good.header[5:21] not in {
        message.rid for message in other.stream(
            LIST_OWN, intake_pb2.ListOwnRequest(user="medewerker-1"), intake_pb2.OwnSignal)[2]})
    return proofs.failed


def run_review(options):
    proofs = Proofs()
    team = Peer(options.pki, "cmz", options.address)
    prove_health(proofs, team, "seinhuis.v1.Review")
    path = "/seinhuis.v1.Review/ReportComparison"
    request = review_pb2.ReportComparisonRequest(user="lid-1", case_id=b"c" * 16)
    proofs.prove("200 KB of empty repeated fields are refused by their cost",
                 team.call(path, request.SerializeToString() + field(3, b"") * 100000), "RESOURCE_EXHAUSTED")
    proofs.prove("20,000 empty links are refused too",
                 team.call(path, request.SerializeToString() + field(3, b"") * 20000), "RESOURCE_EXHAUSTED")
    link = review_pb2.ComparedLink(rid_a=b"a" * 16, rid_b=b"b" * 16, verdict=1).SerializeToString()
    proofs.prove("a verdict outside its list is refused",
                 team.call(path, request.SerializeToString() + field(3, link[:-1] + b"\x09")), "INVALID_ARGUMENT",
                 "UNKNOWN_VALUE")
    proofs.prove("a case that is not there is refused",
                 team.call("/seinhuis.v1.Review/GetCase",
                           review_pb2.GetCaseRequest(user="lid-1", case_id=b"c" * 16)), "NOT_FOUND",
                 "CASE_NOT_FOUND")
    proofs.prove("a partner cannot list the cases",
                 Peer(options.pki, options.partner, options.address).call("/seinhuis.v1.Review/ListCases", b""),
                 "PERMISSION_DENIED", "ROLE_NOT_ALLOWED")
    proofs.prove("a partner cannot read the log",
                 Peer(options.pki, options.partner, options.address).call(
                     CHECKPOINT, oversight_pb2.GetCheckpointRequest(user="medewerker-1")),
                 "PERMISSION_DENIED", "ROLE_NOT_ALLOWED")
    return proofs.failed


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pki", required=True)
    parser.add_argument("--partner", help="an organisation, by the name of its certificate")
    parser.add_argument("--other", help="another one")
    parser.add_argument("--every", type=int, default=1, help="flip each such bit of the header only")
    parser.add_argument("what", choices=("health", "submit", "pseudonym", "gate", "intake", "review"))
    parser.add_argument("address")
    parser.add_argument("files", nargs="*")
    options = parser.parse_args()
    if options.what == "health":
        print(health(Peer(options.pki, options.partner, options.address), options.files[0] if options.files else ""))
        return 0
    return 1 if globals()["run_" + options.what](options) else 0


sys.exit(main())
