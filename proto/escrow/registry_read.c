/* SPDX-License-Identifier: EUPL-1.2 */
/* From the registry's JSON to its facts. */
#include <string.h>

#include <jansson.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "proto/escrow/registry_parts.h"

/* The first failure is remembered, and everything after it does nothing, so that a row of
 * readings needs one check at the end. */
struct reader {
    struct registry_pool *pool;
    struct registry_error *error;
    enum err err;
};

/* One JSON object and where it stands. */
struct object {
    json_t *json;
    const struct registry_place *place;
};

/* One key that an object may have. */
struct word {
    const char *key;
    bool is_optional;
};

/* A list of objects of one kind. */
struct list {
    const char *key;
    size_t max;
    size_t size; /* of one element */
    void (*read)(struct reader *reader, const struct object *object, void *out);
};

enum { KEY_TEXT_MAX = 2 * REGISTRY_KEY_LEN };

#define WORD_COUNT(words) (sizeof(words) / sizeof(words)[0])

static void
refuse(struct reader *reader, const struct object *object, const char *key,
       enum registry_problem problem)
{
    struct registry_place place = { object->place, key, REGISTRY_NO_INDEX };

    if (reader->err == ERR_OK) {
        registry_error_at(reader->error, problem, &place);
        reader->err = ERR_MALFORMED;
    }
}

static bool
is_among(const struct word *words, size_t count, const char *key)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(words[i].key, key) == 0) {
            return true;
        }
    }
    return false;
}

/* It is an object, every key in it is known, and every needed one is there. */
static void
check_words(struct reader *reader, const struct object *object, const struct word *words,
            size_t count)
{
    if (!json_is_object(object->json)) {
        refuse(reader, object, NULL, REGISTRY_BAD_VALUE);
        return;
    }
    for (void *at = json_object_iter(object->json); at != NULL;
         at = json_object_iter_next(object->json, at)) {
        if (!is_among(words, count, json_object_iter_key(at))) {
            refuse(reader, object, json_object_iter_key(at), REGISTRY_UNKNOWN_KEY);
        }
    }
    for (size_t i = 0; i < count; i++) {
        if (!words[i].is_optional && json_object_get(object->json, words[i].key) == NULL) {
            refuse(reader, object, words[i].key, REGISTRY_MISSING_KEY);
        }
    }
}

static bool
has(const struct object *object, const char *key)
{
    return json_object_get(object->json, key) != NULL;
}

static uint32_t
read_number(struct reader *reader, const struct object *object, const char *key, uint32_t max)
{
    const json_t *value = json_object_get(object->json, key);
    json_int_t number = json_integer_value(value);

    if (!json_is_integer(value) || number < 0 || number > (json_int_t) max) {
        refuse(reader, object, key, REGISTRY_BAD_VALUE);
        return 0;
    }
    return (uint32_t) number;
}

static bool
read_flag(struct reader *reader, const struct object *object, const char *key)
{
    const json_t *value = json_object_get(object->json, key);

    if (!json_is_boolean(value)) {
        refuse(reader, object, key, REGISTRY_BAD_VALUE);
    }
    return json_is_true(value);
}

/* Borrowed from the JSON; at most 'max' bytes.  Jansson has checked that it is UTF-8 without a
 * NUL. */
static const char *
read_text(struct reader *reader, const struct object *object, const char *key, size_t max)
{
    const json_t *value = json_object_get(object->json, key);

    if (!json_is_string(value) || json_string_length(value) > max) {
        refuse(reader, object, key, REGISTRY_BAD_VALUE);
        return "";
    }
    return json_string_value(value);
}

/* The same as a copy that lives with the registry. */
static const char *
keep_text(struct reader *reader, const struct object *object, const char *key, size_t max)
{
    const char *text = read_text(reader, object, key, max);
    size_t room = strlen(text) + 1;
    char *copy = reader->err == ERR_OK ? registry_pool_new(reader->pool, room, 1) : NULL;

    if (copy == NULL) {
        reader->err = reader->err == ERR_OK ? ERR_NOMEM : reader->err;
        return "";
    }
    memcpy(copy, text, room);
    return copy;
}

