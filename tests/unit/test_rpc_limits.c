/* SPDX-License-Identifier: EUPL-1.2 */
#include <grpc/status.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "base/clock.h"
#include "tests/lib/cmocka_all.h"
#include "tests/lib/echo_service.h"
#include "tests/lib/raw_client.h"

typedef Seinhuis__Test__V1__EchoRequest echo_request;

#define SERVICE (&seinhuis__test__v1__echo__descriptor)
#define QUICK "/seinhuis.test.v1.Echo/Quick"
#define SLOW "/seinhuis.test.v1.Echo/Slow"
#define MANY "/seinhuis.test.v1.Echo/Many"

static struct world world;

/* Sends 'body' as a known party with a stock client. */
static struct raw_result
send_raw(const char *path, const void *body, size_t len)
{
    const struct rpc_identity *client = pki_issue_oin(world.pki, "raw", CLIENT_OIN);
    struct raw_request request = {
        .address = world.address,
        .ca_file = client->ca_file,
        .cert_file = client->cert_file,
        .key_file = client->key_file,
        .path = path,
        .body = body,
        .len = len,
    };
    struct raw_result result;

    raw_call(&request, &result);
    return result;
}

static void
assert_refused(const struct raw_result *result, int status, enum refusal refusal)
{
    char wanted[REFUSAL_MESSAGE_ROOM];

    (void) refusal_message(refusal, wanted);
    assert_string_equal(result->details, wanted);
    assert_int_equal(result->status, status);
}

static void
an_unknown_method_is_unimplemented_at_once(void **state)
{
    uint64_t begun_ms = clock_monotonic_ms();
    struct raw_result result = send_raw("/seinhuis.test.v1.Echo/None", "", 0);

    (void) state;
    assert_refused(&result, GRPC_STATUS_UNIMPLEMENTED, REFUSAL_UNKNOWN_METHOD);
    result = send_raw("/none", "", 0);
    assert_refused(&result, GRPC_STATUS_UNIMPLEMENTED, REFUSAL_UNKNOWN_METHOD);
    assert_true(clock_monotonic_ms() - begun_ms < 5000); /* of a deadline of 10 s each */
}

static void
a_call_without_message_is_refused(void **state)
{
    struct raw_result result = send_raw(QUICK, NULL, 0);

    (void) state;
    assert_refused(&result, GRPC_STATUS_INVALID_ARGUMENT, REFUSAL_NO_MESSAGE);
    result = send_raw(MANY, NULL, 0);
    assert_refused(&result, GRPC_STATUS_INVALID_ARGUMENT, REFUSAL_NO_MESSAGE);
}

static void
a_malformed_message_is_refused_and_reported_by_every_kind_of_method(void **state)
{
    static const char *const paths[] = { QUICK, SLOW, MANY };
    unsigned int refused = 0;

    (void) state;
    for (size_t i = 0; i < 3; i++) {
        struct raw_result result = send_raw(paths[i], "\x0a", 1);

        assert_refused(&result, GRPC_STATUS_INVALID_ARGUMENT, REFUSAL_MESSAGE_MALFORMED);
        result = send_raw(paths[i], "\x78\x01", 2);
        assert_refused(&result, GRPC_STATUS_INVALID_ARGUMENT, REFUSAL_UNKNOWN_FIELD);
        result = send_raw(paths[i], "\x0a\x01\xff", 3);
        assert_refused(&result, GRPC_STATUS_INVALID_ARGUMENT, REFUSAL_BAD_TEXT);
        refused += 3;
        assert_int_equal(world.echo.refused, refused);
        assert_int_equal(world.echo.last_refusal, REFUSAL_BAD_TEXT);
    }
    assert_int_equal(world.echo.handled, 0);
}

static void
a_compressed_message_is_refused(void **state)
{
    const struct rpc_identity *client = pki_issue_oin(world.pki, "raw", CLIENT_OIN);
    static const char body[4096] = { 0x12, (char) 0xfd, 0x1f };
    struct raw_request request = {
        .address = world.address,
        .ca_file = client->ca_file,
        .cert_file = client->cert_file,
        .key_file = client->key_file,
        .path = QUICK,
        .body = body,
        .len = sizeof body,
    };
    struct raw_result result;

    (void) state;
    raw_call(&request, &result);
    assert_int_equal(result.status, GRPC_STATUS_OK);
    request.is_compressed = true;
    raw_call(&request, &result);
    assert_refused(&result, GRPC_STATUS_UNIMPLEMENTED, REFUSAL_MESSAGE_COMPRESSED);
    assert_int_equal(world.echo.handled, 1);
}

