/* SPDX-License-Identifier: EUPL-1.2 */
/* How likely two different persons share a key of a type: the product, over its parts, of the
 * chance that two persons share that part.  Relatives share parts more often than chance says;
 * this figure is about strangers, the capsule is there for relatives. */
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "clients/lib/matchkeys.h"
#include "tools/linkage/evaluate.h"

enum { PARTS_MAX = 8 };

/* One part of one key, as a hash. */
struct part {
    uint8_t hash[8];
};

struct parts {
    struct part *at;
    size_t count;
};

static int
compare_parts(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct part));
}

/* The chance that two persons drawn at random share the part. */
static double
chance(struct parts *parts)
{
    double same = 0.0;

    if (parts->count < 2) {
        return 1.0;
    }
    qsort(parts->at, parts->count, sizeof parts->at[0], compare_parts);
    for (size_t from = 0; from < parts->count;) {
        size_t to = from + 1;

        while (to < parts->count && compare_parts(&parts->at[from], &parts->at[to]) == 0) {
            to++;
        }
        same += (double) (to - from) * (double) (to - from - 1);
        from = to;
    }
    return same / ((double) parts->count * (double) (parts->count - 1));
}

/* Hands each part of a key to the list of its position. */
static void
take_key(const struct matchkey *key, struct parts lists[PARTS_MAX])
{
    struct byte_reader reader;

    byte_reader_init(&reader, key->bytes, key->len);
    byte_reader_u16(&reader);
    for (size_t i = 0; i < PARTS_MAX && byte_reader_left(&reader) > 0; i++) {
        size_t len;
        const uint8_t *text;

        byte_reader_u8(&reader);
        len = byte_reader_u16(&reader);
        text = byte_reader_borrow(&reader, len);
        if (text == NULL) {
            return;
        }
        crypto_shorthash(lists[i].at[lists[i].count++].hash, text, len,
                         (const uint8_t[crypto_shorthash_KEYBYTES]) { 0 });
    }
}

/* One row per person is enough: copies of a person are no collision. */
static void
mark_firsts(const struct persons *persons, bool *is_first, bool *is_seen)
{
    for (size_t i = 0; i < persons->count; i++) {
        is_first[i] = !is_seen[persons->at[i].truth];
        is_seen[persons->at[i].truth] = true;
    }
}

static void
collect(const struct persons *persons, const struct identity_rules *rules, const bool *is_first,
        uint16_t type, struct parts lists[PARTS_MAX])
{
    for (size_t row = 0; row < persons->count; row++) {
        WIPED(matchkeys) struct matchkeys keys = { 0 };
        struct identity_refusal refusal;

        if (!is_first[row] ||
            matchkeys_build(rules, &persons->at[row].identity, &keys, &refusal) != ERR_OK) {
            continue;
        }
        for (size_t i = 0; i < keys.count; i++) {
            if (keys.keys[i].type == type) {
                take_key(&keys.keys[i], lists);
                break;
            }
        }
    }
}

enum err
evaluate_collisions(const struct persons *persons, const struct identity_rules *rules,
                    struct evaluation *out)
{
    struct parts lists[PARTS_MAX] = { { NULL, 0 } };
    bool *is_first = calloc(persons->count + 1, sizeof *is_first);
    bool *is_seen = calloc(persons->count + 1, sizeof *is_seen);
    enum err err = is_first == NULL || is_seen == NULL ? ERR_NOMEM : ERR_OK;

    for (size_t i = 0; i < PARTS_MAX && err == ERR_OK; i++) {
        lists[i].at = calloc(persons->count + 1, sizeof *lists[i].at);
        err = lists[i].at == NULL ? ERR_NOMEM : ERR_OK;
    }
    if (err != ERR_OK) {
        goto out;
    }
    mark_firsts(persons, is_first, is_seen);
    for (uint16_t type = 1; type < KEYTABLE_TYPES; type++) {
        double product = 1.0;

        if (out->types[type].rows == 0) {
            continue;
        }
        collect(persons, rules, is_first, type, lists);
        for (size_t i = 0; i < PARTS_MAX; i++) {
            product *= chance(&lists[i]);
            lists[i].count = 0;
        }
        out->types[type].collision = product;
    }
out:
    for (size_t i = 0; i < PARTS_MAX; i++) {
        free(lists[i].at);
    }
    free(is_first);
    free(is_seen);
    return err;
}
