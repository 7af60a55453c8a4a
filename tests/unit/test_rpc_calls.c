/* SPDX-License-Identifier: EUPL-1.2 */
#include <string.h>

#include "tests/lib/cmocka_all.h"
#include "tests/lib/echo_service.h"

typedef Seinhuis__Test__V1__EchoRequest echo_request;
typedef Seinhuis__Test__V1__EchoResponse echo_response;

#define SERVICE (&seinhuis__test__v1__echo__descriptor)

static struct world world;

static void
a_quick_and_a_pooled_call_are_answered(void **state)
{
    const echo_response *response = NULL;

    (void) state;
    response = world_call(&world, "Quick", 2048);
    assert_non_null(response);
    assert_int_equal(response->number, 2048);
    assert_int_equal(world.result.end, RPC_END_OK);
    response = world_call(&world, "Slow", 17);
    assert_non_null(response);
    assert_int_equal(response->number, 17);
    assert_string_equal(world.echo.last_oin, CLIENT_OIN);
}

static void
a_refusal_comes_back_as_token_error_and_sentence(void **state)
{
    echo_request message;
    struct rpc_request request = { .service = SERVICE, .message = &message.base };
    static const char *const methods[] = { "Quick", "Slow" };
    char user[] = "conflict";

    seinhuis__test__v1__echo_request__init(&message);
    (void) state;
    message.user = user;
    for (size_t i = 0; i < 2; i++) {
        const ProtobufCMessage *response = NULL;

        request.method = methods[i];
        assert_err(ERR_CONFLICT,
                   rpc_unary(world.channel, &request, &world.arena, &response, &world.result));
        assert_null(response);
        assert_int_equal(world.result.end, RPC_END_REFUSED);
        assert_int_equal(world.result.refusal, REFUSAL_CONFLICT);
        assert_string_equal(rpc_result_text(&world.result), refusal_sentence(REFUSAL_CONFLICT));
    }
    assert_int_equal(world.echo.refused, 0); /* the handler's own refusals are its own matter */
}

static void
a_server_stream_brings_all_messages_in_order(void **state)
{
    echo_request message;
    struct rpc_request request = { .service = SERVICE, .method = "Many", .message = &message.base };
    uint32_t count = 300;
    struct rpc_reader *reader = NULL;
    const ProtobufCMessage *received = NULL;

    seinhuis__test__v1__echo_request__init(&message);
    (void) state;
    message.n_numbers = 1;
    message.numbers = &count;
    assert_ok(rpc_reader_open(world.channel, &request, &reader));
    for (uint32_t i = 1; i <= count; i++) {
        arena_reset(&world.arena, SIZE_MAX);
        assert_ok(rpc_reader_next(reader, &world.arena, &received, &world.result));
        assert_non_null(received);
        assert_int_equal(((const echo_response *) (const void *) received)->number, i);
    }
    assert_ok(rpc_reader_next(reader, &world.arena, &received, &world.result));
    assert_null(received);
    assert_int_equal(world.result.end, RPC_END_OK);
    assert_ok(rpc_reader_next(reader, &world.arena, &received, &world.result));
    rpc_reader_close(reader);
}

static void
a_server_stream_can_end_with_a_refusal(void **state)
{
    echo_request message;
    struct rpc_request request = { .service = SERVICE, .method = "Many", .message = &message.base };
    struct rpc_reader *reader = NULL;
    const ProtobufCMessage *received = NULL;
    char user[] = "conflict";

    seinhuis__test__v1__echo_request__init(&message);
    (void) state;
    message.user = user;
    assert_ok(rpc_reader_open(world.channel, &request, &reader));
    assert_err(ERR_CONFLICT, rpc_reader_next(reader, &world.arena, &received, &world.result));
    assert_null(received);
    assert_int_equal(world.result.refusal, REFUSAL_CONFLICT);
    rpc_reader_close(reader);
}

static void
a_client_stream_is_taken_whole_in_the_memory_of_one_message(void **state)
{
    echo_request message;
    struct rpc_request request = { .service = SERVICE, .method = "Collect" };
    struct rpc_writer *writer = NULL;
    const ProtobufCMessage *received = NULL;
    uint8_t payload[1000] = { 0 };

    seinhuis__test__v1__echo_request__init(&message);
    (void) state;
    message.payload = (ProtobufCBinaryData) { sizeof payload, payload };
    assert_ok(rpc_writer_open(world.channel, &request, &writer));
    for (int i = 0; i < 200; i++) {
        assert_ok(rpc_writer_send(writer, &message.base));
    }
    assert_ok(rpc_writer_finish(writer, &world.arena, &received, &world.result));
    assert_int_equal(((const echo_response *) (const void *) received)->number, 200 * 1000);
    rpc_writer_close(writer);
}

