/* SPDX-License-Identifier: EUPL-1.2 */
#include "tools/linkage/print.h"

#include <inttypes.h>

#include <jansson.h>

#include "clients/lib/matchkeys.h"

static void
print_figures(const char *name, const struct figures *figures, FILE *out)
{
    fprintf(out, "%-10s %8" PRIu64 " %8" PRIu64 " %8" PRIu64 "  %9.4f %9.4f %9.4f\n", name,
            figures->tp, figures->fp, figures->fn, figures_precision(figures),
            figures_recall(figures), figures_f1(figures));
}

/* "A" or "B" for a type, "?" for none. */
static const char *
tier_of(uint16_t type)
{
    enum matchkey_tier tier = MATCHKEY_TIER_A;

    if (matchkey_tier(type, &tier) != ERR_OK) {
        return "?";
    }
    return tier == MATCHKEY_TIER_A ? "A" : "B";
}

static void
print_keys(const struct evaluation *evaluation, FILE *out)
{
    uint64_t holds_to = evaluation_holds_to(evaluation);

    fprintf(out, "\n%3s %s %8s %8s %8s %7s %10s  %s\n", "key", "t", "rows", "hits", "true", "alone",
            "collision", "made of");
    for (uint16_t type = 1; type < KEYTABLE_TYPES; type++) {
        const struct type_figures *it = &evaluation->types[type];
        struct matchkey_text made_of;

        matchkey_describe(type, &made_of);
        if (it->rows > 0) {
            fprintf(out, "%3u %s %8" PRIu64 " %8" PRIu64 " %8" PRIu64 " %7" PRIu64 " %10.2e  %s\n",
                    type, tier_of(type), it->rows, it->hits, it->true_hits, it->alone,
                    it->collision, made_of.text);
        }
    }
    fprintf(out, "%49s %10.2e\n", "sum", evaluation_collisions(evaluation));
    if (holds_to > 0) {
        fprintf(out, "The sum stays below 1/M^2 for up to M = %" PRIu64 " persons in a vault.\n",
                holds_to);
    } else {
        fputs("The file is too small to tell up to how many persons that is safe.\n", out);
    }
}

static void
print_pairs(const char *name, const struct pair_count *count, const char *what, FILE *out)
{
    fprintf(out, "%-11s %10" PRIu64 " pairs, of which %" PRIu64 " true%s\n", name, count->pairs,
            count->true_pairs, what);
}

/* What becomes of the pairs that share a key. */
static void
print_outcomes(const struct evaluation *evaluation, FILE *out)
{
    const struct figures *capsule = &evaluation->capsule;
    const struct pair_count confirmed = { capsule->tp + capsule->fp, capsule->tp };

    fputc('\n', out);
    print_pairs("confirmed", &confirmed, "", out);
    print_pairs("to a person", &evaluation->asked, "; undecided, with a common key of tier A", out);
    print_pairs("cut", &evaluation->cut, "; refused, or undecided with keys of tier B only", out);
    print_pairs("  refused", &evaluation->refused, "", out);
    fprintf(out, "The team sees %.2f %% of the true pairs: confirmed, or to a person.\n",
            100.0 * figures_recall(&evaluation->kept));
}

void
print_table(const struct persons *persons, const struct keytable *table,
            const struct evaluation *evaluation, FILE *out)
{
    fprintf(out, "%zu rows, %zu keys, %zu rows without any; %" PRIu64 " pairs of one person\n",
            persons->count, table->count, table->keyless, evaluation->true_pairs);
    for (unsigned int i = 0; i < IDENTITY_FIELD_COUNT; i++) {
        if (persons->dropped[i] > 0) {
            fprintf(out, "left out: %zu values of %s\n", persons->dropped[i],
                    identity_field_key((enum identity_field) i));
        }
    }
    if (persons->shortened_dates > 0) {
        fprintf(out, "shortened: %zu dates that do not exist\n", persons->shortened_dates);
    }
    fprintf(out, "\n%-10s %8s %8s %8s  %9s %9s %9s\n", "", "found", "false", "missed", "precision",
            "recall", "F1");
    print_figures("any key", &evaluation->any_key, out);
    print_figures("closure", &evaluation->closure, out);
    print_figures("capsule", &evaluation->capsule, out);
    print_figures("kept", &evaluation->kept, out);
    print_outcomes(evaluation, out);
    print_keys(evaluation, out);
}

static json_t *
figures_json(const struct figures *figures)
{
    return json_pack("{s:I, s:I, s:I, s:f, s:f, s:f}", "tp", (json_int_t) figures->tp, "fp",
                     (json_int_t) figures->fp, "fn", (json_int_t) figures->fn, "precision",
                     figures_precision(figures), "recall", figures_recall(figures), "f1",
                     figures_f1(figures));
}

static json_t *
pairs_json(const struct pair_count *count)
{
    return json_pack("{s:I, s:I}", "pairs", (json_int_t) count->pairs, "true",
                     (json_int_t) count->true_pairs);
}

/* Null where the file cannot tell. */
static json_t *
holds_to_json(const struct evaluation *evaluation)
{
    uint64_t holds_to = evaluation_holds_to(evaluation);

    return holds_to > 0 ? json_integer((json_int_t) holds_to) : json_null();
}

static json_t *
keys_json(const struct evaluation *evaluation)
{
    json_t *list = json_array();

    for (uint16_t type = 1; type < KEYTABLE_TYPES && list != NULL; type++) {
        const struct type_figures *it = &evaluation->types[type];
        struct matchkey_text made_of;
        json_t *key;

        if (it->rows == 0) {
            continue;
        }
        matchkey_describe(type, &made_of);
        key = json_pack("{s:i, s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:f}", "type", (int) type, "name",
                        matchkey_name(type), "tier", tier_of(type), "made_of", made_of.text, "rows",
                        (json_int_t) it->rows, "hits", (json_int_t) it->hits, "true_hits",
                        (json_int_t) it->true_hits, "alone", (json_int_t) it->alone,
                        "collision_probability", it->collision);
        if (json_array_append_new(list, key) != 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

enum err
print_json(const struct persons *persons, const struct keytable *table,
           const struct evaluation *evaluation, FILE *out)
{
    json_t *root = json_pack(
        "{s:I, s:I, s:I, s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:I, s:I, s:I, s:I, s:f, s:o, s:o}",
        "rows", (json_int_t) persons->count, "keys", (json_int_t) table->count, "rows_without_key",
        (json_int_t) table->keyless, "true_pairs", (json_int_t) evaluation->true_pairs, "any_key",
        figures_json(&evaluation->any_key), "closure", figures_json(&evaluation->closure),
        "capsule", figures_json(&evaluation->capsule), "kept", figures_json(&evaluation->kept),
        "asked", pairs_json(&evaluation->asked), "cut", pairs_json(&evaluation->cut), "undecided",
        (json_int_t) evaluation->undecided.pairs, "undecided_true",
        (json_int_t) evaluation->undecided.true_pairs, "refused",
        (json_int_t) evaluation->refused.pairs, "refused_true",
        (json_int_t) evaluation->refused.true_pairs, "collision_probability",
        evaluation_collisions(evaluation), "holds_to_persons", holds_to_json(evaluation),
        "key_list", keys_json(evaluation));
    int written = -1;

    if (root == NULL) {
        return ERR_NOMEM;
    }
    written = json_dumpf(root, out, JSON_INDENT(2) | JSON_REAL_PRECISION(6));
    json_decref(root);
    return written == 0 && fputc('\n', out) != EOF ? ERR_OK : ERR_IO;
}
