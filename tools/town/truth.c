/* SPDX-License-Identifier: EUPL-1.2 */
#include "tools/town/truth.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "proto/escrow/terms.h"
#include "tools/town/csvtable.h"

/* Copies a field; ERR_MALFORMED when it is absent, empty or too long. */
static enum err
take_text(const struct csvtable *table, size_t row, const char *column, char out[TRUTH_KEY_ROOM])
{
    const char *text = csvtable_get(table, row, column);

    if (text == NULL || text[0] == '\0' || strlen(text) >= TRUTH_KEY_ROOM) {
        return ERR_MALFORMED;
    }
    (void) snprintf(out, TRUTH_KEY_ROOM, "%s", text);
    return ERR_OK;
}

static enum err
take_number(const struct csvtable *table, size_t row, const char *column, uint32_t *out)
{
    const char *text = csvtable_get(table, row, column);

    if (text == NULL || text[0] == '\0' || strlen(text) > 7 ||
        strspn(text, "0123456789") != strlen(text)) {
        return ERR_MALFORMED;
    }
    *out = (uint32_t) strtoul(text, NULL, 10);
    return ERR_OK;
}

static enum err
take_domains(const struct csvtable *table, size_t row, uint16_t *out)
{
    const char *text = csvtable_get(table, row, "domains");
    uint16_t domains = 0;

    while (text != NULL && *text != '\0') {
        char word[TRUTH_KEY_ROOM];
        size_t len = strcspn(text, " ");
        const struct term *term = NULL;

        if (len == 0 || len >= sizeof word) {
            return ERR_MALFORMED;
        }
        memcpy(word, text, len);
        word[len] = '\0';
        term = term_by_key(TERM_DOMAIN, word);
        if (term == NULL) {
            return ERR_MALFORMED;
        }
        domains = (uint16_t) (domains | 1u << term->code);
        text += len + (text[len] == ' ');
    }
    if (domains == 0) {
        return ERR_MALFORMED;
    }
    *out = domains;
    return ERR_OK;
}

static enum err
take_signal(const struct csvtable *table, size_t row, struct truth_signal *out)
{
    struct truth_signal signal = { .week = 0 };
    char sector[TRUTH_KEY_ROOM];
    char day[TRUTH_KEY_ROOM];
    char identifiable[TRUTH_KEY_ROOM];
    struct date date;
    const struct term *term = NULL;

    if (take_text(table, row, "organisation", signal.organisation) != ERR_OK ||
        take_text(table, row, "reference", signal.reference) != ERR_OK ||
        take_text(table, row, "entity", signal.entity) != ERR_OK ||
        take_text(table, row, "sector", sector) != ERR_OK ||
        take_text(table, row, "observed_on", day) != ERR_OK ||
        take_text(table, row, "identifiable", identifiable) != ERR_OK ||
        take_number(table, row, "resident", &signal.resident) != ERR_OK ||
        take_domains(table, row, &signal.domains) != ERR_OK || date_parse(day, &date) != ERR_OK) {
        return ERR_MALFORMED;
    }
    term = term_by_key(TERM_SECTOR, sector);
    if (term == NULL || signal.resident >= TRUTH_MOST) {
        return ERR_MALFORMED;
    }
    signal.sector = term->code;
    signal.week = clock_week(date);
    signal.is_identifiable = strcmp(identifiable, "yes") == 0;
    *out = signal;
    return ERR_OK;
}

static int
compare_signals(const void *left, const void *right)
{
    const struct truth_signal *a = left;
    const struct truth_signal *b = right;
    int order = strcmp(a->organisation, b->organisation);

    return order != 0 ? order : strcmp(a->reference, b->reference);
}

static enum err
read_table(const char *folder, const char *name, struct csvtable **out)
{
    char *path = NULL;
    enum err err = file_join(folder, name, &path);

    if (err == ERR_OK) {
        err = csvtable_read(path, out);
    }
    free(path);
    return err;
}

static enum err
read_signals(const char *folder, struct truth *truth)
{
    struct csvtable *table = NULL;
    enum err err = read_table(folder, "truth.csv", &table);

    if (err != ERR_OK) {
        goto out;
    }
    truth->count = csvtable_rows(table);
    truth->signals = calloc(truth->count + 1, sizeof *truth->signals);
    if (truth->signals == NULL) {
        err = ERR_NOMEM;
        goto out;
    }
    for (size_t i = 0; i < truth->count && err == ERR_OK; i++) {
        err = take_signal(table, i, &truth->signals[i]);
        if (err == ERR_OK && truth->signals[i].resident >= truth->residents) {
            truth->residents = truth->signals[i].resident + 1;
        }
    }
    qsort(truth->signals, truth->count, sizeof *truth->signals, compare_signals);
out:
    csvtable_free(table);
    return err;
}

static enum err
read_orgs(const char *folder, struct truth *truth)
{
    struct csvtable *table = NULL;
    enum err err = read_table(folder, "organisations.csv", &table);

    if (err != ERR_OK) {
        goto out;
    }
    truth->org_count = csvtable_rows(table);
    truth->orgs = calloc(truth->org_count + 1, sizeof *truth->orgs);
    if (truth->orgs == NULL) {
        err = ERR_NOMEM;
        goto out;
    }
    for (size_t i = 0; i < truth->org_count && err == ERR_OK; i++) {
        err = take_text(table, i, "key", truth->orgs[i].key);
        if (err == ERR_OK) {
            err = take_text(table, i, "oin", truth->orgs[i].oin);
        }
    }
out:
    csvtable_free(table);
    return err;
}

enum err
truth_read(const char *folder, struct truth *out, const char **where)
{
    struct truth truth = { .count = 0 };
    enum err err = ERR_OK;

    *where = "truth.csv";
    err = read_signals(folder, &truth);
    if (err == ERR_OK) {
        *where = "organisations.csv";
        err = read_orgs(folder, &truth);
    }
    if (err == ERR_OK) {
        *out = truth;
        truth = (struct truth) { .count = 0 };
    }
    truth_done(&truth);
    return err;
}

void
truth_done(struct truth *truth)
{
    if (truth == NULL) {
        return;
    }
    free(truth->signals);
    free(truth->orgs);
    memset(truth, 0, sizeof *truth);
}

const struct truth_signal *
truth_find(const struct truth *truth, const char *organisation, const char *reference)
{
    struct truth_signal wanted = { .week = 0 };

    for (size_t i = 0; i < truth->org_count; i++) {
        if (strcmp(truth->orgs[i].oin, organisation) == 0) {
            organisation = truth->orgs[i].key;
            break;
        }
    }
    if (strlen(organisation) >= TRUTH_KEY_ROOM || strlen(reference) >= TRUTH_KEY_ROOM) {
        return NULL;
    }
    (void) snprintf(wanted.organisation, TRUTH_KEY_ROOM, "%s", organisation);
    (void) snprintf(wanted.reference, TRUTH_KEY_ROOM, "%s", reference);
    return bsearch(&wanted, truth->signals, truth->count, sizeof *truth->signals, compare_signals);
}
