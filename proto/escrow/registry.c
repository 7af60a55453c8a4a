/* SPDX-License-Identifier: EUPL-1.2 */
#include "proto/escrow/registry.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/escrow/registry_parts.h"

struct registry_block {
    struct registry_block *next;
    max_align_t data[];
};

void *
registry_pool_new(struct registry_pool *pool, size_t count, size_t size)
{
    struct registry_block *block = NULL;

    if (size == 0 || count > (SIZE_MAX - sizeof *block) / size) {
        return NULL;
    }
    block = calloc(1, sizeof *block + count * size);
    if (block == NULL) {
        return NULL;
    }
    block->next = pool->blocks;
    pool->blocks = block;
    return block->data;
}

void
registry_pool_done(struct registry_pool *pool)
{
    while (pool->blocks != NULL) {
        struct registry_block *block = pool->blocks;

        pool->blocks = block->next;
        free(block);
    }
}

const char *
registry_problem_text(enum registry_problem problem)
{
#define PROBLEM_CASE(code, text)                                                                   \
    case code:                                                                                     \
        return text;
    switch (problem) {
        REGISTRY_PROBLEM_MAP(PROBLEM_CASE)
    }
#undef PROBLEM_CASE
    return "an unknown problem";
}

/* Adds to a text that is cut where the room ends. */
static void
append(char out[REGISTRY_WHERE_ROOM], const char *text)
{
    size_t at = strlen(out);

    for (; *text != '\0' && at + 1 < REGISTRY_WHERE_ROOM; text++) {
        /* An unknown key can be any text; a terminal shall not obey it. */
        bool is_plain = *text >= 0x20 && *text != 0x7f;

        out[at] = '?';
        if (is_plain) {
            out[at] = *text;
        }
        at++;
    }
    out[at] = '\0';
}

static void
append_place(char out[REGISTRY_WHERE_ROOM], const struct registry_place *place)
{
    char index[32];

    if (place == NULL) {
        return;
    }
    append_place(out, place->up);
    if (place->key != NULL) {
        append(out, out[0] == '\0' ? "" : ".");
        append(out, place->key);
    }
    if (place->index != REGISTRY_NO_INDEX) {
        snprintf(index, sizeof index, "[%zu]", place->index);
        append(out, index);
    }
}

void
registry_error_at(struct registry_error *error, enum registry_problem problem,
                  const struct registry_place *place)
{
    *error = (struct registry_error) { .problem = problem };
    append_place(error->where, place);
}

static enum err
refuse(struct registry_error *error, enum registry_problem problem, enum err err)
{
    registry_error_at(error, problem, NULL);
    return err;
}

/* At least two, all of another key: a name is no second signer. */
static bool
pins_are_valid(const struct registry_pins *pins)
{
    if (pins->count < 2 || pins->count > NOTE_MAX_KEYS) {
        return false;
    }
    for (size_t i = 0; i < pins->count; i++) {
        if (pins->keys[i].type != NOTE_ED25519) {
            return false;
        }
        for (size_t j = 0; j < i; j++) {
            if (sodium_memcmp(pins->keys[i].key, pins->keys[j].key, NOTE_KEY_LEN) == 0) {
                return false;
            }
        }
    }
    return true;
}

static enum err
check_signatures(const char *note, size_t len, const struct registry_pins *pins,
                 struct note_result *result, struct registry_error *error)
{
    enum err err = note_verify(note, len, pins->keys, pins->count, result);

    if (err == ERR_MALFORMED) {
        return refuse(error, REGISTRY_NOT_A_NOTE, err);
    }
    if (err == ERR_TOO_BIG) {
        return refuse(error, REGISTRY_TOO_LARGE, err);
    }
    if (err == ERR_NOT_FOUND) {
        return refuse(error, REGISTRY_NO_SIGNATURE, ERR_AUTH);
    }
    if (err == ERR_AUTH) {
        return refuse(error, REGISTRY_BAD_SIGNATURE, err);
    }
    if (err == ERR_OK && result->signed_count < 2) {
        return refuse(error, REGISTRY_ONE_SIGNATURE, ERR_AUTH);
    }
    return err;
}

static enum err
check_day(const struct registry_facts *facts, uint32_t today, struct registry_error *error)
{
    if (today == REGISTRY_ANY_DAY || registry_term_holds(facts->term, today)) {
        return ERR_OK;
    }
    return refuse(error, today < facts->term.first_day ? REGISTRY_NOT_YET_VALID : REGISTRY_EXPIRED,
                  ERR_EXPIRED);
}

/* Keeps the note, and its keys ready for use; the facts have been checked. */
static enum err
adopt_note(struct registry *registry, const char *note, size_t len)
{
    enum err err = note_vkey_parse(registry->facts.audit_vkey, &registry->audit_key);

    if (err == ERR_OK && registry->facts.witness_vkey != NULL) {
        err = note_vkey_parse(registry->facts.witness_vkey, &registry->witness_key);
    }
    if (err != ERR_OK) {
        return ERR_INTERNAL;
    }
    registry->note = malloc(len);
    if (registry->note == NULL) {
        return ERR_NOMEM;
    }
    memcpy(registry->note, note, len);
    registry->note_len = len;
    return ERR_OK;
}

