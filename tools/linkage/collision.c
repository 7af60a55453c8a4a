/* SPDX-License-Identifier: EUPL-1.2 */
/* How likely two different persons share a key of a type: the product, over its parts, of the
 * chance that two persons share that part.
 *
 * All that comes from the names counts as one part: the halves of an unordered pair depend on each
 * other (the one that sorts first tells of the one that sorts last), and so do a name and its first
 * letter.  A postcode and a house number stay two parts though they depend on each other, because
 * nearly all who share both are of one household.  Relatives share parts more often than chance
 * says; this figure is about strangers, the capsule is there for relatives. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "clients/lib/matchkeys.h"
#include "tools/linkage/evaluate.h"

/* A part has a tag, a length and a byte at least; behind the parts' lists stands that of all names. */
enum { PARTS_MAX = MATCHKEY_LEN_MAX / 4, NAMES = PARTS_MAX, LISTS = PARTS_MAX + 1 };

/* One part of one key, as a hash. */
struct part {
    uint8_t hash[8];
};

struct parts {
    struct part *at;
    size_t count;
};

/* Which parts of a type come from the names. */
struct shape {
    bool is_name[PARTS_MAX];
};

/* The parts of all keys of one type. */
struct collection {
    struct parts lists[LISTS];
    struct shape shape;
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

/* The chance that two persons share a whole key; none where fewer than two have one.  In a small file no two may share all names; then
 * the names count part by part, since a chance of nothing would be taken for safety. */
static double
chance_of_key(struct collection *collection)
{
    double names = chance(&collection->lists[NAMES]);
    double names_by_part = 1.0;
    double rest = 1.0;

    if (collection->lists[0].count < 2) {
        return 0.0;
    }
    for (size_t i = 0; i < PARTS_MAX; i++) {
        if (collection->shape.is_name[i]) {
            names_by_part *= chance(&collection->lists[i]);
        } else {
            rest *= chance(&collection->lists[i]);
        }
    }
    return rest * (names > 0.0 ? names : names_by_part);
}

/* The parts of a key; returns how many. */
static size_t
part_key(const struct matchkey *key, struct bytes parts[PARTS_MAX])
{
    struct byte_reader reader;
    size_t count = 0;

    byte_reader_init(&reader, key->bytes, key->len);
    byte_reader_u16(&reader);
    while (count < PARTS_MAX && byte_reader_left(&reader) > 0) {
        struct bytes *part = &parts[count];

        byte_reader_u8(&reader);
        part->len = byte_reader_u16(&reader);
        part->data = byte_reader_borrow(&reader, part->len);
        if (part->data == NULL) {
            break;
        }
        count++;
    }
    return count;
}

static void
add_part(struct parts *list, const void *data, size_t len)
{
    crypto_shorthash(list->at[list->count++].hash, data, len,
                     (const uint8_t[crypto_shorthash_KEYBYTES]) { 0 });
}

/* Hands each part of a key to the list of its position, and all of the names to theirs. */
static void
take_key(const struct matchkey *key, struct collection *collection)
{
    struct bytes parts[PARTS_MAX];
    size_t count = part_key(key, parts);
    struct part names[PARTS_MAX];
    size_t name_count = 0;

    for (size_t i = 0; i < count; i++) {
        struct parts *list = &collection->lists[i];

        add_part(list, parts[i].data, parts[i].len);
        if (collection->shape.is_name[i]) {
            names[name_count++] = list->at[list->count - 1];
        }
    }
    if (name_count > 0) {
        add_part(&collection->lists[NAMES], names, name_count * sizeof names[0]);
    }
}

static const struct matchkey *
find_key(const struct matchkeys *keys, uint16_t type)
{
    for (size_t i = 0; i < keys->count; i++) {
        if (keys->keys[i].type == type) {
            return &keys->keys[i];
        }
    }
    return NULL;
}

static void
note_differences(const struct matchkey *a, const struct matchkey *b, struct shape *shape)
{
    struct bytes a_parts[PARTS_MAX];
    struct bytes b_parts[PARTS_MAX];
    size_t count = part_key(a, a_parts);

    if (part_key(b, b_parts) != count) {
        return;
    }
    for (size_t i = 0; i < count; i++) {
        if (a_parts[i].len != b_parts[i].len ||
            memcmp(a_parts[i].data, b_parts[i].data, a_parts[i].len) != 0) {
            shape->is_name[i] = true;
        }
    }
}

static void
rename_to(char *name, size_t room, const char *other)
{
    if (name[0] != '\0') {
        snprintf(name, room, "%s", other);
    }
}

/* Notes which parts of the keys are others when the person is called otherwise: they come from the
 * names.  So nothing here need know what each country's keys are made of. */
static void
note_names(const struct identity_rules *rules, const struct identity *identity,
           struct shape shapes[KEYTABLE_TYPES])
{
    WIPED(matchkeys) struct matchkeys keys = { 0 };
    WIPED(matchkeys) struct matchkeys others = { 0 };
    WIPED(identity) struct identity other = *identity;
    struct identity_refusal refusal;

