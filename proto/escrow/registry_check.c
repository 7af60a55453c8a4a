/* SPDX-License-Identifier: EUPL-1.2 */
/* What must hold in every registry, read or about to be written. */
#include <stdlib.h>
#include <string.h>

#include <unistr.h>

#include "proto/escrow/registry_parts.h"

/* The first failure is remembered, as in registry_read.c. */
struct checker {
    struct registry_error *error;
    enum err err;
};

static void
refuse(struct checker *checker, const struct registry_place *place, const char *key,
       enum registry_problem problem)
{
    struct registry_place whole = { place, key, REGISTRY_NO_INDEX };

    if (checker->err == ERR_OK) {
        registry_error_at(checker->error, problem, &whole);
        checker->err = ERR_MALFORMED;
    }
}

static void
require(struct checker *checker, bool holds, const struct registry_place *place, const char *key)
{
    if (!holds) {
        refuse(checker, place, key, REGISTRY_BAD_VALUE);
    }
}

/* 1 to 'max' bytes of UTF-8 without control characters. */
static bool
is_name(const char *text, size_t max)
{
    size_t len = text == NULL ? 0 : strnlen(text, max + 1);

    if (len == 0 || len > max || u8_check((const uint8_t *) text, len) != NULL) {
        return false;
    }
    for (size_t i = 0; i < len; i++) {
        if ((uint8_t) text[i] < 0x20 || text[i] == 0x7f) {
            return false;
        }
    }
    return true;
}

static bool
consists_of(const char *text, const char *characters)
{
    return text[strspn(text, characters)] == '\0';
}