static uint32_t
read_day(struct reader *reader, const struct object *object, const char *key)
{
    const char *text = read_text(reader, object, key, DATE_TEXT_ROOM);
    struct date date = { 0 };

    if (date_parse(text, &date) != ERR_OK || date.year < 1970) {
        refuse(reader, object, key, REGISTRY_BAD_VALUE);
        return 0;
    }
    return (uint32_t) date_to_days(date);
}

static struct registry_term
read_term(struct reader *reader, const struct object *object)
{
    return (struct registry_term) {
        .first_day = read_day(reader, object, "first_day"),
        .last_day = read_day(reader, object, "last_day"),
    };
}

static void
read_key(struct reader *reader, const struct object *object, const char *key,
         uint8_t out[REGISTRY_KEY_LEN])
{
    const char *text = read_text(reader, object, key, KEY_TEXT_MAX);
    size_t len = 0;

    if (bytes_from_base64(text, strlen(text), out, REGISTRY_KEY_LEN, &len) != ERR_OK ||
        len != REGISTRY_KEY_LEN) {
        refuse(reader, object, key, REGISTRY_BAD_VALUE);
    }
}

/* A word of the vocabulary; its code. */
static uint16_t
read_term_word(struct reader *reader, const struct object *object, const char *key,
               enum term_kind kind)
{
    const struct term *term = term_by_key(kind, read_text(reader, object, key, REGISTRY_ID_MAX));

    if (term == NULL) {
        refuse(reader, object, key, REGISTRY_BAD_VALUE);
        return 0;
    }
    return term->code;
}

/* Returns the elements, or NULL when there are none (or a failure is remembered). */
static const void *
read_list(struct reader *reader, const struct object *object, const struct list *list,
          size_t *out_count)
{
    const json_t *array = json_object_get(object->json, list->key);
    size_t count = json_array_size(array);
    uint8_t *elements = NULL;

    *out_count = 0;
    if (!json_is_array(array) || count > list->max) {
        refuse(reader, object, list->key, REGISTRY_BAD_VALUE);
    }
    if (reader->err != ERR_OK || count == 0) {
        return NULL;
    }
    elements = registry_pool_new(reader->pool, count, list->size);
    if (elements == NULL) {
        reader->err = ERR_NOMEM;
        return NULL;
    }
    for (size_t i = 0; i < count && reader->err == ERR_OK; i++) {
        struct registry_place place = { object->place, list->key, i };
        struct object element = { json_array_get(array, i), &place };

        list->read(reader, &element, elements + i * list->size);
    }
    *out_count = count;
    return elements;
}

static void
read_ctx(struct reader *reader, const struct object *object, void *out)
{
    static const struct word words[] = {
        { "epoch", false },     { "norm_version", false }, { "threshold", false },
        { "voprf_key", false }, { "last_bucket", false },
    };
    struct registry_ctx *ctx = out;

    check_words(reader, object, words, WORD_COUNT(words));
    ctx->epoch = (uint16_t) read_number(reader, object, "epoch", UINT16_MAX);
    ctx->norm_version = (uint8_t) read_number(reader, object, "norm_version", UINT8_MAX);
    ctx->threshold = (uint8_t) read_number(reader, object, "threshold", UINT8_MAX);
    ctx->last_bucket = (uint16_t) read_number(reader, object, "last_bucket", UINT16_MAX);
    read_key(reader, object, "voprf_key", ctx->voprf_key);
}

static enum registry_service_key_use
read_use(struct reader *reader, const struct object *object)
{
#define USE_WORD(code, word) { code, word },
    static const struct {
        enum registry_service_key_use use;
        const char *word;
    } uses[] = { REGISTRY_SERVICE_KEY_MAP(USE_WORD) };
#undef USE_WORD
    const char *text = read_text(reader, object, "use", REGISTRY_ID_MAX);

    for (size_t i = 0; i < WORD_COUNT(uses); i++) {
        if (strcmp(uses[i].word, text) == 0) {
            return uses[i].use;
        }
    }
    refuse(reader, object, "use", REGISTRY_BAD_VALUE);
    return REGISTRY_TICKET_KEY;
}

static void
read_service_key(struct reader *reader, const struct object *object, void *out)
{
    static const struct word words[] = {
        { "use", false },
        { "key", false },
        { "first_day", false },
        { "last_day", false },
    };
    struct registry_service_key *key = out;

    check_words(reader, object, words, WORD_COUNT(words));
    key->use = read_use(reader, object);
    key->key.term = read_term(reader, object);
    read_key(reader, object, "key", key->key.key);
}

