/* SPDX-License-Identifier: EUPL-1.2 */
#include "tools/town/corpus.h"

#include <stdio.h>
#include <string.h>

#include "tools/town/csvtext.h"
#include "tools/town/institutions.h"
#include "tools/town/row.h"

/* The columns that say who somebody is. */
static const struct {
    enum column column;
    const char *key;
} IDENTITY_COLUMNS[] = {
#define IS_IDENTITY(name) (COLUMN_##name >= COLUMN_GIVEN_NAMES && COLUMN_##name <= COLUMN_COUNTRY)
#define IDENTITY_COLUMN(name, key, need, cap, closed)                                              \
    { COLUMN_##name, IS_IDENTITY(name) ? key : NULL },
    COLUMN_MAP(IDENTITY_COLUMN)
#undef IDENTITY_COLUMN
#undef IS_IDENTITY
};

enum { COLUMNS = sizeof IDENTITY_COLUMNS / sizeof IDENTITY_COLUMNS[0] };

struct corpus {
    const struct corpus_config *config;
    struct people people;
    struct csvtext csv;
    struct corpus_figures figures;
};

static void
write_header(struct corpus *corpus)
{
    static const char *const TRUTH[] = { "resident", "household", "kind", "organisation" };

    for (size_t i = 0; i < sizeof TRUTH / sizeof TRUTH[0]; i++) {
        csvtext_field(&corpus->csv, TRUTH[i]);
    }
    for (size_t i = 0; i < COLUMNS; i++) {
        if (IDENTITY_COLUMNS[i].key != NULL) {
            csvtext_field(&corpus->csv, IDENTITY_COLUMNS[i].key);
        }
    }
    csvtext_end_row(&corpus->csv);
}

/* Whether the organisation can know the resident: a corporation knows its own tenants only. */
static bool
can_know(const struct corpus *corpus, const struct org *org, const struct event *event)
{
    const struct resident *resident = &corpus->people.residents[event->resident];
    const struct address *address = people_address_on(&corpus->people, resident, event->observed);

    return org->owner == OWNER_PRIVATE ||
        corpus->people.place.streets[address->street].owner == org->owner;
}

/* An organisation of a sector that has not reported yet, by its usual share of the reports. */
static void
choose_org(const struct corpus *corpus, struct rng *rng, uint32_t sectors_used, struct event *event)
{
    uint8_t weights[ORG_COUNT];

    for (size_t i = 0; i < ORG_COUNT; i++) {
        bool is_used = (sectors_used >> (uint32_t) ORGS[i].sector & 1) != 0;

        weights[i] = is_used || !can_know(corpus, &ORGS[i], event) ? 0 : ORGS[i].weight;
    }
    event->org = (uint8_t) rng_weighted(rng, weights, ORG_COUNT);
}

static void
write_row(struct corpus *corpus, const struct event *event, const struct row *row)
{
    const struct resident *resident = &corpus->people.residents[event->resident];
    const struct household *household = &corpus->people.households[resident->household];

    csvtext_number(&corpus->csv, event->resident);
    csvtext_number(&corpus->csv, resident->household);
    csvtext_field(&corpus->csv, people_kind_key(household->kind));
    csvtext_field(&corpus->csv, ORGS[event->org].key);
    for (size_t i = 0; i < COLUMNS; i++) {
        if (IDENTITY_COLUMNS[i].key != NULL) {
            csvtext_field(&corpus->csv, row->text[IDENTITY_COLUMNS[i].column]);
        }
    }
    csvtext_end_row(&corpus->csv);
    corpus->figures.rows++;
    corpus->figures.with_typing_errors += row->typing_errors > 0;
}

/* The reports on one resident, from a stream of random numbers of its own. */
static enum err
write_resident(struct corpus *corpus, uint32_t resident)
{
    const struct corpus_config *config = corpus->config;
    uint32_t sectors_used = 0;
    struct rng rng;
    char name[40];

    (void) snprintf(name, sizeof name, "corpus/%u", resident);
    rng_init(&rng, config->seed, name);
    for (size_t i = 0; i < config->reports; i++) {
        int32_t day = date_to_days(config->end) - rng_between(&rng, 0, EVENTS_DAYS - 1);
        struct event event = { .resident = resident,
                               .story = STORY_MULTI,
                               .observed = date_from_days(day),
                               .domains = 1,
                               .severity = BAND_MILD,
                               .mode = MODE_ESCROW,
                               .number = (uint32_t) i + 1 };
        struct row row;
        enum err err = ERR_OK;

        choose_org(corpus, &rng, sectors_used, &event);
        sectors_used |= 1U << (uint32_t) ORGS[event.org].sector;
        err = row_make(&rng, &corpus->people, &event, config->typo_permille, &row);
        if (err != ERR_OK) {
            return err;
        }
        /* Not by what the keys need: a row without any counts as missed. */
        if (row.is_described) {
            write_row(corpus, &event, &row);
        } else {
            corpus->figures.unidentifiable++;
        }
    }
    return ERR_OK;
}

enum err
corpus_write(const struct corpus_config *config, const char *folder, const char *name,
             struct corpus_figures *figures)
{
    struct corpus corpus = { .config = config };
    enum err err = ERR_INVALID;

    if (config->reports < 1 || config->reports > CORPUS_REPORTS_MOST) {
        return ERR_INVALID;
    }
    err = people_make_varied(config->seed, config->residents, config->end, &corpus.people);
    if (err != ERR_OK) {
        return err;
    }
    write_header(&corpus);
    for (uint32_t i = 0; err == ERR_OK && i < corpus.people.count; i++) {
        err = write_resident(&corpus, i);
    }
    if (err == ERR_OK) {
        err = csvtext_finish(&corpus.csv, folder, name);
    }
    if (err == ERR_OK) {
        err = institutions_write(&corpus.people, folder, "institutions.yaml");
    }
    if (err == ERR_OK) {
        corpus.figures.residents = corpus.people.count;
        *figures = corpus.figures;
    }
    csvtext_done(&corpus.csv);
    people_done(&corpus.people);
    return err;
}
