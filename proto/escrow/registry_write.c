/* SPDX-License-Identifier: EUPL-1.2 */
/* From a registry's facts to its JSON and its note. */
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "proto/escrow/registry_parts.h"

enum { KEY_TEXT_ROOM = 45 };

/* Whether jansson ran out of memory is remembered, and asked for once at the end. */
struct writer {
    bool has_failed;
};

/* Takes over 'value', which may be NULL. */
static void
put(struct writer *writer, json_t *object, const char *key, json_t *value)
{
    if (json_object_set_new(object, key, value) != 0) {
        writer->has_failed = true;
    }
}

static void
put_text(struct writer *writer, json_t *object, const char *key, const char *text)
{
    put(writer, object, key, json_string(text));
}

static void
put_number(struct writer *writer, json_t *object, const char *key, uint32_t number)
{
    put(writer, object, key, json_integer((json_int_t) number));
}

static void
put_flag(struct writer *writer, json_t *object, const char *key, bool flag)
{
    put(writer, object, key, json_boolean(flag));
}

static void
put_day(struct writer *writer, json_t *object, const char *key, uint32_t day)
{
    char text[DATE_TEXT_ROOM];

    date_format(date_from_days((int32_t) day), text);
    put_text(writer, object, key, text);
}

static void
put_term(struct writer *writer, json_t *object, struct registry_term term)
{
    put_day(writer, object, "first_day", term.first_day);
    put_day(writer, object, "last_day", term.last_day);
}

static void
put_key(struct writer *writer, json_t *object, const char *key,
        const uint8_t bytes[REGISTRY_KEY_LEN])
{
    char text[KEY_TEXT_ROOM];

    bytes_to_base64(bytes, REGISTRY_KEY_LEN, text);
    put_text(writer, object, key, text);
}

/* A new list under 'key', owned by 'object'; NULL is remembered and harmless to jansson. */
static json_t *
put_list(struct writer *writer, json_t *object, const char *key)
{
    json_t *list = json_array();

    put(writer, object, key, list);
    return writer->has_failed ? NULL : list;
}

static json_t *
add_object(struct writer *writer, json_t *list)
{
    json_t *object = json_object();

    if (json_array_append_new(list, object) != 0) {
        writer->has_failed = true;
    }
    return writer->has_failed ? NULL : object;
}

static void
put_keys(struct writer *writer, json_t *object, const struct registry_key *keys, size_t count)
{
    json_t *list = put_list(writer, object, "keys");

    for (size_t i = 0; i < count; i++) {
        json_t *key = add_object(writer, list);

        put_key(writer, key, "key", keys[i].key);
        put_term(writer, key, keys[i].term);
    }
}

static void
put_ctxs(struct writer *writer, json_t *whole, const struct registry_facts *facts)
{
    json_t *list = put_list(writer, whole, REGISTRY_LIST_CTXS);

    for (size_t i = 0; i < facts->ctx_count; i++) {
        const struct registry_ctx *ctx = &facts->ctxs[i];
        json_t *object = add_object(writer, list);

        put_number(writer, object, "epoch", ctx->epoch);
        put_number(writer, object, "norm_version", ctx->norm_version);
        put_number(writer, object, "threshold", ctx->threshold);
        put_key(writer, object, "voprf_key", ctx->voprf_key);
        put_number(writer, object, "last_bucket", ctx->last_bucket);
    }
}

static const char *
use_word(enum registry_service_key_use use)
{
#define USE_CASE(code, word)                                                                       \
    case code:                                                                                     \
        return word;
    switch (use) {
        REGISTRY_SERVICE_KEY_MAP(USE_CASE)
    }
#undef USE_CASE
    return "";
}

static void
put_service_keys(struct writer *writer, json_t *whole, const struct registry_facts *facts)
{
    json_t *list = put_list(writer, whole, REGISTRY_LIST_SERVICE_KEYS);

    for (size_t i = 0; i < facts->service_key_count; i++) {
        const struct registry_service_key *key = &facts->service_keys[i];
        json_t *object = add_object(writer, list);

        put_text(writer, object, "use", use_word(key->use));
        put_key(writer, object, "key", key->key.key);
        put_term(writer, object, key->key.term);
    }
}

static void
put_box_keys(struct writer *writer, json_t *whole, const char *list_key,
             const struct registry_box_key *keys, size_t count)
{
    json_t *list = put_list(writer, whole, list_key);

    for (size_t i = 0; i < count; i++) {
        json_t *object = add_object(writer, list);

        put_number(writer, object, "period", keys[i].period);
        put_key(writer, object, "key", keys[i].key);
    }
}

