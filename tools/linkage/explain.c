/* SPDX-License-Identifier: EUPL-1.2 */
#include "tools/linkage/explain.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "clients/lib/capsule.h"
#include "clients/lib/matchkeys.h"

struct explainer {
    const struct persons *persons;
    const struct capsule_policy *policy;
    FILE *out;
};

/* The next part of a key; false at its end. */
static bool
next_part(struct byte_reader *reader, struct bytes *out)
{
    if (byte_reader_left(reader) == 0) {
        return false;
    }
    byte_reader_u8(reader);
    out->len = byte_reader_u16(reader);
    out->data = byte_reader_borrow(reader, out->len);
    return out->data != NULL;
}

/* How many parts of two keys of one type differ. */
static unsigned int
differing_parts(const struct matchkey *a, const struct matchkey *b)
{
    struct byte_reader a_reader;
    struct byte_reader b_reader;
    struct bytes a_part = { NULL, 0 };
    struct bytes b_part = { NULL, 0 };
    unsigned int count = 0;

    byte_reader_init(&a_reader, a->bytes, a->len);
    byte_reader_init(&b_reader, b->bytes, b->len);
    byte_reader_u16(&a_reader);
    byte_reader_u16(&b_reader);
    while (next_part(&a_reader, &a_part) && next_part(&b_reader, &b_part)) {
        count += a_part.len != b_part.len || memcmp(a_part.data, b_part.data, a_part.len) != 0;
    }
    return count;
}

/* The fewest parts by which any two keys of 'type' differ; a large number without such keys. */
static unsigned int
distance(const struct matchkeys *a, const struct matchkeys *b, uint16_t type)
{
    unsigned int best = UINT32_MAX;

    for (size_t i = 0; i < a->count; i++) {
        for (size_t k = 0; k < b->count; k++) {
            if (a->keys[i].type == type && b->keys[k].type == type) {
                unsigned int count = differing_parts(&a->keys[i], &b->keys[k]);

                best = count < best ? count : best;
            }
        }
    }
    return best;
}

/* Names the keys that one part more in common would have made meet. */
static void
print_nearest(const struct explainer *self, const struct person *a, const struct person *b)
{
    WIPED(matchkeys) struct matchkeys a_keys = { 0 };
    WIPED(matchkeys) struct matchkeys b_keys = { 0 };
    struct identity_refusal refusal;
    const char *joint = "";

    fprintf(self->out, " nearest=");
    if (matchkeys_build(self->policy->rules, &a->identity, &a_keys, &refusal) == ERR_OK &&
        matchkeys_build(self->policy->rules, &b->identity, &b_keys, &refusal) == ERR_OK) {
        for (uint16_t type = 1; type < KEYTABLE_TYPES; type++) {
            if (distance(&a_keys, &b_keys, type) == 1) {
                fprintf(self->out, "%s%s", joint, matchkey_name(type));
                joint = ",";
            }
        }
    }
    fputs(joint[0] == '\0' ? "none" : "", self->out);
}

/* The types of the keys that both would have, were there slots for all; a bit (1 << type) each. */
static uint32_t
common_types(const struct matchkeys_all *a, const struct matchkeys_all *b)
{
    uint32_t types = 0;

    for (size_t i = 0; i < a->count; i++) {
        for (size_t k = 0; k < b->count; k++) {
            if (a->keys[i].len == b->keys[k].len &&
                memcmp(a->keys[i].bytes, b->keys[k].bytes, a->keys[i].len) == 0) {
                types |= 1U << a->keys[i].type;
            }
        }
    }
    return types;
}

/* Names the keys that both would share if an identity had slots for all. */
static void
print_left_out(const struct explainer *self, const struct person *a, const struct person *b)
{
    WIPED(matchkeys_all) struct matchkeys_all a_keys = { 0 };
    WIPED(matchkeys_all) struct matchkeys_all b_keys = { 0 };
    const char *joint = "";
    uint32_t types;

    matchkeys_build_all(self->policy->rules, &a->identity, &a_keys);
    matchkeys_build_all(self->policy->rules, &b->identity, &b_keys);
    types = common_types(&a_keys, &b_keys);
    fputs(" left_out=", self->out);
    for (uint16_t type = 1; type < KEYTABLE_TYPES; type++) {
        if ((types & (1U << type)) != 0) {
            fprintf(self->out, "%s%s", joint, matchkey_name(type));
            joint = ",";
        }
    }
    fputs(types == 0 ? "none" : "", self->out);
}

