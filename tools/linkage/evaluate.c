/* SPDX-License-Identifier: EUPL-1.2 */
#include "tools/linkage/evaluate.h"

#include <stdlib.h>

#include "clients/lib/capsule.h"

static double
share(uint64_t part, uint64_t whole)
{
    return whole == 0 ? 0.0 : (double) part / (double) whole;
}

double
figures_precision(const struct figures *figures)
{
    return share(figures->tp, figures->tp + figures->fp);
}

double
figures_recall(const struct figures *figures)
{
    return share(figures->tp, figures->tp + figures->fn);
}

double
figures_f1(const struct figures *figures)
{
    return share(2 * figures->tp, 2 * figures->tp + figures->fp + figures->fn);
}

struct trial {
    const struct persons *persons;
    const struct capsule_policy *policy;
    struct evaluation *out;
    uint32_t *parents; /* of the union of rows that meet */
};

/* The row that stands for the component; halves the path on the way. */
static uint32_t
root_of(uint32_t *parents, uint32_t row)
{
    while (parents[row] != row) {
        parents[row] = parents[parents[row]];
        row = parents[row];
    }
    return row;
}

static void
count_types(struct evaluation *out, uint32_t types, bool is_true)
{
    for (uint32_t type = 0; type < KEYTABLE_TYPES; type++) {
        if ((types & (1U << type)) == 0) {
            continue;
        }
        out->types[type].hits++;
        out->types[type].true_hits += is_true ? 1 : 0;
        out->types[type].alone += is_true && types == (1U << type) ? 1 : 0;
    }
}

static void
count_pair(struct pair_count *count, bool is_true)
{
    count->pairs++;
    count->true_pairs += is_true ? 1 : 0;
}

static void
count_found(struct figures *figures, bool is_true)
{
    figures->tp += is_true ? 1 : 0;
    figures->fp += is_true ? 0 : 1;
}

/* The tier of the best key by which a pair meets. */
static enum matchkey_tier
best_tier(uint32_t types)
{
    for (uint16_t type = 0; type < KEYTABLE_TYPES; type++) {
        enum matchkey_tier tier = MATCHKEY_TIER_B;

        if ((types & (1U << type)) != 0 && matchkey_tier(type, &tier) == ERR_OK &&
            tier == MATCHKEY_TIER_A) {
            return MATCHKEY_TIER_A;
        }
    }
    return MATCHKEY_TIER_B;
}

static void
count_verdict(struct evaluation *out, enum capsule_verdict verdict, bool is_true)
{
    switch (verdict) {
        case CAPSULE_CONFIRMED:
            count_found(&out->capsule, is_true);
            break;
        case CAPSULE_UNDECIDED:
            count_pair(&out->undecided, is_true);
            break;
        case CAPSULE_REFUSED:
            count_pair(&out->refused, is_true);
            break;
    }
}

static void
count_outcome(struct evaluation *out, enum capsule_outcome outcome, bool is_true)
{
    switch (outcome) {
        case CAPSULE_GO_ON:
            count_found(&out->kept, is_true);
            break;
        case CAPSULE_ASK_HUMAN:
            count_pair(&out->asked, is_true);
            count_found(&out->kept, is_true);
            break;
        case CAPSULE_CUT:
            count_pair(&out->cut, is_true);
            break;
    }
}

static void
meet(void *context, uint32_t row, uint32_t other, uint32_t types)
{
    struct trial *trial = context;
    const struct person *a = &trial->persons->at[row];
    const struct person *b = &trial->persons->at[other];
    bool is_true = a->truth == b->truth;
    uint32_t a_root = root_of(trial->parents, row);
    uint32_t b_root = root_of(trial->parents, other);
    struct capsule_comparison comparison;

    trial->parents[a_root > b_root ? a_root : b_root] = a_root > b_root ? b_root : a_root;
    count_types(trial->out, types, is_true);
    count_found(&trial->out->any_key, is_true);
    capsule_compare(trial->policy, &a->identity, &b->identity, &comparison);
    count_verdict(trial->out, comparison.verdict, is_true);
    count_outcome(trial->out, capsule_outcome(comparison.verdict, best_tier(types)), is_true);
}

/* A row in its component and as its person, for counting groups. */
struct place {
    uint32_t component;
    uint32_t truth;
    bool is_right;
};

