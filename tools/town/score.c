/* SPDX-License-Identifier: EUPL-1.2 */
#include "tools/town/score.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/file.h"
#include "tools/town/truth.h"

enum { LISTING_CAP = 64 * 1024 * 1024 };

/* What is known of one resident; the signals are a chain of indexes. */
struct person {
    uint32_t first; /* index of a signal plus one; 0: none */
    bool is_reported;
    bool is_real;
    bool is_findable;
    bool is_flagged;
};

struct scorer {
    const struct truth *truth;
    const struct score_policy *policy;
    struct person *persons;
    uint32_t *next; /* by signal: the next of the same resident, plus one */
    struct score score;
};

static bool
is_linked(const struct truth_signal *a, const struct truth_signal *b)
{
    return a->sector != b->sector && strcmp(a->entity, b->entity) != 0;
}

/* Whether, from the week of 'start' on, the resident's signals fulfil the policy. */
static bool
is_real_from(const struct scorer *scorer, const struct person *person,
             const struct truth_signal *start, bool only_identifiable)
{
    unsigned int domains = 0;
    bool has_link = false;

    for (uint32_t at = person->first; at != 0; at = scorer->next[at - 1]) {
        const struct truth_signal *signal = &scorer->truth->signals[at - 1];

        if (signal->week < start->week ||
            signal->week > start->week + scorer->policy->window_weeks ||
            (only_identifiable && !signal->is_identifiable)) {
            continue;
        }
        domains |= signal->domains;
        has_link = has_link || is_linked(start, signal);
    }
    return has_link && (unsigned int) __builtin_popcount(domains) >= scorer->policy->domains;
}

static bool
is_real(const struct scorer *scorer, const struct person *person, bool only_identifiable)
{
    for (uint32_t at = person->first; at != 0; at = scorer->next[at - 1]) {
        const struct truth_signal *start = &scorer->truth->signals[at - 1];

        if ((start->is_identifiable || !only_identifiable) &&
            is_real_from(scorer, person, start, only_identifiable)) {
            return true;
        }
    }
    return false;
}

static void
learn_truth(struct scorer *scorer)
{
    const struct truth *truth = scorer->truth;

    for (size_t i = truth->count; i-- > 0;) {
        struct person *person = &scorer->persons[truth->signals[i].resident];

        scorer->next[i] = person->first;
        person->first = (uint32_t) i + 1;
        person->is_reported = true;
    }
    for (uint32_t i = 0; i < truth->residents; i++) {
        struct person *person = &scorer->persons[i];

        person->is_real = is_real(scorer, person, false);
        person->is_findable = is_real(scorer, person, true);
        scorer->score.residents_reported += person->is_reported;
        scorer->score.really_two_sectors += person->is_real;
        scorer->score.really_findable += person->is_findable;
    }
}

/* The signals of a list of {organisation, reference}; those that the truth does not know are
 * counted. */
static enum err
find_records(struct scorer *scorer, const json_t *list, const struct truth_signal ***out,
             size_t *count)
{
    const struct truth_signal **found = NULL;
    size_t found_count = 0;
    size_t at = 0;
    json_t *item = NULL;

    if (!json_is_array(list)) {
        return ERR_MALFORMED;
    }
    found = calloc(json_array_size(list) + 1, sizeof *found);
    if (found == NULL) {
        return ERR_NOMEM;
    }
    json_array_foreach(list, at, item)
    {
        const char *organisation = json_string_value(json_object_get(item, "organisation"));
        const char *reference = json_string_value(json_object_get(item, "reference"));

        if (organisation == NULL || reference == NULL) {
            free(found);
            return ERR_MALFORMED;
        }
        found[found_count] = truth_find(scorer->truth, organisation, reference);
        if (found[found_count] == NULL) {
            scorer->score.unknown_records++;
        } else {
            found_count++;
        }
    }
    *out = found;
    *count = found_count;
    return ERR_OK;
}

static bool
is_one_resident(const struct truth_signal *const *records, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        if (records[i]->resident != records[0]->resident) {
            return false;
        }
    }
    return true;
}

/* Whether two records of the case are about this resident and of different sectors and entities;
 * notes it. */