static void
put_parties(struct writer *writer, json_t *whole, const struct registry_facts *facts)
{
    json_t *list = put_list(writer, whole, REGISTRY_LIST_PARTIES);

    for (size_t i = 0; i < facts->party_count; i++) {
        const struct registry_party *party = &facts->parties[i];
        json_t *object = add_object(writer, list);

        put_text(writer, object, "oin", party->oin);
        put_text(writer, object, "name", party->name);
        put_text(writer, object, "role", term_key(TERM_ROLE, (uint32_t) party->role));
        put_term(writer, object, party->term);
        if (party->role == ROLE_PARTNER) {
            put_number(writer, object, "serial", party->serial);
            put_text(writer, object, "sector", term_key(TERM_SECTOR, party->sector));
            put_number(writer, object, "entity", party->entity);
            put_flag(writer, object, "host", party->is_host);
            put_flag(writer, object, "bsn", party->may_use_bsn);
        }
        if (party->key_count > 0) {
            put_keys(writer, object, party->keys, party->key_count);
        }
    }
}

static void
put_members(struct writer *writer, json_t *whole, const struct registry_facts *facts)
{
    json_t *list = put_list(writer, whole, REGISTRY_LIST_MEMBERS);

    for (size_t i = 0; i < facts->member_count; i++) {
        const struct registry_member *member = &facts->members[i];
        json_t *object = add_object(writer, list);

        put_text(writer, object, "id", member->id);
        put_text(writer, object, "name", member->name);
        put_term(writer, object, member->term);
        put_keys(writer, object, member->keys, member->key_count);
    }
}

static void
put_whole(struct writer *writer, json_t *whole, const struct registry_facts *facts)
{
    put_text(writer, whole, "format", REGISTRY_FORMAT);
    put_number(writer, whole, "tenant", facts->tenant);
    put_text(writer, whole, "municipality", facts->municipality);
    put_number(writer, whole, "version", facts->version);
    put_term(writer, whole, facts->term);
    put_flag(writer, whole, "demonstration", facts->is_demonstration);
    put_number(writer, whole, "retention_months", facts->retention_months);
    put_text(writer, whole, "audit_vkey", facts->audit_vkey);
    if (facts->witness_vkey != NULL) {
        put_text(writer, whole, "witness_vkey", facts->witness_vkey);
    }
    put_ctxs(writer, whole, facts);
    put_service_keys(writer, whole, facts);
    put_box_keys(writer, whole, REGISTRY_LIST_GATE_KEYS, facts->gate_keys, facts->gate_key_count);
    put_box_keys(writer, whole, REGISTRY_LIST_TEAM_KEYS, facts->team_keys, facts->team_key_count);
    put_parties(writer, whole, facts);
    put_members(writer, whole, facts);
}

/* The text of 'whole', a line end and a NUL behind it. */
static enum err
dump(const json_t *whole, char **out, size_t *out_len)
{
    const size_t flags = JSON_INDENT(1);
    size_t len = json_dumpb(whole, NULL, 0, flags);
    char *text = NULL;

    if (len == 0) {
        return ERR_NOMEM;
    }
    if (len + 1 > NOTE_MAX_LEN) {
        return ERR_TOO_BIG;
    }
    text = malloc(len + 2);
    if (text == NULL) {
        return ERR_NOMEM;
    }
    if (json_dumpb(whole, text, len, flags) != len) {
        free(text);
        return ERR_NOMEM;
    }
    text[len] = '\n';
    text[len + 1] = '\0';
    *out = text;
    *out_len = len + 1;
    return ERR_OK;
}

enum err
registry_build(const struct registry_facts *facts, char **out, size_t *out_len,
               struct registry_error *error)
{
    struct writer writer = { .has_failed = false };
    json_t *whole = NULL;
    enum err err = registry_check(facts, error);

    if (err != ERR_OK) {
        goto out;
    }
    whole = json_object();
    put_whole(&writer, whole, facts);
    if (whole == NULL || writer.has_failed) {
        err = ERR_NOMEM;
        goto out;
    }
    err = dump(whole, out, out_len);
    if (err == ERR_TOO_BIG) {
        registry_error_at(error, REGISTRY_TOO_LARGE, NULL);
    }
out:
    json_decref(whole);
    return err;
}

enum err
registry_sign(const struct registry_facts *facts, const struct note_skey signers[2], char **out,
              size_t *out_len, struct registry_error *error)
{
    char *text = NULL;
    char *once = NULL;
    size_t text_len = 0;
    size_t once_len = 0;
    enum err err = registry_build(facts, &text, &text_len, error);

    if (err != ERR_OK) {
        goto out;
    }
    err = note_sign(text, text_len, &signers[0], &once, &once_len);
    if (err == ERR_OK) {
        err = note_add_signature(once, once_len, &signers[1], 0, out, out_len);
    }
    if (err == ERR_TOO_BIG) {
        registry_error_at(error, REGISTRY_TOO_LARGE, NULL);
    }
out:
    free(text);
    free(once);
    return err;
}
