# SPDX-License-Identifier: EUPL-1.2
"""A stock gRPC client that knows nothing of our code: only the .proto files and the certificates.

usage: peer.py GENERATED ADDRESS CA CERT KEY.  GENERATED holds what protoc --python_out made.
Prints what went wrong and exits with 1.
"""
import sys

import grpc

generated, address, ca, cert, key = sys.argv[1:]
sys.path.insert(0, generated)
import echo_pb2  # noqa: E402
import grpc_health_pb2  # noqa: E402


def read(path):
    with open(path, "rb") as file:
        return file.read()


def channel(with_certificate=True, compression=grpc.Compression.NoCompression):
    credentials = (
        grpc.ssl_channel_credentials(read(ca), read(key), read(cert))
        if with_certificate
        else grpc.ssl_channel_credentials(read(ca))
    )
    return grpc.secure_channel(address, credentials, compression=compression)


def unary(on, path, answer):
    return on.unary_unary(
        path,
        request_serializer=lambda m: m if isinstance(m, bytes) else m.SerializeToString(),
        response_deserializer=answer.FromString,
    )


def expect(what, got, wanted):
    if got != wanted:
        sys.exit(f"{what}: {got!r} instead of {wanted!r}")


def expect_refused(what, call, request, status, token):
    try:
        call(request, timeout=10)
    except grpc.RpcError as error:
        expect(what, error.code(), status)
        if token and not error.details().startswith(token + ": "):
            sys.exit(f"{what}: the text is {error.details()!r}")
        return
    sys.exit(f"{what}: was accepted")


HEALTH = "/grpc.health.v1.Health/"
ECHO = "/seinhuis.test.v1.Echo/"
Status = grpc.StatusCode
request = grpc_health_pb2.HealthCheckRequest
response = grpc_health_pb2.HealthCheckResponse

with channel() as on:
    check = unary(on, HEALTH + "Check", response)
    expect("health", check(request(), timeout=10).status, response.SERVING)
    expect("its service", check(request(service="seinhuis.test.v1.Echo"), timeout=10).status, response.SERVING)
    expect_refused("another service", check, request(service="no.such"), Status.NOT_FOUND, "NOT_FOUND")
    watch = on.unary_stream(
        HEALTH + "Watch",
        request_serializer=request.SerializeToString,
        response_deserializer=response.FromString,
    )(request(), timeout=10)
    expect("watched health", next(watch).status, response.SERVING)
    watch.cancel()

    # Every kind of field, as another encoder writes it, counts as canonical.
    quick = unary(on, ECHO + "Quick", echo_pb2.EchoResponse)
    full = echo_pb2.EchoRequest(
        user="jd",
        payload=bytes(range(256)),
        parts=[echo_pb2.Part(text="één", number=2**32 - 1), echo_pb2.Part()],
        colour=echo_pb2.COLOUR_BLUE,
        colours=[echo_pb2.COLOUR_NONE, echo_pb2.COLOUR_RED],
        numbers=[3, 300, 0],
        part=echo_pb2.Part(number=1),
        single=echo_pb2.Part(),
        words=["", "ĳ"],
    )
    expect("a full message", quick(full, timeout=10).payload, bytes(3))
    expect("an empty message", quick(echo_pb2.EchoRequest(), timeout=10).number, 0)

    for what, body, token in [
        ("an unknown field", b"\x78\x01", "UNKNOWN_FIELD"),
        ("a nested unknown field", b"\x1a\x02\x18\x01", "UNKNOWN_FIELD"),
        ("a value outside its enum", b"\x20\x02", "UNKNOWN_VALUE"),
        ("text that is not UTF-8", b"\x0a\x01\xff", "BAD_TEXT"),
        ("a field twice", b"\x0a\x01a\x0a\x01b", "NOT_CANONICAL"),
        ("a truncated message", b"\x0a\x05a", "MESSAGE_MALFORMED"),
    ]:
        expect_refused(what, quick, body, Status.INVALID_ARGUMENT, token)
    expect_refused("empty parts", quick, b"\x1a\x00" * 100000, Status.RESOURCE_EXHAUSTED, "MESSAGE_TOO_COSTLY")
    expect_refused("5 MB", quick, bytes(5000000), Status.RESOURCE_EXHAUSTED, None)
    expect_refused("another role", unary(on, ECHO + "Guarded", response), b"", Status.PERMISSION_DENIED, "ROLE_NOT_ALLOWED")
    expect_refused("no such method", unary(on, ECHO + "None", response), b"", Status.UNIMPLEMENTED, "UNKNOWN_METHOD")

    collect = on.stream_unary(
        ECHO + "Collect",
        request_serializer=echo_pb2.EchoRequest.SerializeToString,
        response_deserializer=echo_pb2.EchoResponse.FromString,
    )
    messages = (echo_pb2.EchoRequest(payload=bytes(100)) for _ in range(50))
    expect("a client stream", collect(messages, timeout=10).number, 5000)
    many = on.unary_stream(
        ECHO + "Many",
        request_serializer=echo_pb2.EchoRequest.SerializeToString,
        response_deserializer=echo_pb2.EchoResponse.FromString,
    )
    expect("a server stream", [m.number for m in many(echo_pb2.EchoRequest(numbers=[5]), timeout=10)], [1, 2, 3, 4, 5])

with channel(compression=grpc.Compression.Gzip) as on:
    expect_refused("a compressed message", unary(on, ECHO + "Quick", response), b"\x12\xe8\x07" + b"a" * 1000, Status.UNIMPLEMENTED,
                   "MESSAGE_COMPRESSED")
with channel(with_certificate=False) as on:
    expect_refused("no certificate", unary(on, HEALTH + "Check", response), b"", Status.UNAVAILABLE, None)