static void
print_pair(const struct explainer *self, const char *what, uint32_t row, uint32_t other,
           const struct capsule_comparison *it)
{
    const struct person *a = &self->persons->at[other];
    const struct person *b = &self->persons->at[row];

    fprintf(self->out,
            "%s rows=%" PRIu32 ",%" PRIu32 " capsule=%s number=%s first_name=%s surname=%s "
            "birth_date=%s sex=%s address=%s",
            what, a->line, b->line, capsule_verdict_key(it->verdict),
            capsule_agreement_key(it->person_number), capsule_agreement_key(it->first_name),
            capsule_agreement_key(it->surname), capsule_agreement_key(it->birth_date),
            capsule_agreement_key(it->sex), capsule_agreement_key(it->address));
    print_nearest(self, a, b);
}

static void
print_missed(const struct explainer *self, uint32_t row, uint32_t other,
             const struct capsule_comparison *it)
{
    print_pair(self, "missed", row, other, it);
    print_left_out(self, &self->persons->at[other], &self->persons->at[row]);
    fputc('\n', self->out);
}

static void
meet(void *context, uint32_t row, uint32_t other, uint32_t types)
{
    const struct explainer *self = context;
    const struct person *a = &self->persons->at[row];
    const struct person *b = &self->persons->at[other];
    struct capsule_comparison comparison;
    bool is_confirmed;

    (void) types;
    capsule_compare(self->policy, &a->identity, &b->identity, &comparison);
    is_confirmed = comparison.verdict == CAPSULE_CONFIRMED;
    if (is_confirmed && a->truth != b->truth) {
        print_pair(self, "false", row, other, &comparison);
        fputc('\n', self->out);
    } else if (!is_confirmed && a->truth == b->truth) {
        print_pair(self, "unconfirmed", row, other, &comparison);
        fputc('\n', self->out);
    }
}

/* A row under its person, for walking through the pairs that should meet. */
struct place {
    uint32_t truth;
    uint32_t row;
};

static int
compare_places(const void *a, const void *b)
{
    const struct place *left = a;
    const struct place *right = b;

    if (left->truth != right->truth) {
        return left->truth < right->truth ? -1 : 1;
    }
    return left->row < right->row ? -1 : left->row > right->row;
}

static bool
have_common_key(const struct keytable *table, uint32_t a, uint32_t b)
{
    for (size_t i = table->starts[a]; i < table->starts[a + 1]; i++) {
        for (size_t k = table->starts[b]; k < table->starts[b + 1]; k++) {
            if (memcmp(table->entries[table->places[i]].hash, table->entries[table->places[k]].hash,
                       KEYTABLE_HASH_LEN) == 0) {
                return true;
            }
        }
    }
    return false;
}

static void
explain_missed(const struct explainer *self, const struct keytable *table,
               const struct place *places, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t k = i + 1; k < count && places[k].truth == places[i].truth; k++) {
            const struct person *a = &self->persons->at[places[i].row];
            const struct person *b = &self->persons->at[places[k].row];
            struct capsule_comparison comparison;

            if ((self->persons->has_right && a->is_right == b->is_right) ||
                have_common_key(table, places[i].row, places[k].row)) {
                continue;
            }
            capsule_compare(self->policy, &a->identity, &b->identity, &comparison);
            print_missed(self, places[k].row, places[i].row, &comparison);
        }
    }
}

enum err
explain(const struct persons *persons, const struct capsule_policy *policy,
        const struct keytable *table, FILE *out)
{
    struct explainer self = { .persons = persons, .policy = policy, .out = out };
    struct keytable_walk walk = { .masks = NULL };
    struct place *places = calloc(persons->count + 1, sizeof *places);
    enum err err = keytable_walk_init(&walk, persons);

    if (err != ERR_OK || places == NULL) {
        err = ERR_NOMEM;
        goto out;
    }
    walk.meet = meet;
    walk.context = &self;
    for (uint32_t row = 0; row < persons->count; row++) {
        places[row] = (struct place) { .truth = persons->at[row].truth, .row = row };
        keytable_meetings(table, &walk, row);
    }
    qsort(places, persons->count, sizeof places[0], compare_places);
    explain_missed(&self, table, places, persons->count);
out:
    keytable_walk_done(&walk);
    free(places);
    return err;
}
