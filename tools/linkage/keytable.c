/* SPDX-License-Identifier: EUPL-1.2 */
#include "tools/linkage/keytable.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "clients/lib/matchkeys.h"
#include "proto/escrow/ctx.h"
#include "proto/escrow/voprf.h"

/* A trial's own context: no municipality has code 0. */
static const struct escrow_ctx TRIAL_CTX = {
    .tenant = 0, .epoch = 1, .norm_version = 1, .threshold = CTX_THRESHOLD
};

struct oprf_input {
    uint8_t bytes[CTX_INPUT_ROOM];
};
WIPED_KIND(oprf_input)

static void
shorten(const void *data, size_t len, uint8_t out[KEYTABLE_HASH_LEN])
{
    crypto_generichash(out, KEYTABLE_HASH_LEN, data, len, NULL, 0);
}

/* One key through client and server of the oblivious function, proof and all. */
static enum err
blind(const struct voprf_key *key, const struct matchkey *matchkey, uint8_t out[KEYTABLE_HASH_LEN])
{
    WIPED(oprf_input) struct oprf_input input = { { 0 } };
    WIPED(voprf_batch) struct voprf_batch batch = { 0 };
    WIPED(key64) struct key64 output = { { 0 } };
    struct bytes bytes = { .data = input.bytes };
    struct point evaluated = { { 0 } };
    struct voprf_proof proof = { { 0 } };
    enum err err =
        ctx_oprf_input(&TRIAL_CTX, (struct bytes) { .data = matchkey->bytes, .len = matchkey->len },
                       input.bytes, &bytes.len);

    if (err == ERR_OK) {
        err = voprf_blind(&bytes, 1, &batch);
    }
    if (err == ERR_OK) {
        err = voprf_evaluate(key, batch.blinded, 1, &evaluated, &proof);
    }
    if (err == ERR_OK) {
        err = voprf_finalize(&key->public, &batch, &bytes, &evaluated, &proof, &output);
    }
    if (err == ERR_OK) {
        shorten(output.bytes, sizeof output.bytes, out);
    }
    return err;
}

/* The entries of one row; 'key' NULL: plain hashes. */
static enum err
add_row(struct keytable *table, const struct person *person, const struct identity_rules *rules,
        uint32_t row, const struct voprf_key *key)
{
    WIPED(matchkeys) struct matchkeys keys = { 0 };
    struct identity_refusal refusal;
    enum err err = matchkeys_build(rules, &person->identity, &keys, &refusal);

    if (err == ERR_MALFORMED) {
        table->keyless++;
        return ERR_OK;
    }
    for (size_t i = 0; err == ERR_OK && i < keys.count; i++) {
        struct keytable_entry *entry = &table->entries[table->count++];

        entry->row = row;
        entry->type = keys.keys[i].type;
        if (key != NULL) {
            err = blind(key, &keys.keys[i], entry->hash);
        } else {
            shorten(keys.keys[i].bytes, keys.keys[i].len, entry->hash);
        }
    }
    return err;
}

static int
compare_entries(const void *a, const void *b)
{
    const struct keytable_entry *left = a;
    const struct keytable_entry *right = b;
    int order = memcmp(left->hash, right->hash, sizeof left->hash);

    if (order != 0) {
        return order;
    }
    return left->row < right->row ? -1 : left->row > right->row;
}

/* Lists for each row where its entries stand. */
static enum err
index_rows(struct keytable *table, size_t rows)
{
    size_t *next = calloc(rows + 1, sizeof *next);

    table->places = calloc(table->count + 1, sizeof *table->places);
    table->starts = calloc(rows + 1, sizeof *table->starts);
    if (next == NULL || table->places == NULL || table->starts == NULL) {
        free(next);
        return ERR_NOMEM;
    }
    for (size_t i = 0; i < table->count; i++) {
        table->starts[table->entries[i].row + 1]++;
    }
    for (size_t i = 0; i < rows; i++) {
        table->starts[i + 1] += table->starts[i];
        next[i + 1] = table->starts[i + 1];
    }
    for (size_t i = 0; i < table->count; i++) {
        table->places[next[table->entries[i].row]++] = (uint32_t) i;
    }
    free(next);
    return ERR_OK;
}

enum err
keytable_init(struct keytable *table, const struct persons *persons,
              const struct identity_rules *rules, bool is_blind)
{
    WIPED(voprf_key) struct voprf_key key = { 0 };
    struct keytable made = { .entries = NULL };
    enum err err = ERR_OK;

    made.entries = calloc(persons->count * MATCHKEYS_MAX + 1, sizeof *made.entries);
    if (made.entries == NULL || persons->count > UINT32_MAX / MATCHKEYS_MAX) {
        err = ERR_NOMEM;
        goto out;
    }
    if (is_blind) {
        err = voprf_new_key(&key);
    }
    for (size_t i = 0; err == ERR_OK && i < persons->count; i++) {
        err = add_row(&made, &persons->at[i], rules, (uint32_t) i, is_blind ? &key : NULL);
    }
    if (err != ERR_OK) {
        goto out;
    }
    qsort(made.entries, made.count, sizeof made.entries[0], compare_entries);
    err = index_rows(&made, persons->count);
    if (err != ERR_OK) {
        goto out;
    }
    *table = made;
    made = (struct keytable) { .entries = NULL };
out:
    keytable_done(&made);
    return err;
}

void
keytable_done(struct keytable *table)
{
    free(table->entries);
    free(table->places);
    free(table->starts);
    *table = (struct keytable) { .entries = NULL };
}

/* Whether two rows may be compared at all. */
static bool
may_meet(const struct persons *persons, uint32_t row, uint32_t other)
{
    return other < row &&
        (!persons->has_right || persons->at[row].is_right != persons->at[other].is_right);
}

enum err
keytable_walk_init(struct keytable_walk *walk, const struct persons *persons)
{
    struct keytable_walk made = { .persons = persons };

    made.masks = calloc(persons->count + 1, sizeof *made.masks);
    made.touched = calloc(persons->count + 1, sizeof *made.touched);
    if (made.masks == NULL || made.touched == NULL) {
        keytable_walk_done(&made);
        return ERR_NOMEM;
    }
    *walk = made;
    return ERR_OK;
}

void
keytable_walk_done(struct keytable_walk *walk)
{
    free(walk->masks);
    free(walk->touched);
    *walk = (struct keytable_walk) { .masks = NULL };
}

/* Marks the rows before 'row' that have this entry's key; returns how many are marked now. */
static size_t
mark(const struct keytable *table, struct keytable_walk *walk, const struct keytable_entry *entry,
     size_t count)
{
    /* Equal ones stand in the order of their rows, so that the fewer ones are those before. */
    for (const struct keytable_entry *other = entry;
         other-- > table->entries && memcmp(other->hash, entry->hash, sizeof entry->hash) == 0;) {
        if (!may_meet(walk->persons, entry->row, other->row)) {
            continue;
        }
        if (walk->masks[other->row] == 0) {
            walk->touched[count++] = other->row;
        }
        walk->masks[other->row] |= 1U << entry->type;
    }
    return count;
}

void
keytable_meetings(const struct keytable *table, struct keytable_walk *walk, uint32_t row)
{
    size_t count = 0;

    for (size_t i = table->starts[row]; i < table->starts[row + 1]; i++) {
        count = mark(table, walk, &table->entries[table->places[i]], count);
    }
    for (size_t i = 0; i < count; i++) {
        uint32_t other = walk->touched[i];
        uint32_t types = walk->masks[other];

        walk->masks[other] = 0;
        walk->meet(walk->context, row, other, types);
    }
}
