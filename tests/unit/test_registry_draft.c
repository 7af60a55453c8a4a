/* SPDX-License-Identifier: EUPL-1.2 */
#include "clients/lib/registry_draft.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>
#include <sodium.h>

#include "base/bytes.h"
#include "base/file.h"
#include "tests/lib/cmocka_all.h"
#include "tests/lib/temp.h"

enum { KEY_ROOM = 48, TEXT_ROOM = 4096 };

/* What the services print: the vault's audit key is C2SP's worked example. */
static const char SERVICES[] =
    "{ \"audit_vkey\": \"example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k\","
    " \"epoch\": 3, \"keys\": [ { \"use\": \"voprf\", \"key\": \"%s\" },"
    " { \"use\": \"ticket\", \"key\": \"%s\" }, { \"use\": \"receipt\", \"key\": \"%s\" },"
    " { \"use\": \"gate\", \"period\": 340, \"key\": \"%s\" } ] }";

static const char DESCRIPTION[] =
    "tenant: \"9999\"\nmunicipality: Fictitious\nversion: \"2\"\nfirst_day: 2026-11-01\n"
    "last_day: 2027-12-31\nretention_months: \"12\"\nnormaliser: \"1\"\nservices: [ keys.json ]\n"
    "team_keys: [ { quarter: \"2026-4\", key: \"%s\" } ]\n"
    "members:\n"
    "  - { id: lid-1, name: One, keys: [ \"%s\" ] }\n"
    "  - { id: lid-2, name: Two, keys: [ \"%s\" ]%s }\n"
    "parties: [ { oin: \"00000099000000202000\", name: Vault, role: vault } ]\n";

struct place {
    char *folder;
    char *description;
    char *keys;
};

static void
write_text(const char *path, const char *text)
{
    assert_ok(file_replace(path, text, strlen(text), 0600));
}

/* A key that no other number gives; a point of ristretto255 for 0. */
static void
make_key(uint8_t number, char out[KEY_ROOM])
{
    uint8_t key[32] = { number, 7 };
    const uint8_t scalar[32] = { 5 };

    if (number == 0) {
        assert_int_equal(crypto_scalarmult_ristretto255_base(key, scalar), 0);
    }
    bytes_to_base64(key, sizeof key, out);
}

/* Describes a deployment whose second member has 'rest' behind its keys. */
static void
place_init(struct place *place, const char *rest)
{
    char keys[7][KEY_ROOM];
    char text[TEXT_ROOM];

    for (uint8_t i = 0; i < 7; i++) {
        make_key(i, keys[i]);
    }
    place->folder = temp_folder();
    place->description = temp_path(place->folder, "registry.yaml");
    place->keys = temp_path(place->folder, "keys.json");
    snprintf(text, sizeof text, SERVICES, keys[0], keys[1], keys[2], keys[3]);
    write_text(place->keys, text);
    snprintf(text, sizeof text, DESCRIPTION, keys[4], keys[5], keys[6], rest);
    write_text(place->description, text);
}

static void
place_done(struct place *place)
{
    free(place->description);
    free(place->keys);
    temp_remove(place->folder);
}

static json_t *
build(const struct place *place)
{
    struct draft_error error;
    char *text = NULL;
    size_t len = 0;
    json_t *root;

    assert_ok(registry_draft_build(place->description, &text, &len, &error));
    root = json_loadb(text, len, 0, NULL);
    assert_non_null(root);
    free(text);
    return root;
}

static const char *
last_day_of(json_t *root, const char *list, size_t at)
{
    json_t *row = json_array_get(json_object_get(root, list), at);
    const char *day = json_string_value(json_object_get(row, "last_day"));

    assert_non_null(day);
    return day;
}

static void
keys_of_the_services_and_terms_of_the_registry_are_taken(void **state)
{
    struct place place;
    json_t *root;
    json_t *ctx;

    (void) state;
    place_init(&place, "");
    root = build(&place);
    ctx = json_array_get(json_object_get(root, "ctxs"), 0);
    assert_int_equal(json_integer_value(json_object_get(ctx, "epoch")), 3);
    assert_int_equal(json_integer_value(json_object_get(ctx, "last_bucket")), 340);
    assert_int_equal(json_array_size(json_object_get(root, "service_keys")), 2);
    assert_string_equal(last_day_of(root, "parties", 0), "2027-12-31");
    assert_string_equal(last_day_of(root, "members", 1), "2027-12-31");
    json_decref(root);
    place_done(&place);
}

static void
a_member_who_leaves_ends_and_stays_in_the_list(void **state)
{
    struct place place;
    json_t *root;

    (void) state;
    place_init(&place, ", last_day: 2026-12-31");
    root = build(&place);
    assert_int_equal(json_array_size(json_object_get(root, "members")), 2);
    assert_string_equal(last_day_of(root, "members", 0), "2027-12-31");
    assert_string_equal(last_day_of(root, "members", 1), "2026-12-31");
    json_decref(root);
    place_done(&place);
}

static void
a_bad_last_day_of_a_member_is_named(void **state)
{
    struct draft_error error;
    struct place place;
    char *text = NULL;
    size_t len = 0;

    (void) state;
    place_init(&place, ", last_day: 2026-02-30");
    assert_err(ERR_MALFORMED, registry_draft_build(place.description, &text, &len, &error));
    assert_string_equal(error.subject, "Two");
    assert_non_null(error.reason);
    assert_null(text);
    place_done(&place);
}

static void
a_missing_file_of_keys_is_named(void **state)
{
    struct draft_error error;
    struct place place;
    char *text = NULL;
    size_t len = 0;

    (void) state;
    place_init(&place, "");
    assert_int_equal(remove(place.keys), 0);
    assert_err(ERR_NOT_FOUND, registry_draft_build(place.description, &text, &len, &error));
    assert_string_equal(error.subject, "keys.json");
    place_done(&place);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_of_the_services_and_terms_of_the_registry_are_taken),
        cmocka_unit_test(a_member_who_leaves_ends_and_stays_in_the_list),
        cmocka_unit_test(a_bad_last_day_of_a_member_is_named),
        cmocka_unit_test(a_missing_file_of_keys_is_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
