/* SPDX-License-Identifier: EUPL-1.2 */
/* What may change from one version of a registry to the next. */
#include <stdio.h>
#include <string.h>

#include "proto/escrow/registry_parts.h"

static enum err
refuse(struct registry_error *error, enum registry_problem problem, const char *kind,
       const char *which)
{
    *error = (struct registry_error) { .problem = problem };
    snprintf(error->where, sizeof error->where, "%s %s", kind, which);
    return ERR_CONFLICT;
}

/* The key's term may change, so that it can be ended; the key stays. */
static bool
has_key(const struct registry_key *keys, size_t count, const uint8_t key[REGISTRY_KEY_LEN])
{
    for (size_t i = 0; i < count; i++) {
        if (sodium_memcmp(keys[i].key, key, REGISTRY_KEY_LEN) == 0) {
            return true;
        }
    }
    return false;
}

static bool
keeps_keys(const struct registry_key *seen, size_t seen_count, const struct registry_key *next,
           size_t next_count)
{
    for (size_t i = 0; i < seen_count; i++) {
        if (!has_key(next, next_count, seen[i].key)) {
            return false;
        }
    }
    return true;
}

static enum err
check_parties(const struct registry *seen, const struct registry *next,
              struct registry_error *error)
{
    for (size_t i = 0; i < seen->facts.party_count; i++) {
        const struct registry_party *before = &seen->facts.parties[i];
        const struct registry_party *after = registry_party_by_oin(next, before->oin);

        if (after == NULL) {
            return refuse(error, REGISTRY_VANISHED, "party", before->oin);
        }
        if (after->role != before->role || after->serial != before->serial ||
            after->sector != before->sector || after->entity != before->entity) {
            return refuse(error, REGISTRY_CHANGED, "party", before->oin);
        }
        if (!keeps_keys(before->keys, before->key_count, after->keys, after->key_count)) {
            return refuse(error, REGISTRY_VANISHED, "key of party", before->oin);
        }
    }
    return ERR_OK;
}

static enum err
check_members(const struct registry *seen, const struct registry *next,
              struct registry_error *error)
{
    for (size_t i = 0; i < seen->facts.member_count; i++) {
        const struct registry_member *before = &seen->facts.members[i];
        const struct registry_member *after = registry_member_by_id(next, before->id);

        if (after == NULL) {
            return refuse(error, REGISTRY_VANISHED, "member", before->id);
        }
        if (!keeps_keys(before->keys, before->key_count, after->keys, after->key_count)) {
            return refuse(error, REGISTRY_VANISHED, "key of member", before->id);
        }
    }
    return ERR_OK;
}

static bool
has_service_key(const struct registry_facts *facts, const struct registry_service_key *key)
{
    for (size_t i = 0; i < facts->service_key_count; i++) {
        if (facts->service_keys[i].use == key->use &&
            sodium_memcmp(facts->service_keys[i].key.key, key->key.key, REGISTRY_KEY_LEN) == 0) {
            return true;
        }
    }
    return false;
}

static enum err
check_service_keys(const struct registry *seen, const struct registry *next,
                   struct registry_error *error)
{
    for (size_t i = 0; i < seen->facts.service_key_count; i++) {
        struct registry_place place = { NULL, REGISTRY_LIST_SERVICE_KEYS, i };

        if (!has_service_key(&next->facts, &seen->facts.service_keys[i])) {
            registry_error_at(error, REGISTRY_VANISHED, &place);
            return ERR_CONFLICT;
        }
    }
    return ERR_OK;
}

/* A box key may go (its secret was destroyed) but never be another one for the same period: whoever
 * swapped it would read what is filed from then on. */
static bool
box_keys_agree(const struct registry_box_key *seen, size_t seen_count,
               const struct registry_box_key *next, size_t next_count)
{
    for (size_t i = 0; i < seen_count; i++) {
        for (size_t j = 0; j < next_count; j++) {
            if (next[j].period == seen[i].period &&
                sodium_memcmp(next[j].key, seen[i].key, REGISTRY_KEY_LEN) != 0) {
                return false;
            }
        }
    }
    return true;
}

/* An epoch is one VOPRF key and one normaliser: another one under its name would part a person's
 * reports. */
static bool
ctxs_agree(const struct registry *seen, const struct registry *next)
{
    for (size_t i = 0; i < seen->facts.ctx_count; i++) {
        const struct registry_ctx *before = &seen->facts.ctxs[i];
        const struct registry_ctx *after = registry_ctx_by_epoch(next, before->epoch);

        if (after != NULL &&
            (after->norm_version != before->norm_version || after->threshold != before->threshold ||
             sodium_memcmp(after->voprf_key, before->voprf_key, REGISTRY_KEY_LEN) != 0)) {
            return false;
        }
    }
    return true;
}

static enum err
refuse_word(struct registry_error *error, enum registry_problem problem, const char *key,
            enum err err)
{
    struct registry_place place = { NULL, key, REGISTRY_NO_INDEX };

    registry_error_at(error, problem, &place);
    return err;
}

enum err
registry_check_successor(const struct registry *seen, const struct registry *next,
                         struct registry_error *error)
{
    enum err err;

    if (next->facts.tenant != seen->facts.tenant) {
        return refuse_word(error, REGISTRY_OTHER_TENANT, "tenant", ERR_CONFLICT);
    }
    if (next->facts.version < seen->facts.version) {
        return refuse_word(error, REGISTRY_OLDER, "version", ERR_ROLLBACK);
    }
    if (next->facts.version == seen->facts.version) {
        bool is_same =
            next->text_len == seen->text_len && memcmp(next->note, seen->note, seen->text_len) == 0;

        return is_same ? ERR_OK : refuse_word(error, REGISTRY_FORKED, "version", ERR_CONFLICT);
    }
    if (next->facts.is_demonstration != seen->facts.is_demonstration) {
        return refuse_word(error, REGISTRY_CHANGED, "demonstration", ERR_CONFLICT);
    }
    if (!ctxs_agree(seen, next)) {
        return refuse_word(error, REGISTRY_CHANGED, "ctxs", ERR_CONFLICT);
    }
    if (!box_keys_agree(seen->facts.gate_keys, seen->facts.gate_key_count, next->facts.gate_keys,
                        next->facts.gate_key_count)) {
        return refuse_word(error, REGISTRY_CHANGED, "gate_keys", ERR_CONFLICT);
    }
    if (!box_keys_agree(seen->facts.team_keys, seen->facts.team_key_count, next->facts.team_keys,
                        next->facts.team_key_count)) {
        return refuse_word(error, REGISTRY_CHANGED, "team_keys", ERR_CONFLICT);
    }
    err = check_parties(seen, next, error);
    if (err == ERR_OK) {
        err = check_members(seen, next, error);
    }
    if (err == ERR_OK) {
        err = check_service_keys(seen, next, error);
    }
    return err;
}