    rename_to(other.given_names, sizeof other.given_names, "anna");
    rename_to(other.call_name, sizeof other.call_name, "anna");
    rename_to(other.initials, sizeof other.initials, "a");
    rename_to(other.surname, sizeof other.surname, "bakker");
    rename_to(other.other_surname, sizeof other.other_surname, "bakker");
    if (matchkeys_build(rules, identity, &keys, &refusal) != ERR_OK ||
        matchkeys_build(rules, &other, &others, &refusal) != ERR_OK) {
        return;
    }
    for (size_t i = 0; i < keys.count; i++) {
        const struct matchkey *key = find_key(&others, keys.keys[i].type);

        if (key != NULL) {
            note_differences(&keys.keys[i], key, &shapes[key->type]);
        }
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
        uint16_t type, struct collection *collection)
{
    for (size_t row = 0; row < persons->count; row++) {
        WIPED(matchkeys) struct matchkeys keys = { 0 };
        const struct matchkey *key = NULL;
        struct identity_refusal refusal;

        if (is_first[row] &&
            matchkeys_build(rules, &persons->at[row].identity, &keys, &refusal) == ERR_OK) {
            key = find_key(&keys, type);
        }
        if (key != NULL) {
            take_key(key, collection);
        }
    }
}

static void
evaluate_types(const struct persons *persons, const struct identity_rules *rules,
               const bool *is_first, struct collection *collection, struct evaluation *out)
{
    struct shape shapes[KEYTABLE_TYPES] = { { { false } } };

    for (size_t row = 0; row < persons->count; row++) {
        if (is_first[row]) {
            note_names(rules, &persons->at[row].identity, shapes);
        }
    }
    for (uint16_t type = 1; type < KEYTABLE_TYPES; type++) {
        if (out->types[type].rows == 0) {
            continue;
        }
        collection->shape = shapes[type];
        for (size_t i = 0; i < LISTS; i++) {
            collection->lists[i].count = 0;
        }
        collect(persons, rules, is_first, type, collection);
        out->types[type].collision = chance_of_key(collection);
    }
}

enum err
evaluate_collisions(const struct persons *persons, const struct identity_rules *rules,
                    struct evaluation *out)
{
    struct collection collection = { .lists = { { NULL, 0 } } };
    bool *is_first = calloc(persons->count + 1, sizeof *is_first);
    bool *is_seen = calloc(persons->count + 1, sizeof *is_seen);
    enum err err = is_first == NULL || is_seen == NULL ? ERR_NOMEM : ERR_OK;

    for (size_t i = 0; i < LISTS && err == ERR_OK; i++) {
        collection.lists[i].at = calloc(persons->count + 1, sizeof *collection.lists[i].at);
        err = collection.lists[i].at == NULL ? ERR_NOMEM : ERR_OK;
    }
    if (err != ERR_OK) {
        goto out;
    }
    mark_firsts(persons, is_first, is_seen);
    evaluate_types(persons, rules, is_first, &collection, out);
out:
    for (size_t i = 0; i < LISTS; i++) {
        free(collection.lists[i].at);
    }
    free(is_first);
    free(is_seen);
    return err;
}

double
evaluation_collisions(const struct evaluation *evaluation)
{
    double sum = 0.0;

    for (uint16_t type = 1; type < KEYTABLE_TYPES; type++) {
        sum += evaluation->types[type].collision;
    }
    return sum;
}

uint64_t
evaluation_holds_to(const struct evaluation *evaluation)
{
    double sum = evaluation_collisions(evaluation);

    return sum > 0.0 ? (uint64_t) (1.0 / sqrt(sum)) : 0;
}