static void
read_box_key(struct reader *reader, const struct object *object, void *out)
{
    static const struct word words[] = { { "period", false }, { "key", false } };
    struct registry_box_key *key = out;

    check_words(reader, object, words, WORD_COUNT(words));
    key->period = (uint16_t) read_number(reader, object, "period", UINT16_MAX);
    read_key(reader, object, "key", key->key);
}

static void
read_signing_key(struct reader *reader, const struct object *object, void *out)
{
    static const struct word words[] = {
        { "key", false },
        { "first_day", false },
        { "last_day", false },
    };
    struct registry_key *key = out;

    check_words(reader, object, words, WORD_COUNT(words));
    key->term = read_term(reader, object);
    read_key(reader, object, "key", key->key);
}

static const struct list SIGNING_KEYS = {
    "keys",
    REGISTRY_MAX_KEYS,
    sizeof(struct registry_key),
    read_signing_key,
};

static void
read_party(struct reader *reader, const struct object *object, void *out)
{
    static const struct word words[] = {
        { "oin", false },      { "name", false }, { "role", false },  { "first_day", false },
        { "last_day", false }, { "keys", true },  { "serial", true }, { "sector", true },
        { "entity", true },    { "host", true },  { "bsn", true },
    };
    static const char *const partner_words[] = { "serial", "sector", "entity", "host", "bsn" };
    struct registry_party *party = out;
    const char *oin;

    check_words(reader, object, words, WORD_COUNT(words));
    oin = read_text(reader, object, "oin", REGISTRY_OIN_LEN);
    memcpy(party->oin, oin, strlen(oin) + 1);
    party->name = keep_text(reader, object, "name", REGISTRY_NAME_MAX);
    party->role = (enum party_role) read_term_word(reader, object, "role", TERM_ROLE);
    party->term = read_term(reader, object);
    if (has(object, SIGNING_KEYS.key)) {
        party->keys = read_list(reader, object, &SIGNING_KEYS, &party->key_count);
    }
    for (size_t i = 0; i < WORD_COUNT(partner_words); i++) {
        if (has(object, partner_words[i]) != (party->role == ROLE_PARTNER)) {
            refuse(reader, object, partner_words[i],
                   party->role == ROLE_PARTNER ? REGISTRY_MISSING_KEY : REGISTRY_UNKNOWN_KEY);
        }
    }
    if (party->role != ROLE_PARTNER) {
        return;
    }
    party->serial = read_number(reader, object, "serial", UINT32_MAX);
    party->sector = (uint8_t) read_term_word(reader, object, "sector", TERM_SECTOR);
    party->entity = read_number(reader, object, "entity", UINT32_MAX);
    party->is_host = read_flag(reader, object, "host");
    party->may_use_bsn = read_flag(reader, object, "bsn");
}

static void
read_member(struct reader *reader, const struct object *object, void *out)
{
    static const struct word words[] = {
        { "id", false },       { "name", false }, { "first_day", false },
        { "last_day", false }, { "keys", false },
    };
    struct registry_member *member = out;
    const char *id;

    check_words(reader, object, words, WORD_COUNT(words));
    id = read_text(reader, object, "id", REGISTRY_ID_MAX);
    memcpy(member->id, id, strlen(id) + 1);
    member->name = keep_text(reader, object, "name", REGISTRY_NAME_MAX);
    member->term = read_term(reader, object);
    member->keys = read_list(reader, object, &SIGNING_KEYS, &member->key_count);
}

