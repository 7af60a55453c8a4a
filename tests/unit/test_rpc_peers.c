/* SPDX-License-Identifier: EUPL-1.2 */
#include <grpc/status.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "proto/rpc/peer.h"
#include "tests/lib/cmocka_all.h"
#include "tests/lib/echo_service.h"
#include "tests/lib/raw_client.h"
#include "tests/lib/temp.h"

#define QUICK "/seinhuis.test.v1.Echo/Quick"

static struct world world;

/* Calls Quick as 'identity', with a stock client. */
static void
call_as(const struct rpc_identity *identity, struct raw_result *result)
{
    struct raw_request request = {
        .address = world.address,
        .ca_file = world.config.identity.ca_file,
        .path = QUICK,
        .body = "",
    };

    if (identity != NULL) {
        request.cert_file = identity->cert_file;
        request.key_file = identity->key_file;
    }
    raw_call(&request, result);
}

static const struct rpc_identity *
issue(const char *first, const char *second)
{
    const struct pki_subject subject = { .serials = { first, second }, .begins_s = -60 };

    return pki_issue(world.pki, "subject", &subject);
}

static void
assert_refused(const struct rpc_identity *identity, int status, enum refusal refusal)
{
    struct raw_result result;
    char wanted[REFUSAL_MESSAGE_ROOM];

    call_as(identity, &result);
    assert_int_equal(result.status, status);
    (void) refusal_message(refusal, wanted);
    assert_string_equal(result.details, wanted);
}

static void
a_party_of_the_registry_is_served(void **state)
{
    struct raw_result result;

    (void) state;
    call_as(issue(CLIENT_OIN, NULL), &result);
    assert_int_equal(result.status, GRPC_STATUS_OK);
}

static void
a_caller_without_certificate_never_gets_to_call(void **state)
{
    struct raw_result result;

    (void) state;
    call_as(NULL, &result);
    assert_int_equal(result.status, GRPC_STATUS_UNAVAILABLE);
    assert_int_equal(world.echo.handled, 0);
}

static void
a_caller_without_tls_never_gets_to_call(void **state)
{
    struct raw_request request = {
        .address = world.address,
        .is_plain = true,
        .path = QUICK,
        .body = "",
    };
    struct raw_result result;

    (void) state;
    raw_call(&request, &result);
    assert_int_equal(result.status, GRPC_STATUS_UNAVAILABLE);
}

static void
a_certificate_of_another_ca_never_gets_to_call(void **state)
{
    char *folder = temp_folder();
    struct pki *other = pki_new(folder);
    struct raw_result result;

    (void) state;
    call_as(pki_issue_oin(other, "client", CLIENT_OIN), &result);
    assert_int_equal(result.status, GRPC_STATUS_UNAVAILABLE);
    assert_int_equal(world.echo.identified, 0);
    pki_free(other);
    temp_remove(folder);
}

static void
an_expired_certificate_never_gets_to_call(void **state)
{
    const struct pki_subject subject = {
        .serials = { CLIENT_OIN },
        .begins_s = -7200,
        .ends_s = -3600,
    };
    struct raw_result result;

    (void) state;
    call_as(pki_issue(world.pki, "expired", &subject), &result);
    assert_int_equal(result.status, GRPC_STATUS_UNAVAILABLE);
    assert_int_equal(world.echo.identified, 0);
}

static void
a_certificate_must_name_exactly_one_oin_of_20_digits(void **state)
{
    (void) state;
    assert_refused(issue(NULL, NULL), GRPC_STATUS_UNAUTHENTICATED, REFUSAL_NO_OIN);
    assert_refused(issue(CLIENT_OIN, CLIENT_OIN), GRPC_STATUS_UNAUTHENTICATED, REFUSAL_NO_OIN);
    assert_refused(issue(CLIENT_OIN, STRANGER_OIN), GRPC_STATUS_UNAUTHENTICATED, REFUSAL_NO_OIN);
    assert_refused(issue("0000009900000000000", NULL), GRPC_STATUS_UNAUTHENTICATED, REFUSAL_NO_OIN);
    assert_refused(issue("000000990000000000021", NULL), GRPC_STATUS_UNAUTHENTICATED,
                   REFUSAL_NO_OIN);
    assert_refused(issue("0000009900000000000a", NULL), GRPC_STATUS_UNAUTHENTICATED,
                   REFUSAL_NO_OIN);
    assert_int_equal(world.echo.identified, 0);
    assert_int_equal(world.echo.refused, 0); /* nobody known was refused */
}