static void
a_client_stream_with_a_bad_message_is_refused(void **state)
{
    echo_request message;
    struct rpc_request request = { .service = SERVICE, .method = "Collect" };
    struct rpc_writer *writer = NULL;
    const ProtobufCMessage *received = NULL;
    char user[] = "\xff";

    seinhuis__test__v1__echo_request__init(&message);
    (void) state;
    message.user = user;
    assert_ok(rpc_writer_open(world.channel, &request, &writer));
    assert_ok(rpc_writer_send(writer, &message.base));
    assert_err(ERR_MALFORMED, rpc_writer_finish(writer, &world.arena, &received, &world.result));
    assert_int_equal(world.result.refusal, REFUSAL_BAD_TEXT);
    rpc_writer_close(writer);
}

static void
many_calls_under_way_come_back_with_their_own_answers(void **state)
{
    enum { COUNT = 100, UNDER_WAY = 16 };
    echo_request message;
    struct rpc_request request = { .service = SERVICE, .message = &message.base };
    struct rpc_window *window = NULL;
    struct rpc_reply reply;
    uint8_t payload[COUNT] = { 0 };
    char tags[COUNT + 1] = { 0 };
    size_t started = 0;

    seinhuis__test__v1__echo_request__init(&message);
    (void) state;
    assert_ok(rpc_window_open(world.channel, UNDER_WAY, 4096, &window));
    assert_err(ERR_NOT_FOUND, rpc_window_next(window, 1000, &reply));
    for (size_t done = 0; done < COUNT; done++) {
        while (started < COUNT && rpc_window_under_way(window) < UNDER_WAY) {
            request.method = started % 2 == 0 ? "Quick" : "Slow";
            message.payload = (ProtobufCBinaryData) { started, payload };
            assert_ok(rpc_window_start(window, &request, &tags[started]));
            started++;
        }
        if (started < COUNT) {
            assert_err(ERR_FULL, rpc_window_start(window, &request, NULL));
        }
        assert_ok(rpc_window_next(window, 10 * 1000, &reply));
        assert_int_equal(reply.result.end, RPC_END_OK);
        assert_int_equal(((const echo_response *) (const void *) reply.response)->number,
                         (char *) reply.tag - tags);
        assert_int_equal(*(char *) reply.tag, 0);
        *(char *) reply.tag = 1;
    }
    rpc_window_close(window);
}

static void
a_window_closed_with_calls_under_way_gives_them_up(void **state)
{
    echo_request message;
    struct rpc_request request = { .service = SERVICE, .method = "Wait", .message = &message.base };
    struct rpc_window *window = NULL;
    struct rpc_reply reply;

    seinhuis__test__v1__echo_request__init(&message);
    (void) state;
    assert_ok(rpc_window_open(world.channel, 3, 4096, &window));
    assert_ok(rpc_window_start(window, &request, NULL));
    assert_ok(rpc_window_start(window, &request, NULL));
    echo_wait(&world.echo, &world.echo.waiting, 2);
    assert_err(ERR_EXPIRED, rpc_window_next(window, 1, &reply));
    rpc_window_close(window);
    echo_let_go(&world.echo, 2);
}

static void
a_trace_is_continued_and_a_bad_one_replaced(void **state)
{
    static const char trace[] = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    echo_request message;
    struct rpc_request request = { .service = SERVICE,
                                   .method = "Quick",
                                   .message = &message.base };
    const ProtobufCMessage *response = NULL;

    seinhuis__test__v1__echo_request__init(&message);
    (void) state;
    request.traceparent = trace;
    assert_ok(rpc_unary(world.channel, &request, &world.arena, &response, &world.result));
    assert_memory_equal(world.echo.last_traceparent, trace, 36);
    assert_memory_not_equal(world.echo.last_traceparent + 36, trace + 36, 16);
    assert_string_equal(world.echo.last_traceparent + 52, "-01");
    request.traceparent = "00-00000000000000000000000000000000-00f067aa0ba902b7-01";
    assert_ok(rpc_unary(world.channel, &request, &world.arena, &response, &world.result));
    assert_memory_not_equal(world.echo.last_traceparent + 3, request.traceparent + 3, 32);
    assert_int_equal(strlen(world.echo.last_traceparent), RPC_TRACEPARENT_LEN);
}

static void
a_method_that_the_descriptor_lacks_is_the_callers_mistake(void **state)
{
    echo_request message;
    struct rpc_request request = { .service = SERVICE, .method = "None", .message = &message.base };
    const ProtobufCMessage *response = NULL;

    seinhuis__test__v1__echo_request__init(&message);
    (void) state;
    assert_err(ERR_INVALID,
               rpc_unary(world.channel, &request, &world.arena, &response, &world.result));
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
        CASE(a_quick_and_a_pooled_call_are_answered),
        CASE(a_refusal_comes_back_as_token_error_and_sentence),
        CASE(a_server_stream_brings_all_messages_in_order),
        CASE(a_server_stream_can_end_with_a_refusal),
        CASE(a_client_stream_is_taken_whole_in_the_memory_of_one_message),
        CASE(a_client_stream_with_a_bad_message_is_refused),
        CASE(many_calls_under_way_come_back_with_their_own_answers),
        CASE(a_window_closed_with_calls_under_way_gives_them_up),
        CASE(a_trace_is_continued_and_a_bad_one_replaced),
        CASE(a_method_that_the_descriptor_lacks_is_the_callers_mistake),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
