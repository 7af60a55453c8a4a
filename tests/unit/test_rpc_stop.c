/* SPDX-License-Identifier: EUPL-1.2 */
#include <pthread.h>
#include <stdio.h>

#include "grpc/health/v1/health.pb-c.h"
#include "tests/lib/cmocka_all.h"
#include "tests/lib/echo_service.h"

typedef Grpc__Health__V1__HealthCheckRequest health_request;
typedef Grpc__Health__V1__HealthCheckResponse health_response;

#define SERVING GRPC__HEALTH__V1__HEALTH_CHECK_RESPONSE__SERVING_STATUS__SERVING
#define NOT_SERVING GRPC__HEALTH__V1__HEALTH_CHECK_RESPONSE__SERVING_STATUS__NOT_SERVING
#define SERVICE_UNKNOWN GRPC__HEALTH__V1__HEALTH_CHECK_RESPONSE__SERVING_STATUS__SERVICE_UNKNOWN

static struct world world;

static void
start(struct rpc_window *window, const char *method)
{
    Seinhuis__Test__V1__EchoRequest message;
    struct rpc_request request = {
        .service = &seinhuis__test__v1__echo__descriptor,
        .method = method,
        .message = &message.base,
    };

    seinhuis__test__v1__echo_request__init(&message);
    assert_ok(rpc_window_start(window, &request, NULL));
}

static void *
stop_with_patience(void *server)
{
    rpc_server_stop(server, 60 * 1000);
    return NULL;
}

static void *
stop_soon(void *server)
{
    rpc_server_stop(server, 50);
    return NULL;
}

static struct rpc_reader *
open_watch(void)
{
    Seinhuis__Test__V1__EchoRequest message;
    struct rpc_request request = {
        .service = &seinhuis__test__v1__echo__descriptor,
        .method = "Watch",
        .message = &message.base,
    };
    struct rpc_reader *reader = NULL;

    seinhuis__test__v1__echo_request__init(&message);
    assert_ok(rpc_reader_open(world.channel, &request, &reader));
    return reader;
}

static void
a_stopping_server_finishes_what_it_accepted_and_ends_streams(void **state)
{
    struct rpc_window *window = NULL;
    struct rpc_reader *reader = open_watch();
    const ProtobufCMessage *message = NULL;
    struct rpc_reply reply;
    pthread_t stopper;

    (void) state;
    assert_ok(rpc_window_open(world.channel, 2, 4096, &window));
    start(window, "Wait");
    start(window, "Wait");
    echo_wait(&world.echo, &world.echo.waiting, 3);
    assert_int_equal(pthread_create(&stopper, NULL, stop_with_patience, world.server), 0);
    echo_wait(&world.echo, &world.echo.handled, 1); /* the stream's handler has ended */
    assert_ok(rpc_reader_next(reader, &world.arena, &message, &world.result));
    assert_err(ERR_UNAVAILABLE, rpc_reader_next(reader, &world.arena, &message, &world.result));
    assert_int_equal(world.result.refusal, REFUSAL_STOPPING);
    rpc_reader_close(reader);
    echo_let_go(&world.echo, 2);
    for (int i = 0; i < 2; i++) {
        assert_ok(rpc_window_next(window, 10 * 1000, &reply));
        assert_int_equal(reply.result.end, RPC_END_OK);
    }
    assert_int_equal(pthread_join(stopper, NULL), 0);
    rpc_window_close(window);
    assert_null(world_call(&world, "Quick", 1));
    assert_int_equal(world.result.end, RPC_END_UNREACHABLE);
}

static void
a_stopping_server_cancels_after_its_grace(void **state)
{
    struct rpc_window *window = NULL;
    struct rpc_reply reply;
    pthread_t stopper;

    (void) state;
    assert_ok(rpc_window_open(world.channel, 1, 4096, &window));
    start(window, "Wait");
    echo_wait(&world.echo, &world.echo.waiting, 1);
    assert_int_equal(pthread_create(&stopper, NULL, stop_soon, world.server), 0);
    assert_ok(rpc_window_next(window, 10 * 1000, &reply));
    assert_int_not_equal(reply.result.end, RPC_END_OK);
    assert_int_not_equal(reply.result.err, ERR_UNAVAILABLE); /* it may yet be done */
    echo_let_go(&world.echo, 1);
    assert_int_equal(pthread_join(stopper, NULL), 0);
    assert_int_equal(world.echo.handled, 1);
    rpc_window_close(window);
}