static void
an_oin_outside_the_registry_is_refused_and_reported(void **state)
{
    (void) state;
    assert_refused(issue(STRANGER_OIN, NULL), GRPC_STATUS_PERMISSION_DENIED, REFUSAL_UNKNOWN_PARTY);
    assert_int_equal(world.echo.refused, 1);
    assert_int_equal(world.echo.last_refusal, REFUSAL_UNKNOWN_PARTY);
    assert_string_equal(world.echo.last_oin, STRANGER_OIN);
}

static void
a_role_that_the_method_does_not_allow_is_refused_and_reported(void **state)
{
    (void) state;
    assert_null(world_call(&world, "Guarded", 1));
    assert_int_equal(world.result.refusal, REFUSAL_ROLE_NOT_ALLOWED);
    assert_int_equal(world.result.err, ERR_DENIED);
    assert_int_equal(world.result.status, GRPC_STATUS_PERMISSION_DENIED);
    assert_int_equal(world.echo.handled, 0);
    assert_int_equal(world.echo.refused, 1);
    assert_int_equal(world.echo.last_refusal, REFUSAL_ROLE_NOT_ALLOWED);
}

/* Calls with our client as 'identity', expecting 'oin' to answer. */
static void
call_expecting(const struct rpc_identity *identity, const char *oin)
{
    rpc_channel_close(world.channel);
    world.channel = world_channel(&world, identity, oin);
    assert_null(world_call(&world, "Quick", 1));
}

static void
the_client_sends_nothing_to_a_server_of_another_oin(void **state)
{
    (void) state;
    call_expecting(issue(CLIENT_OIN, NULL), STRANGER_OIN);
    assert_int_equal(world.result.end, RPC_END_WRONG_SERVER);
    assert_int_equal(world.result.err, ERR_UNAVAILABLE);
    assert_int_equal(world.echo.identified, 0);
}

static void
the_client_sends_nothing_to_a_server_of_another_ca(void **state)
{
    char *folder = temp_folder();
    struct pki *other = pki_new(folder);

    (void) state;
    call_expecting(pki_issue_oin(other, "client", CLIENT_OIN), SERVER_OIN);
    assert_int_equal(world.result.end, RPC_END_UNTRUSTED);
    assert_int_equal(world.result.err, ERR_UNAVAILABLE);
    assert_int_equal(world.echo.identified, 0);
    pki_free(other);
    temp_remove(folder);
}

static void
a_client_whose_certificate_is_refused_is_told_so(void **state)
{
    char *folder = temp_folder();
    struct pki *other = pki_new(folder);
    struct rpc_identity mixed = *pki_issue_oin(other, "client", CLIENT_OIN);

    (void) state;
    mixed.ca_file = world.config.identity.ca_file; /* trusts the server, which does not trust it */
    call_expecting(&mixed, SERVER_OIN);
    assert_int_equal(world.result.end, RPC_END_SHUT_OUT);
    assert_int_equal(world.result.err, ERR_UNAVAILABLE);
    assert_non_null(strstr(rpc_result_text(&world.result), "certificate"));
    pki_free(other);
    temp_remove(folder);
}

static void
a_server_that_is_not_there_is_told_apart(void **state)
{
    (void) state;
    rpc_server_close(world.server);
    world.server = NULL;
    call_expecting(issue(CLIENT_OIN, NULL), SERVER_OIN);
    assert_int_equal(world.result.end, RPC_END_UNREACHABLE);
    assert_int_equal(world.result.err, ERR_UNAVAILABLE);
}

static void
an_address_file_is_followed_to_a_new_port(void **state)
{
    char *path = temp_path(world.folder, "address");
    char address[512];

    (void) state;
    (void) snprintf(address, sizeof address, "file:%s", path);
    rpc_channel_close(world.channel);
    world.channel = NULL;
    {
        struct rpc_channel_config config = {
            .address = address,
            .identity = *issue(CLIENT_OIN, NULL),
            .server_oin = SERVER_OIN,
        };

        assert_ok(rpc_channel_open(&config, &world.channel));
    }
    assert_null(world_call(&world, "Quick", 1)); /* no file yet */
    assert_int_equal(world.result.end, RPC_END_UNREACHABLE);
    assert_ok(rpc_server_write_address(world.server, path));
    assert_non_null(world_call(&world, "Quick", 1));
    rpc_server_close(world.server);
    assert_null(world_call(&world, "Quick", 1));
    assert_ok(rpc_server_open(&world.config, &world.server));
    assert_ok(rpc_server_write_address(world.server, path));
    assert_non_null(world_call(&world, "Quick", 1));
    free(path);
}

