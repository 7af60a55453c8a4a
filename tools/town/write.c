/* SPDX-License-Identifier: EUPL-1.2 */
#include "tools/town/write.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "tools/town/csvtext.h"
#include "tools/town/institutions.h"
#include "tools/town/row.h"

/* The town while it is written. */
struct writer {
    const struct town_config *config;
    const char *folder;
    char *signals_folder;
    struct people people;
    struct events events;
    struct csvtext truth;
    struct town_figures figures;
};

static const char *const COLUMN_KEYS[] = {
#define COLUMN_KEY(name, key, need, cap, closed) key,
    COLUMN_MAP(COLUMN_KEY)
#undef COLUMN_KEY
};

static void
write_header(struct csvtext *csv, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        csvtext_field(csv, names[i]);
    }
    csvtext_end_row(csv);
}

static void
write_truth(struct writer *writer, const struct event *event, const struct row *row,
            size_t row_number)
{
    const struct org *org = &ORGS[event->org];
    struct csvtext *truth = &writer->truth;

    csvtext_field(truth, org->key);
    csvtext_number(truth, row_number);
    csvtext_field(truth, row->text[COLUMN_REFERENCE]);
    csvtext_field(truth, org_sector_key(org));
    csvtext_field(truth, org->entity);
    csvtext_number(truth, event->resident);
    csvtext_number(truth, writer->people.residents[event->resident].household);
    csvtext_field(truth, row->text[COLUMN_OBSERVED_ON]);
    csvtext_field(truth, row->text[COLUMN_DOMAINS]);
    csvtext_field(truth, row->text[COLUMN_SEVERITY]);
    csvtext_field(truth, row->text[COLUMN_MODE]);
    csvtext_field(truth, events_story_key(event->story));
    csvtext_field(truth, row->is_identifiable ? "yes" : "no");
    csvtext_number(truth, row->typing_errors);
    csvtext_end_row(truth);
}

static void
count_event(struct writer *writer, const struct event *event, const struct row *row)
{
    struct town_figures *figures = &writer->figures;

    figures->signals++;
    figures->identifiable += row->is_identifiable;
    figures->with_typing_errors += row->typing_errors > 0;
    figures->by_org[event->org]++;
    figures->by_mode[event->mode]++;
    figures->by_story[event->story]++;
}

static bool
is_wanted(const struct town_config *config, struct date day)
{
    return date_to_days(day) >= date_to_days(config->from) &&
        date_to_days(day) <= date_to_days(config->until);
}

/* The rows of one organisation.  Each row has a stream of random numbers that depends on its
 * number alone, so that a part of the town is written as the whole would be. */
static enum err
write_org(struct writer *writer, uint8_t org)
{
    struct csvtext csv = { .len = 0 };
    struct row row;
    size_t row_number = 0;
    char name[80];
    enum err err = ERR_OK;

    for (size_t i = 0; i < COLUMN_COUNT; i++) {
        if ((ORGS[org].columns >> i & 1) != 0) {
            csvtext_field(&csv, COLUMN_KEYS[i]);
        }
    }
    csvtext_end_row(&csv);
    for (size_t at = 0; at < writer->events.count; at++) {
        const struct event *event = &writer->events.list[at];
        struct rng rng;

        if (event->org != org || !is_wanted(writer->config, event->observed)) {
            continue;
        }
        (void) snprintf(name, sizeof name, "%s/%u", ORGS[org].key, event->number);
        rng_init(&rng, writer->config->seed, name);
        err = row_make(&rng, &writer->people, event, writer->config->typo_permille, &row);
        if (err != ERR_OK) {
            goto out;
        }
        for (size_t i = 0; i < COLUMN_COUNT; i++) {
            if ((ORGS[org].columns >> i & 1) != 0) {
                csvtext_field(&csv, row.text[i]);
            }
        }
        csvtext_end_row(&csv);
        row_number++;
        write_truth(writer, event, &row, row_number);
        count_event(writer, event, &row);
    }
    (void) snprintf(name, sizeof name, "%s.csv", ORGS[org].key);
    err = csvtext_finish(&csv, writer->signals_folder, name);
out:
    csvtext_done(&csv);
    return err;
}