static void
a_server_can_be_closed_without_any_call(void **state)
{
    (void) state;
    rpc_server_close(world.server);
    world.server = NULL;
    rpc_server_close(NULL);
}

static int
health_of(const char *service)
{
    health_request message;
    char name[128];
    struct rpc_request request = {
        .service = &grpc__health__v1__health__descriptor,
        .method = "Check",
        .message = &message.base,
    };
    const ProtobufCMessage *response = NULL;

    grpc__health__v1__health_check_request__init(&message);
    (void) snprintf(name, sizeof name, "%s", service);
    message.service = name;
    arena_reset(&world.arena, SIZE_MAX);
    if (rpc_unary(world.channel, &request, &world.arena, &response, &world.result) != ERR_OK) {
        return -1;
    }
    return (int) ((const health_response *) (const void *) response)->status;
}

static void
health_is_told_for_the_server_and_for_each_service(void **state)
{
    (void) state;
    assert_int_equal(health_of(""), SERVING);
    assert_int_equal(health_of("seinhuis.test.v1.Echo"), SERVING);
    assert_int_equal(health_of("grpc.health.v1.Health"), SERVING);
    rpc_server_set_serving(world.server, false);
    assert_int_equal(health_of(""), NOT_SERVING);
    assert_int_equal(health_of("seinhuis.test.v1.Echo"), NOT_SERVING);
    assert_int_equal(health_of("seinhuis.test.v1"), -1);
    assert_int_equal(world.result.err, ERR_NOT_FOUND);
}

static void
health_is_told_to_a_party_outside_the_registry(void **state)
{
    (void) state;
    rpc_channel_close(world.channel);
    world.channel =
        world_channel(&world, pki_issue_oin(world.pki, "stranger", STRANGER_OIN), SERVER_OIN);
    assert_int_equal(health_of(""), SERVING);
    assert_int_equal(world.echo.identified, 0);
}

static struct rpc_reader *
watch_health(char *service)
{
    health_request message;
    struct rpc_request request = {
        .service = &grpc__health__v1__health__descriptor,
        .method = "Watch",
        .message = &message.base,
    };
    struct rpc_reader *reader = NULL;

    grpc__health__v1__health_check_request__init(&message);
    message.service = service;
    assert_ok(rpc_reader_open(world.channel, &request, &reader));
    return reader;
}

static int
next_health(struct rpc_reader *reader)
{
    const ProtobufCMessage *message = NULL;

    arena_reset(&world.arena, SIZE_MAX);
    if (rpc_reader_next(reader, &world.arena, &message, &world.result) != ERR_OK) {
        return -1;
    }
    return (int) ((const health_response *) (const void *) message)->status;
}

static void
who_watches_the_health_hears_each_change_and_the_end(void **state)
{
    char all[] = "";
    char none[] = "no.such.Service";
    struct rpc_reader *reader = watch_health(all);
    struct rpc_reader *lost = watch_health(none);

    (void) state;
    assert_int_equal(next_health(reader), SERVING);
    assert_int_equal(next_health(lost), SERVICE_UNKNOWN);
    rpc_server_set_serving(world.server, false);
    assert_int_equal(next_health(reader), NOT_SERVING);
    rpc_server_set_serving(world.server, true);
    assert_int_equal(next_health(reader), SERVING);
    rpc_server_stop(world.server, 60 * 1000);
    assert_int_equal(next_health(reader), NOT_SERVING);
    assert_int_equal(next_health(reader), -1);
    assert_int_equal(world.result.refusal, REFUSAL_STOPPING);
    assert_int_equal(next_health(lost), -1);
    rpc_reader_close(reader);
    rpc_reader_close(lost);
}

static void
who_stops_watching_the_health_is_forgotten(void **state)
{
    char all[] = "";

    (void) state;
    for (int i = 0; i < 200; i++) { /* more than may watch at once */
        struct rpc_reader *reader = watch_health(all);

        assert_int_equal(next_health(reader), SERVING);
        rpc_reader_close(reader);
        assert_int_equal(health_of(""), SERVING); /* later on the same connection: it has heard */
    }
    rpc_server_set_serving(world.server, false);
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
        CASE(a_stopping_server_finishes_what_it_accepted_and_ends_streams),
        CASE(a_stopping_server_cancels_after_its_grace),
        CASE(a_server_can_be_closed_without_any_call),
        CASE(health_is_told_for_the_server_and_for_each_service),
        CASE(health_is_told_to_a_party_outside_the_registry),
        CASE(who_watches_the_health_hears_each_change_and_the_end),
        CASE(who_stops_watching_the_health_is_forgotten),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