static void
read_lists(struct reader *reader, const struct object *whole, struct registry_facts *facts)
{
    static const struct list ctxs = {
        REGISTRY_LIST_CTXS,
        REGISTRY_MAX_CTXS,
        sizeof(struct registry_ctx),
        read_ctx,
    };
    static const struct list service_keys = {
        REGISTRY_LIST_SERVICE_KEYS,
        REGISTRY_MAX_SERVICE_KEYS,
        sizeof(struct registry_service_key),
        read_service_key,
    };
    static const struct list gate_keys = {
        REGISTRY_LIST_GATE_KEYS,
        REGISTRY_MAX_PERIODS,
        sizeof(struct registry_box_key),
        read_box_key,
    };
    static const struct list team_keys = {
        REGISTRY_LIST_TEAM_KEYS,
        REGISTRY_MAX_PERIODS,
        sizeof(struct registry_box_key),
        read_box_key,
    };
    static const struct list parties = {
        REGISTRY_LIST_PARTIES,
        REGISTRY_MAX_PARTIES,
        sizeof(struct registry_party),
        read_party,
    };
    static const struct list members = {
        REGISTRY_LIST_MEMBERS,
        REGISTRY_MAX_MEMBERS,
        sizeof(struct registry_member),
        read_member,
    };
    const struct registry_ctx *read_ctxs = read_list(reader, whole, &ctxs, &facts->ctx_count);

    if (read_ctxs != NULL) {
        memcpy(facts->ctxs, read_ctxs, facts->ctx_count * sizeof *read_ctxs);
    }
    facts->service_keys = read_list(reader, whole, &service_keys, &facts->service_key_count);
    facts->gate_keys = read_list(reader, whole, &gate_keys, &facts->gate_key_count);
    facts->team_keys = read_list(reader, whole, &team_keys, &facts->team_key_count);
    facts->parties = read_list(reader, whole, &parties, &facts->party_count);
    facts->members = read_list(reader, whole, &members, &facts->member_count);
}

static void
read_whole(struct reader *reader, const struct object *whole, struct registry_facts *facts)
{
    static const struct word words[] = {
        { "format", false },
        { "tenant", false },
        { "municipality", false },
        { "version", false },
        { "first_day", false },
        { "last_day", false },
        { "demonstration", false },
        { "retention_months", false },
        { "audit_vkey", false },
        { "witness_vkey", true },
        { REGISTRY_LIST_CTXS, false },
        { REGISTRY_LIST_SERVICE_KEYS, false },
        { REGISTRY_LIST_GATE_KEYS, false },
        { REGISTRY_LIST_TEAM_KEYS, false },
        { REGISTRY_LIST_PARTIES, false },
        { REGISTRY_LIST_MEMBERS, false },
    };

    check_words(reader, whole, words, WORD_COUNT(words));
    if (strcmp(read_text(reader, whole, "format", REGISTRY_ID_MAX), REGISTRY_FORMAT) != 0) {
        refuse(reader, whole, "format", REGISTRY_BAD_VALUE);
    }
    facts->tenant = (uint16_t) read_number(reader, whole, "tenant", UINT16_MAX);
    facts->municipality = keep_text(reader, whole, "municipality", REGISTRY_NAME_MAX);
    facts->version = read_number(reader, whole, "version", UINT32_MAX);
    facts->term = read_term(reader, whole);
    facts->is_demonstration = read_flag(reader, whole, "demonstration");
    facts->retention_months = (uint8_t) read_number(reader, whole, "retention_months", UINT8_MAX);
    facts->audit_vkey = keep_text(reader, whole, "audit_vkey", REGISTRY_VKEY_TEXT_MAX);
    if (has(whole, "witness_vkey")) {
        facts->witness_vkey = keep_text(reader, whole, "witness_vkey", REGISTRY_VKEY_TEXT_MAX);
    }
    read_lists(reader, whole, facts);
}

/* Tells jansson's failures apart. */
static enum err
refuse_json(const json_error_t *problem, struct registry_error *error)
{
    enum json_error_code code = json_error_code(problem);

    if (code == json_error_out_of_memory) {
        return ERR_NOMEM;
    }
    *error = (struct registry_error) {
        .problem = code == json_error_duplicate_key ? REGISTRY_DUPLICATE : REGISTRY_NOT_JSON,
        .line = problem->line,
        .column = problem->column,
    };
    return ERR_MALFORMED;
}

enum err
registry_read(const char *text, size_t len, struct registry_pool *pool, struct registry_facts *out,
              struct registry_error *error)
{
    struct registry_facts facts = { 0 };
    struct reader reader = { .pool = pool, .error = error };
    struct object whole = { 0 };
    json_error_t problem;

    whole.json = json_loadb(text, len, JSON_REJECT_DUPLICATES, &problem);
    if (whole.json == NULL) {
        return refuse_json(&problem, error);
    }
    read_whole(&reader, &whole, &facts);
    json_decref(whole.json);
    if (reader.err == ERR_OK) {
        *out = facts;
    }
    return reader.err;
}