/* Ciphertext does not shrink, so gRPC sends it as it is, only announced as compressed. */
static void
a_caller_who_hears_of_compression_was_not_served(void **state)
{
    const struct rpc_identity *client = pki_issue_oin(world.pki, "raw", CLIENT_OIN);
    static uint8_t body[4096] = { 0x12, 0xfd, 0x1f };
    struct raw_request request = {
        .address = world.address,
        .ca_file = client->ca_file,
        .cert_file = client->cert_file,
        .key_file = client->key_file,
        .path = QUICK,
        .body = body,
        .len = sizeof body,
        .is_compressed = true,
    };
    struct raw_result result;

    (void) state;
    randombytes_buf(body + 3, sizeof body - 3);
    raw_call(&request, &result);
    assert_int_equal(result.status, GRPC_STATUS_OK);
    assert_int_equal(world.echo.handled, 1);
}

static void
a_message_is_refused_beyond_the_length_of_its_method(void **state)
{
    enum { FRAME = 3 }; /* tag and length of a payload of 128 to 16383 bytes */

    (void) state;
    assert_non_null(world_call(&world, "Slow", PAYLOAD_MAX_LEN - FRAME));
    assert_null(world_call(&world, "Slow", PAYLOAD_MAX_LEN - FRAME + 1));
    assert_int_equal(world.result.refusal, REFUSAL_MESSAGE_TOO_LONG);
    assert_int_equal(world.result.status, GRPC_STATUS_RESOURCE_EXHAUSTED);
    assert_int_equal(world.echo.handled, 1);
    assert_int_equal(world.echo.refused, 1);
}

static void
a_message_of_5_megabytes_never_reaches_a_handler(void **state)
{
    enum { LEN = 5 * 1024 * 1024 };

    (void) state;
    assert_null(world_call(&world, "Quick", LEN));
    assert_int_equal(world.result.end, RPC_END_REFUSED);
    assert_int_equal(world.result.status, GRPC_STATUS_RESOURCE_EXHAUSTED);
    assert_int_equal(world.result.err, ERR_TOO_BIG);
    assert_int_equal(world.echo.handled, 0);
    assert_non_null(world_call(&world, "Quick", 1));
}

static void
two_hundred_kilobytes_of_empty_parts_are_refused_by_the_arena(void **state)
{
    enum { LEN = 200 * 1024 };
    char *body = malloc(LEN);
    struct raw_result result;

    (void) state;
    assert_non_null(body);
    for (size_t i = 0; i < LEN; i += 2) {
        body[i] = 0x1a;
        body[i + 1] = 0;
    }
    result = send_raw(QUICK, body, LEN);
    assert_refused(&result, GRPC_STATUS_RESOURCE_EXHAUSTED, REFUSAL_MESSAGE_TOO_COSTLY);
    assert_int_equal(world.echo.handled, 0);
    free(body);
}

static void
large_metadata_are_refused(void **state)
{
    enum { LEN = 20 * 1024 };
    const struct rpc_identity *client = pki_issue_oin(world.pki, "raw", CLIENT_OIN);
    char *value = malloc(LEN + 1);
    struct raw_request request = {
        .address = world.address,
        .ca_file = client->ca_file,
        .cert_file = client->cert_file,
        .key_file = client->key_file,
        .path = QUICK,
        .body = "",
        .metadata_key = "x-large",
        .metadata_value = value,
    };
    struct raw_result result;

    (void) state;
    assert_non_null(value);
    memset(value, 'x', LEN);
    value[LEN] = '\0';
    raw_call(&request, &result);
    assert_int_equal(result.status, GRPC_STATUS_RESOURCE_EXHAUSTED);
    assert_int_equal(world.echo.handled, 0);
    free(value);
}

static struct rpc_window *
open_window(size_t count)
{
    struct rpc_window *window = NULL;

    assert_ok(rpc_window_open(world.channel, count, 8192, &window));
    return window;
}