static enum err
write_signals(struct writer *writer)
{
    static const char *const NAMES[] = { "organisation", "row",          "reference", "sector",
                                         "entity",       "resident",     "household", "observed_on",
                                         "domains",      "severity",     "mode",      "story",
                                         "identifiable", "typing_errors" };
    enum err err = ERR_OK;

    write_header(&writer->truth, NAMES, sizeof NAMES / sizeof NAMES[0]);
    for (uint8_t org = 0; org < ORG_COUNT; org++) {
        err = write_org(writer, org);
        if (err != ERR_OK) {
            return err;
        }
    }
    return csvtext_finish(&writer->truth, writer->folder, "truth.csv");
}

static void
write_surname(struct csvtext *csv, const struct surname *name)
{
    char text[64];

    if (name->core == NULL) {
        csvtext_field(csv, "");
        return;
    }
    (void) snprintf(text, sizeof text, "%s%s%s", name->prefix, name->prefix[0] == '\0' ? "" : " ",
                    name->core);
    csvtext_field(csv, text);
}

static void
write_address(struct csvtext *csv, const struct place *place, const struct address *address)
{
    char postcode[POSTCODE_ROOM];

    place_postcode(place, address, postcode);
    csvtext_field(csv, place->streets[address->street].name);
    csvtext_number(csv, address->number);
    csvtext_field(csv, address->addition);
    csvtext_field(csv, postcode);
    csvtext_field(csv, place_village(place, address));
}

static void
write_resident(struct csvtext *csv, const struct people *people, size_t at)
{
    static const char *const USES[] = { "own", "partner", "partner_own", "own_partner" };
    const struct resident *resident = &people->residents[at];
    const struct household *household = &people->households[resident->household];
    char given[128];
    char date[DATE_TEXT_ROOM] = "";
    char sex[] = { resident->sex, '\0' };
    const char *second = resident->more_given[0];
    const char *third = resident->more_given[1];

    (void) snprintf(given, sizeof given, "%s%s%s%s%s", resident->first.given,
                    second == NULL ? "" : " ", second == NULL ? "" : second,
                    third == NULL ? "" : " ", third == NULL ? "" : third);
    csvtext_number(csv, at);
    csvtext_number(csv, resident->household);
    csvtext_field(csv, people_kind_key(household->kind));
    csvtext_field(csv, given);
    csvtext_field(csv, resident->first.call);
    write_surname(csv, &resident->birth);
    write_surname(csv, &resident->partner);
    csvtext_field(csv, USES[resident->use]);
    csvtext_field(csv, sex);
    date_format(resident->born, date);
    csvtext_field(csv, date);
    csvtext_field(csv, resident->bsn);
    write_address(csv, &people->place, &household->address);
    if (resident->has_moved) {
        date_format(resident->moved_on, date);
        csvtext_field(csv, date);
        write_address(csv, &people->place, &resident->former);
    } else {
        for (int i = 0; i < 6; i++) {
            csvtext_field(csv, "");
        }
    }
    csvtext_end_row(csv);
}

static enum err
write_residents(struct writer *writer)
{
    static const char *const NAMES[] = { "resident",
                                         "household",
                                         "household_kind",
                                         "given_names",
                                         "call_name",
                                         "birth_surname",
                                         "partner_surname",
                                         "surname_in_use",
                                         "sex",
                                         "date_of_birth",
                                         "bsn",
                                         "street",
                                         "house_number",
                                         "house_addition",
                                         "postcode",
                                         "place",
                                         "moved_on",
                                         "former_street",
                                         "former_number",
                                         "former_addition",
                                         "former_postcode",
                                         "former_place" };
    struct csvtext csv = { .len = 0 };

    write_header(&csv, NAMES, sizeof NAMES / sizeof NAMES[0]);
    for (size_t i = 0; i < writer->people.count; i++) {
        write_resident(&csv, &writer->people, i);
    }
    return csvtext_finish(&csv, writer->folder, "residents.csv");
}