static void
files_that_cannot_serve_are_refused_at_start(void **state)
{
    const struct pki_subject expired = { .serials = { SERVER_OIN }, .begins_s = -99, .ends_s = -9 };
    struct rpc_server_config config = world.config;
    struct rpc_server *server = NULL;
    const struct rpc_identity *one = pki_issue_oin(world.pki, "one", SERVER_OIN);
    char *open_key = temp_path(world.folder, "open.key");
    char text[4096];
    size_t len = 0;

    (void) state;
    config.identity.cert_file = "/nonexistent";
    assert_err(ERR_NOT_FOUND, rpc_server_open(&config, &server));
    config.identity = world.config.identity;
    config.identity.key_file = one->key_file;
    assert_err(ERR_AUTH, rpc_server_open(&config, &server));
    config.identity = *issue(NULL, NULL);
    assert_err(ERR_AUTH, rpc_server_open(&config, &server));
    config.identity = *pki_issue(world.pki, "expired", &expired);
    assert_err(ERR_EXPIRED, rpc_server_open(&config, &server));
    config.identity = *one;
    config.identity.cert_file = one->key_file;
    assert_err(ERR_MALFORMED, rpc_server_open(&config, &server));
    assert_ok(file_read_into(one->key_file, text, sizeof text, &len));
    assert_ok(file_create(open_key, text, len, 0644));
    config.identity = *one;
    config.identity.key_file = open_key;
    assert_err(ERR_DENIED, rpc_server_open(&config, &server));
    assert_null(server);
    free(open_key);
}

static void
a_taken_port_is_refused_at_start(void **state)
{
    struct rpc_server_config config = world.config;
    struct rpc_server *server = NULL;

    (void) state;
    config.listen = world.address;
    assert_err(ERR_EXISTS, rpc_server_open(&config, &server));
}

static void
a_method_without_a_row_is_refused_at_start(void **state)
{
    struct rpc_service service = world.config.services[0];
    struct rpc_server_config config = world.config;
    struct rpc_server *server = NULL;

    (void) state;
    config.services = &service;
    service.method_count--;
    assert_err(ERR_INVALID, rpc_server_open(&config, &server));
}

static void
a_certificate_is_known_again_and_ends_with_its_time(void **state)
{
    const struct pki_subject subject = { .serials = { CLIENT_OIN }, .begins_s = -9, .ends_s = -3 };
    struct peer_cache *cache = NULL;
    char oin[RPC_OIN_LEN + 1] = "";
    char pem[4096];
    size_t len = 0;

    (void) state;
    assert_ok(peer_cache_new(&cache));
    assert_ok(file_read_into(issue(CLIENT_OIN, NULL)->cert_file, pem, sizeof pem, &len));
    for (int i = 0; i < 2; i++) {
        assert_int_equal(peer_cache_find(cache, pem, len, oin), REFUSAL_NONE);
        assert_string_equal(oin, CLIENT_OIN);
        oin[0] = '\0';
    }
    assert_ok(file_read_into(pki_issue(world.pki, "expired", &subject)->cert_file, pem, sizeof pem,
                             &len));
    assert_int_equal(peer_cache_find(cache, pem, len, oin), REFUSAL_CERTIFICATE_EXPIRED);
    assert_int_equal(peer_cache_find(cache, "nothing", 7, oin), REFUSAL_NO_OIN);
    assert_string_equal(oin, "");
    peer_cache_free(cache);
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
        CASE(a_party_of_the_registry_is_served),
        CASE(a_caller_without_certificate_never_gets_to_call),
        CASE(a_caller_without_tls_never_gets_to_call),
        CASE(a_certificate_of_another_ca_never_gets_to_call),
        CASE(an_expired_certificate_never_gets_to_call),
        CASE(a_certificate_must_name_exactly_one_oin_of_20_digits),
        CASE(an_oin_outside_the_registry_is_refused_and_reported),
        CASE(a_role_that_the_method_does_not_allow_is_refused_and_reported),
        CASE(the_client_sends_nothing_to_a_server_of_another_oin),
        CASE(the_client_sends_nothing_to_a_server_of_another_ca),
        CASE(a_client_whose_certificate_is_refused_is_told_so),
        CASE(a_server_that_is_not_there_is_told_apart),
        CASE(an_address_file_is_followed_to_a_new_port),
        CASE(files_that_cannot_serve_are_refused_at_start),
        CASE(a_taken_port_is_refused_at_start),
        CASE(a_method_without_a_row_is_refused_at_start),
        CASE(a_certificate_is_known_again_and_ends_with_its_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