static void
start(struct rpc_window *window, const char *method, uint32_t deadline_ms)
{
    echo_request message;
    struct rpc_request request = { .service = SERVICE, .method = method, .message = &message.base };

    seinhuis__test__v1__echo_request__init(&message);
    request.deadline_ms = deadline_ms;
    assert_ok(rpc_window_start(window, &request, NULL));
}

static void
a_client_gives_up_at_its_deadline(void **state)
{
    struct rpc_window *window = open_window(1);
    struct rpc_reply reply;

    (void) state;
    start(window, "Wait", 200);
    assert_ok(rpc_window_next(window, 10 * 1000, &reply));
    assert_int_equal(reply.result.end, RPC_END_DEADLINE);
    assert_int_equal(reply.result.err, ERR_UNKNOWN);
    rpc_window_close(window);
    echo_let_go(&world.echo, 1);
}

static void
a_handler_hears_of_its_deadline_and_of_the_servers_bound(void **state)
{
    (void) state;
    assert_non_null(world_call(&world, "Slow", 1)); /* asks for 10 s */
    assert_in_range(world.echo.last_left_ms, 5000, 10 * 1000);
    rpc_server_close(world.server);
    rpc_channel_close(world.channel);
    world.config.deadline_ms = 3000;
    world_serve(&world);
    assert_non_null(world_call(&world, "Slow", 1));
    assert_in_range(world.echo.last_left_ms, 1000, 3000);
}

/* One pool thread and one place to wait. */
static void
serve_narrowly(void)
{
    rpc_channel_close(world.channel);
    rpc_server_close(world.server);
    world.config.thread_count = 1;
    world.config.waiting_count = 1;
    world_serve(&world);
}

static void
calls_beyond_the_places_to_wait_are_refused_and_the_others_served(void **state)
{
    struct rpc_window *window = open_window(3);
    struct rpc_reply reply;

    (void) state;
    rpc_window_close(window);
    serve_narrowly();
    window = open_window(3);
    start(window, "Wait", 0);
    echo_wait(&world.echo, &world.echo.waiting, 1);
    start(window, "Wait", 0);
    start(window, "Wait", 0);
    assert_ok(rpc_window_next(window, 10 * 1000, &reply));
    assert_int_equal(reply.result.refusal, REFUSAL_BUSY);
    assert_int_equal(reply.result.status, GRPC_STATUS_RESOURCE_EXHAUSTED);
    assert_non_null(world_call(&world, "Quick", 1)); /* needs no pool thread */
    echo_let_go(&world.echo, 2);
    for (int i = 0; i < 2; i++) {
        assert_ok(rpc_window_next(window, 10 * 1000, &reply));
        assert_int_equal(reply.result.end, RPC_END_OK);
    }
    rpc_window_close(window);
    assert_int_equal(world.echo.refused, 0);
}

static void
a_call_whose_time_is_over_before_its_turn_is_not_handled(void **state)
{
    struct rpc_window *window = NULL;
    struct rpc_reply reply;

    (void) state;
    serve_narrowly();
    window = open_window(2);
    start(window, "Wait", 0);
    echo_wait(&world.echo, &world.echo.waiting, 1);
    start(window, "Slow", 100);
    assert_ok(rpc_window_next(window, 10 * 1000, &reply));
    assert_int_equal(reply.result.end, RPC_END_DEADLINE);
    /* The server counts from the call's arrival, so its deadline comes a little later. */
    assert_err(ERR_EXPIRED, rpc_window_next(window, 500, &reply));
    echo_let_go(&world.echo, 1);
    assert_ok(rpc_window_next(window, 10 * 1000, &reply));
    assert_int_equal(reply.result.end, RPC_END_OK);
    rpc_window_close(window);
    echo_wait(&world.echo, &world.echo.released, 2); /* the one that is too late has had its turn */
    assert_non_null(world_call(&world, "Slow", 1));
    assert_int_equal(world.echo.handled, 2);
}

static struct rpc_reader *
open_watch(void)
{
    echo_request message;
    struct rpc_request request = { .service = SERVICE,
                                   .method = "Watch",
                                   .message = &message.base };
    struct rpc_reader *reader = NULL;

    seinhuis__test__v1__echo_request__init(&message);
    assert_ok(rpc_reader_open(world.channel, &request, &reader));
    return reader;
}