static enum err
write_organisations(struct writer *writer)
{
    static const char *const NAMES[] = { "key",     "oin",         "name",
                                         "sector",  "sector_code", "entity",
                                         "is_host", "may_use_bsn", "file" };
    struct csvtext csv = { .len = 0 };
    char file[80];

    write_header(&csv, NAMES, sizeof NAMES / sizeof NAMES[0]);
    for (size_t i = 0; i < ORG_COUNT; i++) {
        const struct org *org = &ORGS[i];

        (void) snprintf(file, sizeof file, "signals/%s.csv", org->key);
        csvtext_field(&csv, org->key);
        csvtext_field(&csv, org->oin);
        csvtext_field(&csv, org->name);
        csvtext_field(&csv, org_sector_key(org));
        csvtext_number(&csv, org->sector);
        csvtext_field(&csv, org->entity);
        csvtext_field(&csv, org->is_host ? "yes" : "no");
        csvtext_field(&csv, org->may_use_bsn ? "yes" : "no");
        csvtext_field(&csv, file);
        csvtext_end_row(&csv);
    }
    return csvtext_finish(&csv, writer->folder, "organisations.csv");
}

static enum err
write_notice(struct writer *writer)
{
    static const char NOTICE[] =
        "Everything in this folder is fictitious.\n"
        "\n"
        "Residents, households, streets, villages, organisations and events were put together by "
        "a\n"
        "program (tools/town) from a seed.  The names are common ones in chance combinations, the\n"
        "numbers (BSN) come from the range 9999xxxxx kept for tests, the OINs begin with "
        "00000099.\n"
        "Any likeness to a person, an address or an organisation is chance.\n"
        "\n"
        "signals/*.csv      what each organisation files (docs/CSV.md)\n"
        "truth.csv          who each row is really about\n"
        "residents.csv      the residents as they are\n"
        "organisations.csv  the organisations, their sectors and OINs\n"
        "\n"
        "Alles in deze map is verzonnen: bewoners, huishoudens, straten, dorpen, organisaties en\n"
        "gebeurtenissen.  Elke gelijkenis met een bestaand persoon of adres berust op toeval.\n";
    char *path = NULL;
    enum err err = file_join(writer->folder, "README", &path);

    if (err == ERR_OK) {
        err = file_replace(path, NOTICE, sizeof NOTICE - 1, 0644);
    }
    free(path);
    return err;
}

static enum err
write_files(struct writer *writer)
{
    enum err err = file_join(writer->folder, "signals", &writer->signals_folder);

    if (err == ERR_OK) {
        err = file_make_folder(writer->signals_folder, 0755);
    }
    if (err == ERR_OK) {
        err = write_notice(writer);
    }
    if (err == ERR_OK) {
        err = write_signals(writer);
    }
    if (err == ERR_OK) {
        err = write_residents(writer);
    }
    if (err == ERR_OK) {
        err = write_organisations(writer);
    }
    if (err == ERR_OK) {
        err = institutions_write(&writer->people, writer->folder, "institutions.yaml");
    }
    return err;
}

enum err
town_write(const struct town_config *config, const char *folder, struct town_figures *figures)
{
    struct writer writer = { .config = config, .folder = folder };
    enum err err = people_make(config->seed, config->residents, config->end, &writer.people);

    if (err != ERR_OK) {
        goto out;
    }
    err = events_make(config->seed, &writer.people, config->end, config->signals, &writer.events);
    if (err != ERR_OK) {
        goto out;
    }
    err = write_files(&writer);
    if (err != ERR_OK) {
        goto out;
    }
    writer.figures.residents = writer.people.count;
    writer.figures.households = writer.people.household_count;
    *figures = writer.figures;
out:
    csvtext_done(&writer.truth);
    free(writer.signals_folder);
    events_done(&writer.events);
    people_done(&writer.people);
    return err;
}