static bool
is_id(const char id[REGISTRY_ID_MAX + 1])
{
    size_t len = strnlen(id, REGISTRY_ID_MAX + 1);

    return len > 0 && len <= REGISTRY_ID_MAX &&
        consists_of(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");
}

static bool
is_oin(const char oin[REGISTRY_OIN_ROOM])
{
    return strnlen(oin, REGISTRY_OIN_ROOM) == REGISTRY_OIN_LEN && consists_of(oin, "0123456789");
}

static bool
is_key(const uint8_t key[REGISTRY_KEY_LEN])
{
    return sodium_is_zero(key, REGISTRY_KEY_LEN) == 0;
}

static bool
is_term(struct registry_term term)
{
    return term.first_day <= term.last_day && term.last_day <= REGISTRY_LAST_DAY;
}

static bool
is_vkey(const char *text, enum note_key_type type)
{
    struct note_vkey vkey;

    return text != NULL && note_vkey_parse(text, &vkey) == ERR_OK && vkey.type == type;
}

/* Something that must not occur twice in a list, unless within one element. */
struct unique_item {
    const void *bytes;
    size_t len;
    size_t owner; /* which element */
};

static int
unique_item_compare(const void *left, const void *right)
{
    const struct unique_item *a = left;
    const struct unique_item *b = right;

    if (a->len != b->len) {
        return a->len < b->len ? -1 : 1;
    }
    return memcmp(a->bytes, b->bytes, a->len);
}

/* Sorts the items; 'list' and 'key' name what they are. */
static void
check_unique(struct checker *checker, struct unique_item *items, size_t count, const char *list,
             const char *key)
{
    if (count > 0) {
        qsort(items, count, sizeof *items, unique_item_compare);
    }
    for (size_t i = 1; i < count; i++) {
        size_t a = items[i - 1].owner;
        size_t b = items[i].owner;
        struct registry_place place = { NULL, list, a > b ? a : b };

        if (a != b && unique_item_compare(&items[i - 1], &items[i]) == 0) {
            refuse(checker, &place, key, REGISTRY_DUPLICATE);
        }
    }
}

static void
check_keys(struct checker *checker, const struct registry_place *place,
           const struct registry_key *keys, size_t count)
{
    if (count > REGISTRY_MAX_KEYS || (count > 0 && keys == NULL)) {
        refuse(checker, place, "keys", REGISTRY_BAD_VALUE);
        return;
    }
    for (size_t i = 0; i < count && checker->err == ERR_OK; i++) {
        struct registry_place at = { place, "keys", i };

        require(checker, is_key(keys[i].key), &at, "key");
        require(checker, is_term(keys[i].term), &at, "last_day");
    }
}

static void
check_party(struct checker *checker, const struct registry_party *party,
            const struct registry_place *place)
{
    bool is_partner = party->role == ROLE_PARTNER;

    require(checker, is_oin(party->oin), place, "oin");
    require(checker, is_name(party->name, REGISTRY_NAME_MAX), place, "name");
    require(checker, term_by_code(TERM_ROLE, (uint32_t) party->role) != NULL, place, "role");
    require(checker, is_term(party->term), place, "last_day");
    check_keys(checker, place, party->keys, party->key_count);
    require(checker, !is_partner || party->key_count > 0, place, "keys");
    require(checker, is_partner == (party->serial != 0), place, "serial");
    require(checker, is_partner == (party->entity != 0), place, "entity");
    require(checker,
            is_partner ? term_by_code(TERM_SECTOR, party->sector) != NULL : party->sector == 0,
            place, "sector");
    require(checker, is_partner || !party->is_host, place, "host");
    require(checker, is_partner || !party->may_use_bsn, place, "bsn");
}

/* Adds the keys of one element; a key of two owners would let one pass for two. */
static size_t
add_keys(struct unique_item *items, const struct registry_key *keys, size_t count, size_t owner)
{
    for (size_t i = 0; i < count; i++) {
        items[i] = (struct unique_item) { keys[i].key, REGISTRY_KEY_LEN, owner };
    }
    return count;
}

static void
check_unique_parties(struct checker *checker, const struct registry_facts *facts)
{
    struct unique_item *items = NULL;
    size_t key_count = 0;
    size_t count = 0;

    for (size_t i = 0; i < facts->party_count; i++) {
        key_count += facts->parties[i].key_count;
    }
    items = calloc(facts->party_count + key_count + 1, sizeof *items);
    if (items == NULL) {
        checker->err = ERR_NOMEM;
        return;
    }
    for (size_t i = 0; i < facts->party_count; i++) {
        items[i] = (struct unique_item) { facts->parties[i].oin, REGISTRY_OIN_LEN, i };
    }
    check_unique(checker, items, facts->party_count, REGISTRY_LIST_PARTIES, "oin");
    for (size_t i = 0; i < facts->party_count; i++) {
        const struct registry_party *party = &facts->parties[i];

        if (party->serial != 0) {
            items[count++] = (struct unique_item) { &party->serial, sizeof party->serial, i };
        }
    }
    check_unique(checker, items, count, REGISTRY_LIST_PARTIES, "serial");
    count = 0;
    for (size_t i = 0; i < facts->party_count; i++) {
        count += add_keys(items + count, facts->parties[i].keys, facts->parties[i].key_count, i);
    }
    check_unique(checker, items, count, REGISTRY_LIST_PARTIES, "keys");
    free(items);
}

static void
check_parties(struct checker *checker, const struct registry_facts *facts)
{
    require(checker,
            facts->party_count <= REGISTRY_MAX_PARTIES &&
                (facts->party_count == 0 || facts->parties != NULL),
            NULL, REGISTRY_LIST_PARTIES);
    for (size_t i = 0; i < facts->party_count && checker->err == ERR_OK; i++) {
        struct registry_place place = { NULL, REGISTRY_LIST_PARTIES, i };

        check_party(checker, &facts->parties[i], &place);
    }
    if (checker->err == ERR_OK) {
        check_unique_parties(checker, facts);
    }
}

static void
check_unique_members(struct checker *checker, const struct registry_facts *facts)
{
    struct unique_item *items = NULL;
    size_t key_count = 0;
    size_t count = 0;

    for (size_t i = 0; i < facts->member_count; i++) {
        key_count += facts->members[i].key_count;
    }
    items = calloc(facts->member_count + key_count + 1, sizeof *items);
    if (items == NULL) {
        checker->err = ERR_NOMEM;
        return;
    }
    for (size_t i = 0; i < facts->member_count; i++) {
        const char *id = facts->members[i].id;

        items[i] = (struct unique_item) { id, strlen(id), i };
    }
    check_unique(checker, items, facts->member_count, REGISTRY_LIST_MEMBERS, "id");
    for (size_t i = 0; i < facts->member_count; i++) {
        count += add_keys(items + count, facts->members[i].keys, facts->members[i].key_count, i);
    }
    check_unique(checker, items, count, REGISTRY_LIST_MEMBERS, "keys");
    free(items);
}

static void
check_members(struct checker *checker, const struct registry_facts *facts)
{
    require(checker,
            facts->member_count <= REGISTRY_MAX_MEMBERS &&
                (facts->member_count == 0 || facts->members != NULL),
            NULL, REGISTRY_LIST_MEMBERS);
    for (size_t i = 0; i < facts->member_count && checker->err == ERR_OK; i++) {
        const struct registry_member *member = &facts->members[i];
        struct registry_place place = { NULL, REGISTRY_LIST_MEMBERS, i };

        require(checker, is_id(member->id), &place, "id");
        require(checker, is_name(member->name, REGISTRY_NAME_MAX), &place, "name");
        require(checker, is_term(member->term), &place, "last_day");
        require(checker, member->key_count > 0, &place, "keys");
        check_keys(checker, &place, member->keys, member->key_count);
    }
    if (checker->err == ERR_OK) {
        check_unique_members(checker, facts);
    }
}

static void
check_ctxs(struct checker *checker, const struct registry_facts *facts)
{
    require(checker, facts->ctx_count >= 1 && facts->ctx_count <= REGISTRY_MAX_CTXS, NULL,
            REGISTRY_LIST_CTXS);
    for (size_t i = 0; i < facts->ctx_count && checker->err == ERR_OK; i++) {
        const struct registry_ctx *ctx = &facts->ctxs[i];
        struct registry_place place = { NULL, REGISTRY_LIST_CTXS, i };

        require(checker, ctx->norm_version > 0, &place, "norm_version");
        require(checker, ctx->threshold >= 2, &place, "threshold");
        /* libsodium takes the identity for a valid point. */
        require(checker,
                is_key(ctx->voprf_key) &&
                    crypto_core_ristretto255_is_valid_point(ctx->voprf_key) == 1,
                &place, "voprf_key");
        if (i > 0 && ctx->epoch == facts->ctxs[0].epoch) {
            refuse(checker, &place, "epoch", REGISTRY_DUPLICATE);
        }
    }
}

static void
check_service_keys(struct checker *checker, const struct registry_facts *facts)
{
    const struct registry_service_key *keys = facts->service_keys;
    size_t count = facts->service_key_count;

    require(checker, count <= REGISTRY_MAX_SERVICE_KEYS && (count == 0 || keys != NULL), NULL,
            REGISTRY_LIST_SERVICE_KEYS);
    for (size_t i = 0; i < count && checker->err == ERR_OK; i++) {
        struct registry_place place = { NULL, REGISTRY_LIST_SERVICE_KEYS, i };

        require(checker, keys[i].use <= REGISTRY_ANSWER_KEY, &place, "use");
        require(checker, is_key(keys[i].key.key), &place, "key");
        require(checker, is_term(keys[i].key.term), &place, "last_day");
        for (size_t j = 0; j < i; j++) {
            if (keys[i].use == keys[j].use &&
                keys[i].key.term.first_day <= keys[j].key.term.last_day &&
                keys[j].key.term.first_day <= keys[i].key.term.last_day) {
                refuse(checker, &place, "first_day", REGISTRY_DUPLICATE);
            }
        }
    }
}

static void
check_box_keys(struct checker *checker, const struct registry_box_key *keys, size_t count,
               const char *list)
{
    require(checker, count <= REGISTRY_MAX_PERIODS && (count == 0 || keys != NULL), NULL, list);
    for (size_t i = 0; i < count && checker->err == ERR_OK; i++) {
        struct registry_place place = { NULL, list, i };

        require(checker, is_key(keys[i].key), &place, "key");
        if (i > 0 && keys[i].period == keys[i - 1].period) {
            refuse(checker, &place, "period", REGISTRY_DUPLICATE);
        }
        require(checker, i == 0 || keys[i].period > keys[i - 1].period, &place, "period");
    }
}

enum err
registry_check(const struct registry_facts *facts, struct registry_error *error)
{
    struct checker checker = { .error = error };

    require(&checker, facts->tenant > 0, NULL, "tenant");
    require(&checker, is_name(facts->municipality, REGISTRY_NAME_MAX), NULL, "municipality");
    require(&checker, facts->version > 0, NULL, "version");
    require(&checker, is_term(facts->term), NULL, "last_day");
    require(&checker,
            facts->retention_months > 0 && facts->retention_months <= REGISTRY_MAX_RETENTION_MONTHS,
            NULL, "retention_months");
    require(&checker, is_vkey(facts->audit_vkey, NOTE_ED25519), NULL, "audit_vkey");
    require(&checker, facts->witness_vkey == NULL || is_vkey(facts->witness_vkey, NOTE_COSIGNATURE),
            NULL, "witness_vkey");
    check_ctxs(&checker, facts);
    check_service_keys(&checker, facts);
    check_box_keys(&checker, facts->gate_keys, facts->gate_key_count, REGISTRY_LIST_GATE_KEYS);
    check_box_keys(&checker, facts->team_keys, facts->team_key_count, REGISTRY_LIST_TEAM_KEYS);
    check_parties(&checker, facts);
    check_members(&checker, facts);
    return checker.err;
}