static void
a_cancelled_stream_ends_its_handler(void **state)
{
    struct rpc_reader *reader = open_watch();
    const ProtobufCMessage *message = NULL;

    (void) state;
    assert_ok(rpc_reader_next(reader, &world.arena, &message, &world.result));
    assert_non_null(message);
    echo_wait(&world.echo, &world.echo.waiting, 1);
    rpc_reader_cancel(reader);
    assert_err(ERR_UNKNOWN, rpc_reader_next(reader, &world.arena, &message, &world.result));
    assert_int_equal(world.result.end, RPC_END_CANCELLED);
    echo_wait(&world.echo, &world.echo.handled, 1);
    rpc_reader_close(reader);
}

static void
a_stream_whose_client_goes_away_ends_its_handler(void **state)
{
    struct rpc_reader *reader = open_watch();

    (void) state;
    echo_wait(&world.echo, &world.echo.waiting, 1);
    rpc_reader_close(reader);
    echo_wait(&world.echo, &world.echo.handled, 1);
}

static void
watchers_beyond_the_bound_of_their_method_are_refused(void **state)
{
    struct rpc_reader *first = open_watch();
    struct rpc_reader *second = NULL;
    const ProtobufCMessage *message = NULL;

    (void) state;
    echo_wait(&world.echo, &world.echo.waiting, 1);
    second = open_watch();
    assert_err(ERR_QUOTA, rpc_reader_next(second, &world.arena, &message, &world.result));
    assert_int_equal(world.result.refusal, REFUSAL_BUSY);
    rpc_reader_close(second);
    rpc_reader_close(first);
    echo_wait(&world.echo, &world.echo.released, 2);
    second = open_watch(); /* the place is free again */
    assert_ok(rpc_reader_next(second, &world.arena, &message, &world.result));
    rpc_reader_close(second);
}

static void
an_answer_longer_than_the_client_takes_is_no_answer(void **state)
{
    echo_request message;
    struct rpc_request request = { .service = SERVICE,
                                   .method = "Quick",
                                   .message = &message.base };
    const ProtobufCMessage *response = NULL;
    uint32_t wanted = 200;

    (void) state;
    seinhuis__test__v1__echo_request__init(&message);
    message.n_numbers = 1;
    message.numbers = &wanted;
    request.max_response_len = 203;
    assert_ok(rpc_unary(world.channel, &request, &world.arena, &response, &world.result));
    request.max_response_len = 202;
    response = NULL;
    assert_err(ERR_UNKNOWN,
               rpc_unary(world.channel, &request, &world.arena, &response, &world.result));
    assert_int_equal(world.result.end, RPC_END_BAD_ANSWER);
    assert_null(response);
}

static int
set_up(void **state)
{
    (void) state;
    world_init(&world);
    world_serve(&world);
    return 0;
}

static int
tear_down(void **state)
{
    (void) state;
    world_done(&world);
    return 0;
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(an_unknown_method_is_unimplemented_at_once),
        CASE(a_call_without_message_is_refused),
        CASE(a_malformed_message_is_refused_and_reported_by_every_kind_of_method),
        CASE(a_compressed_message_is_refused),
        CASE(a_caller_who_hears_of_compression_was_not_served),
        CASE(a_message_is_refused_beyond_the_length_of_its_method),
        CASE(a_message_of_5_megabytes_never_reaches_a_handler),
        CASE(two_hundred_kilobytes_of_empty_parts_are_refused_by_the_arena),
        CASE(large_metadata_are_refused),
        CASE(a_client_gives_up_at_its_deadline),
        CASE(a_handler_hears_of_its_deadline_and_of_the_servers_bound),
        CASE(calls_beyond_the_places_to_wait_are_refused_and_the_others_served),
        CASE(a_call_whose_time_is_over_before_its_turn_is_not_handled),
        CASE(a_cancelled_stream_ends_its_handler),
        CASE(a_stream_whose_client_goes_away_ends_its_handler),
        CASE(watchers_beyond_the_bound_of_their_method_are_refused),
        CASE(an_answer_longer_than_the_client_takes_is_no_answer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