enum err
registry_parse(const char *note, size_t len, const struct registry_pins *pins, uint32_t today,
               struct registry **out, struct registry_error *error)
{
    struct registry *registry = NULL;
    struct note_result result;
    enum err err;

    if (!pins_are_valid(pins)) {
        return ERR_INVALID;
    }
    err = check_signatures(note, len, pins, &result, error);
    if (err != ERR_OK) {
        return err;
    }
    registry = calloc(1, sizeof *registry);
    if (registry == NULL) {
        return ERR_NOMEM;
    }
    registry->text_len = result.text_len;
    err = registry_read(result.text, result.text_len, &registry->pool, &registry->facts, error);
    if (err != ERR_OK) {
        goto out;
    }
    err = registry_check(&registry->facts, error);
    if (err != ERR_OK) {
        goto out;
    }
    err = check_day(&registry->facts, today, error);
    if (err != ERR_OK) {
        goto out;
    }
    err = adopt_note(registry, note, len);
    if (err != ERR_OK) {
        goto out;
    }
    *out = registry;
    registry = NULL;
out:
    registry_free(registry);
    return err;
}

void
registry_free(struct registry *registry)
{
    if (registry == NULL) {
        return;
    }
    registry_pool_done(&registry->pool);
    free(registry->note);
    free(registry);
}

const struct registry_facts *
registry_facts(const struct registry *registry)
{
    return &registry->facts;
}

const char *
registry_note(const struct registry *registry, size_t *len)
{
    *len = registry->note_len;
    return registry->note;
}

const struct note_vkey *
registry_audit_key(const struct registry *registry)
{
    return &registry->audit_key;
}

const struct note_vkey *
registry_witness_key(const struct registry *registry)
{
    return registry->facts.witness_vkey == NULL ? NULL : &registry->witness_key;
}

bool
registry_term_holds(struct registry_term term, uint32_t day)
{
    return term.first_day <= day && day <= term.last_day;
}

const struct registry_party *
registry_party_by_oin(const struct registry *registry, const char *oin)
{
    for (size_t i = 0; i < registry->facts.party_count; i++) {
        if (strcmp(registry->facts.parties[i].oin, oin) == 0) {
            return &registry->facts.parties[i];
        }
    }
    return NULL;
}

const struct registry_party *
registry_party_by_serial(const struct registry *registry, uint32_t serial)
{
    for (size_t i = 0; serial != 0 && i < registry->facts.party_count; i++) {
        if (registry->facts.parties[i].serial == serial) {
            return &registry->facts.parties[i];
        }
    }
    return NULL;
}

const struct registry_party *
registry_party_by_role(const struct registry *registry, enum party_role role, uint32_t day)
{
    for (size_t i = 0; i < registry->facts.party_count; i++) {
        const struct registry_party *party = &registry->facts.parties[i];

        if (party->role == role && registry_term_holds(party->term, day)) {
            return party;
        }
    }
    return NULL;
}

const struct registry_member *
registry_member_by_id(const struct registry *registry, const char *id)
{
    for (size_t i = 0; i < registry->facts.member_count; i++) {
        if (strcmp(registry->facts.members[i].id, id) == 0) {
            return &registry->facts.members[i];
        }
    }
    return NULL;
}

const struct registry_ctx *
registry_ctx_by_epoch(const struct registry *registry, uint16_t epoch)
{
    for (size_t i = 0; i < registry->facts.ctx_count; i++) {
        if (registry->facts.ctxs[i].epoch == epoch) {
            return &registry->facts.ctxs[i];
        }
    }
    return NULL;
}

const uint8_t *
registry_service_key(const struct registry *registry, enum registry_service_key_use use,
                     uint32_t day)
{
    for (size_t i = 0; i < registry->facts.service_key_count; i++) {
        const struct registry_service_key *key = &registry->facts.service_keys[i];

        if (key->use == use && registry_term_holds(key->key.term, day)) {
            return key->key.key;
        }
    }
    return NULL;
}

static const uint8_t *
box_key_of(const struct registry_box_key *keys, size_t count, uint16_t period)
{
    for (size_t i = 0; i < count; i++) {
        if (keys[i].period == period) {
            return keys[i].key;
        }
    }
    return NULL;
}

const uint8_t *
registry_gate_key(const struct registry *registry, uint16_t bucket)
{
    return box_key_of(registry->facts.gate_keys, registry->facts.gate_key_count, bucket);
}

const uint8_t *
registry_team_key(const struct registry *registry, uint16_t quarter)
{
    return box_key_of(registry->facts.team_keys, registry->facts.team_key_count, quarter);
}