static bool
note_links(struct scorer *scorer, const struct truth_signal *const *records, size_t count)
{
    bool has_two_organisations = false;

    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < i; j++) {
            if (strcmp(records[i]->organisation, records[j]->organisation) != 0) {
                has_two_organisations = true;
            }
            if (records[i]->resident == records[j]->resident && is_linked(records[i], records[j])) {
                scorer->persons[records[i]->resident].is_flagged = true;
            }
        }
    }
    return has_two_organisations;
}

static enum err
score_flag(struct scorer *scorer, const json_t *item)
{
    const struct truth_signal **records = NULL;
    size_t count = 0;
    enum err err = find_records(scorer, json_object_get(item, "records"), &records, &count);

    if (err != ERR_OK) {
        return err;
    }
    scorer->score.cases++;
    if (!note_links(scorer, records, count)) {
        scorer->score.cases_of_one_source++;
    } else if (is_one_resident(records, count)) {
        scorer->score.early_flags += !scorer->persons[records[0]->resident].is_real;
    }
    scorer->score.false_flags += !is_one_resident(records, count);
    free(records);
    return ERR_OK;
}

static enum err
score_opened(struct scorer *scorer, const json_t *item)
{
    const json_t *list = json_object_get(item, "opened");
    const struct truth_signal **records = NULL;
    size_t count = 0;
    enum err err = ERR_OK;

    if (list == NULL || json_array_size(list) == 0) {
        return list == NULL || json_is_array(list) ? ERR_OK : ERR_MALFORMED;
    }
    err = find_records(scorer, list, &records, &count);
    if (err != ERR_OK) {
        return err;
    }
    scorer->score.cases_opened++;
    scorer->score.opened_wrong_person += !is_one_resident(records, count);
    free(records);
    return ERR_OK;
}

static enum err
score_listing(struct scorer *scorer, const json_t *cases)
{
    size_t at = 0;
    json_t *item = NULL;

    if (!json_is_array(cases)) {
        return ERR_MALFORMED;
    }
    json_array_foreach(cases, at, item)
    {
        enum err err = score_flag(scorer, item);

        if (err == ERR_OK) {
            err = score_opened(scorer, item);
        }
        if (err != ERR_OK) {
            return err;
        }
    }
    for (uint32_t i = 0; i < scorer->truth->residents; i++) {
        const struct person *person = &scorer->persons[i];

        scorer->score.flagged += person->is_real && person->is_flagged;
        scorer->score.flagged_findable += person->is_findable && person->is_flagged;
    }
    return ERR_OK;
}

static enum err
read_listing(const char *path, json_t **out)
{
    char *text = NULL;
    size_t len = 0;
    json_error_t error;
    enum err err = file_read(path, LISTING_CAP, &text, &len);

    if (err == ERR_OK) {
        *out = json_loadb(text, len, JSON_REJECT_DUPLICATES, &error);
        err = *out == NULL ? ERR_MALFORMED : ERR_OK;
    }
    free(text);
    return err;
}

enum err
score_make(const char *folder, const char *listing, const struct score_policy *policy,
           struct score *out, const char **where)
{
    struct truth truth = { .count = 0 };
    struct scorer scorer = { .truth = &truth, .policy = policy };
    json_t *root = NULL;
    enum err err = truth_read(folder, &truth, where);

    if (err != ERR_OK) {
        goto out;
    }
    *where = "the listing (its form: town score --help)";
    err = read_listing(listing, &root);
    if (err != ERR_OK) {
        goto out;
    }
    scorer.persons = calloc((size_t) truth.residents + 1, sizeof *scorer.persons);
    scorer.next = calloc(truth.count + 1, sizeof *scorer.next);
    if (scorer.persons == NULL || scorer.next == NULL) {
        err = ERR_NOMEM;
        goto out;
    }
    learn_truth(&scorer);
    err = score_listing(&scorer, json_object_get(root, "cases"));
    if (err == ERR_OK) {
        *out = scorer.score;
    }
out:
    json_decref(root);
    free(scorer.persons);
    free(scorer.next);
    truth_done(&truth);
    return err;
}