static int
compare_numbers(uint32_t a, uint32_t b)
{
    return a < b ? -1 : a > b;
}

static int
by_component(const void *a, const void *b)
{
    const struct place *left = a;
    const struct place *right = b;
    int order = compare_numbers(left->component, right->component);

    return order != 0 ? order : compare_numbers(left->truth, right->truth);
}

static int
by_truth(const void *a, const void *b)
{
    const struct place *left = a;
    const struct place *right = b;

    return compare_numbers(left->truth, right->truth);
}

/* The pairs within places [from, to): any two, or one of each file. */
static uint64_t
pairs_within(const struct place *places, size_t from, size_t to, bool has_right)
{
    uint64_t count = to - from;
    uint64_t right = 0;

    for (size_t i = from; i < to; i++) {
        right += places[i].is_right ? 1 : 0;
    }
    return has_right ? right * (count - right) : count * (count - 1) / 2;
}

/* The pairs within all runs that 'compare' calls equal in the sorted places. */
static uint64_t
pairs_in_runs(const struct place *places, size_t count, bool has_right,
              int (*compare)(const void *, const void *))
{
    uint64_t pairs = 0;

    for (size_t from = 0; from < count;) {
        size_t to = from + 1;

        while (to < count && compare(&places[from], &places[to]) == 0) {
            to++;
        }
        pairs += pairs_within(places, from, to, has_right);
        from = to;
    }
    return pairs;
}

static int
same_component(const void *a, const void *b)
{
    const struct place *left = a;
    const struct place *right = b;

    return compare_numbers(left->component, right->component);
}

static void
finish(const struct persons *persons, uint32_t *parents, struct place *places,
       struct evaluation *out)
{
    size_t count = persons->count;
    bool has_right = persons->has_right;
    uint64_t all;

    for (size_t i = 0; i < count; i++) {
        places[i] = (struct place) { .component = root_of(parents, (uint32_t) i),
                                     .truth = persons->at[i].truth,
                                     .is_right = persons->at[i].is_right };
    }
    qsort(places, count, sizeof places[0], by_truth);
    out->true_pairs = pairs_in_runs(places, count, has_right, by_truth);
    qsort(places, count, sizeof places[0], by_component);
    all = pairs_in_runs(places, count, has_right, same_component);
    out->closure.tp = pairs_in_runs(places, count, has_right, by_component);
    out->closure.fp = all - out->closure.tp;
    out->closure.fn = out->true_pairs - out->closure.tp;
    out->any_key.fn = out->true_pairs - out->any_key.tp;
    out->capsule.fn = out->true_pairs - out->capsule.tp;
    out->kept.fn = out->true_pairs - out->kept.tp;
}

static void
count_rows(const struct keytable *table, size_t rows, struct evaluation *out)
{
    for (size_t row = 0; row < rows; row++) {
        uint32_t types = 0;

        for (size_t i = table->starts[row]; i < table->starts[row + 1]; i++) {
            types |= 1U << table->entries[table->places[i]].type;
        }
        for (uint32_t type = 0; type < KEYTABLE_TYPES; type++) {
            out->types[type].rows += (types >> type) & 1U;
        }
    }
}

enum err
evaluate(const struct persons *persons, const struct capsule_policy *policy,
         const struct keytable *table, struct evaluation *out)
{
    struct evaluation made = { .true_pairs = 0 };
    struct trial trial = { .persons = persons, .policy = policy, .out = &made };
    struct keytable_walk walk = { .masks = NULL };
    struct place *places = calloc(persons->count + 1, sizeof *places);
    enum err err = keytable_walk_init(&walk, persons);

    trial.parents = calloc(persons->count + 1, sizeof *trial.parents);
    if (err != ERR_OK || places == NULL || trial.parents == NULL) {
        err = ERR_NOMEM;
        goto out;
    }
    walk.meet = meet;
    walk.context = &trial;
    for (uint32_t row = 0; row < persons->count; row++) {
        trial.parents[row] = row;
    }
    for (uint32_t row = 0; row < persons->count; row++) {
        keytable_meetings(table, &walk, row);
    }
    finish(persons, trial.parents, places, &made);
    count_rows(table, persons->count, &made);
    err = evaluate_collisions(persons, policy->rules, &made);
    if (err == ERR_OK) {
        *out = made;
    }
out:
    keytable_walk_done(&walk);
    free(places);
    free(trial.parents);
    return err;
}
