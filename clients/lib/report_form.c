/* SPDX-License-Identifier: EUPL-1.2 */
#include "clients/lib/report_form.h"

#include <stdio.h>
#include <string.h>

#include <unistr.h>

#include "clients/lib/country.h"
#include "clients/lib/matchkeys.h"
#include "proto/escrow/terms.h"
#include "seinhuis/v1/signal.pb-c.h"

enum {
    DEFAULT_RETENTION_MONTHS = 12, /* from the event, unless the registry allows less */
    MONTHS_PER_YEAR = 12,
    OLDEST_YEAR = 2000 /* weeks and buckets count from here */
};

struct column_rule {
    const char *key;
    enum column_need need;
    size_t cap;
    unsigned int closed;
};

static const struct column_rule RULES[COLUMN_COUNT] = {
#define COLUMN_RULE(name, key, need, cap, closed) { key, need, cap, closed },
    COLUMN_MAP(COLUMN_RULE)
#undef COLUMN_RULE
};

/* The identity's field that a column gives; IDENTITY_FIELD_COUNT: none. */
static enum identity_field
identity_field_of(enum column column)
{
    for (int field = 0; field < IDENTITY_FIELD_COUNT; field++) {
        if (strcmp(identity_field_key((enum identity_field) field), RULES[column].key) == 0) {
            return (enum identity_field) field;
        }
    }
    return IDENTITY_FIELD_COUNT;
}

const char *
report_reason_text(enum report_reason reason)
{
    switch (reason) {
#define REPORT_REASON_CASE(code, text)                                                             \
    case code:                                                                                     \
        return text;
        REPORT_REASON_MAP(REPORT_REASON_CASE)
#undef REPORT_REASON_CASE
        case REPORT_REASON_COUNT:
            break;
    }
    return "unknown reason";
}

void
report_problems_add(struct report_problems *problems, enum column column, const char *reason)
{
    if (problems->count < REPORT_PROBLEMS_MAX) {
        problems->list[problems->count++] =
            (struct report_problem) { .field = RULES[column].key, .reason = reason };
    }
}

static void
add(struct report_problems *problems, enum column column, enum report_reason reason)
{
    report_problems_add(problems, column, report_reason_text(reason));
}

const char *
report_column_key(enum column column)
{
    return RULES[column].key;
}

enum err
report_column_by_key(const char *key, size_t len, enum column *out)
{
    for (int column = 0; column < COLUMN_COUNT; column++) {
        if (strlen(RULES[column].key) == len && strncmp(RULES[column].key, key, len) == 0) {
            *out = (enum column) column;
            return ERR_OK;
        }
    }
    return ERR_NOT_FOUND;
}

size_t
report_column_cap(enum column column)
{
    return RULES[column].cap;
}

bool
report_column_is_required(enum column column, const struct report_filer *filer)
{
    if (column == COLUMN_ALREADY_TRIED && filer->sector == SECTOR_HOUSING) {
        return true;
    }
    return RULES[column].need == COLUMN_REQUIRED;
}

bool
report_column_is_open(enum column column, const struct report_filer *filer)
{
    if (column == COLUMN_BSN && !filer->may_use_bsn) {
        return false;
    }
    return (RULES[column].closed & COLUMN_CLOSED_TO(filer->sector)) == 0;
}

static const char *
text_of(const struct report_entry *entry, enum column column)
{
    const char *text = entry->text[column];

    return text != NULL ? text : "";
}

/* UTF-8 without control characters; a narrative may have lines. */
static bool
is_text(enum column column, const char *text)
{
    bool may_have_lines = column == COLUMN_NARRATIVE || column == COLUMN_ALREADY_TRIED ||
        column == COLUMN_WISHES || column == COLUMN_CONTACT;

    if (u8_check((const uint8_t *) text, strlen(text)) != NULL) {
        return false;
    }
    for (; *text != '\0'; text++) {
        unsigned char byte = (unsigned char) *text;
        bool is_line = byte == '\n' || byte == '\r' || byte == '\t';

        if (byte == 0x7f || (byte < 0x20 && !(is_line && may_have_lines))) {
            return false;
        }
    }
    return true;
}

/* Reads a set of life domains: keys with spaces between them. */
static bool
read_domains(const char *text, uint16_t *out, enum report_reason *reason)
{
    uint16_t domains = 0;

    while (*text != '\0') {
        char word[32];
        size_t len = strcspn(text, " ");
        const struct term *term;

        if (len >= sizeof word) {
            *reason = REPORT_DOMAIN_UNKNOWN;
            return false;
        }
        memcpy(word, text, len);
        word[len] = '\0';
        term = term_by_key(TERM_DOMAIN, word);
        if (len > 0 && term == NULL) {
            *reason = REPORT_DOMAIN_UNKNOWN;
            return false;
        }
        if (term != NULL) {
            domains = (uint16_t) (domains | (1u << term->code));
        }
        text += len;
        text += strspn(text, " ");
    }
    if (!term_domains_are_valid(domains)) {
        *reason = domains == DOMAINS_ALL ? REPORT_DOMAIN_ALL : REPORT_MISSING;
        return false;
    }
    *out = domains;
    return true;
}

static void
check_domains(const struct report_filer *filer, const char *text, struct report_problems *problems,
              uint16_t *out)
{
    static const uint16_t HEALTH =
        1u << DOMAIN_MENTAL | 1u << DOMAIN_PHYSICAL | 1u << DOMAIN_ADDICTION;
    enum report_reason reason = REPORT_DOMAIN_UNKNOWN;
    uint16_t domains = 0;

    if (!read_domains(text, &domains, &reason)) {
        add(problems, COLUMN_DOMAINS, reason);
    } else if (filer->sector == SECTOR_HOUSING && (domains & HEALTH) != 0) {
        add(problems, COLUMN_DOMAINS, REPORT_DOMAIN_CLOSED);
    } else {
        *out = domains;
    }
}

static uint16_t
bucket_of(const struct report_filer *filer, struct date observed)
{
    unsigned int months = filer->retention_months < DEFAULT_RETENTION_MONTHS
        ? filer->retention_months
        : DEFAULT_RETENTION_MONTHS;

    return (uint16_t) (clock_bucket(observed) + months);
}

static void
check_observed(const struct report_filer *filer, const char *text, struct date today,
               struct report_problems *problems, struct date *out)
{
    struct date date = { .year = 0 };

    if (date_parse(text, &date) != ERR_OK) {
        add(problems, COLUMN_OBSERVED_ON, REPORT_DATE_FORM);
    } else if (date_to_days(date) > date_to_days(today)) {
        add(problems, COLUMN_OBSERVED_ON, REPORT_DATE_FUTURE);
    } else if (date.year <= OLDEST_YEAR || bucket_of(filer, date) < clock_bucket(today)) {
        add(problems, COLUMN_OBSERVED_ON, REPORT_DATE_OLD);
    } else {
        *out = date;
    }
}

/* One word of the vocabulary; "" yields 'fallback'. */
static uint16_t
check_word(enum term_kind kind, enum column column, const char *text, uint16_t fallback,
           struct report_problems *problems)
{
    const struct term *term = text[0] != '\0' ? term_by_key(kind, text) : NULL;

    if (term == NULL && text[0] != '\0') {
        add(problems, column, REPORT_WORD_UNKNOWN);
    }
    return term != NULL ? term->code : fallback;
}

static uint16_t
check_basis(const struct report_filer *filer, const char *text, struct report_problems *problems)
{
    const struct term *term = term_by_key(TERM_BASIS, text);

    if (term == NULL) {
        add(problems, COLUMN_LEGAL_BASIS, REPORT_WORD_UNKNOWN);
        return 0;
    }
    if (!term_basis_fits(term->code, filer->sector)) {
        add(problems, COLUMN_LEGAL_BASIS, REPORT_BASIS_CLOSED);
        return 0;
    }
    return term->code;
}

static void
check_reference(const char *text, struct report_problems *problems)
{
    static const char CHARACTERS[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-/";

    if (text[strspn(text, CHARACTERS)] != '\0') {
        add(problems, COLUMN_REFERENCE, REPORT_REFERENCE_FORM);
    }
}

static uint8_t
check_informed(const char *text, struct report_problems *problems)
{
    static const struct {
        const char *key;
        uint8_t code;
    } WORDS[] = {
        { "", SEINHUIS__V1__AWARENESS__AWARENESS_UNSPECIFIED },
        { "agrees", SEINHUIS__V1__AWARENESS__AWARENESS_AGREES },
        { "knows", SEINHUIS__V1__AWARENESS__AWARENESS_KNOWS },
        { "does_not_know", SEINHUIS__V1__AWARENESS__AWARENESS_DOES_NOT_KNOW },
    };

    for (size_t i = 0; i < sizeof WORDS / sizeof WORDS[0]; i++) {
        if (strcmp(text, WORDS[i].key) == 0) {
            return WORDS[i].code;
        }
    }
    add(problems, COLUMN_INFORMED, REPORT_WORD_UNKNOWN);
    return 0;
}

/* What holds for every column: open, present, not too long, readable.  True when more can be asked. */
static bool
check_shape(const struct report_filer *filer, enum column column, const char *text,
            struct report_problems *problems)
{
    if (text[0] == '\0') {
        if (report_column_is_required(column, filer)) {
            add(problems, column, REPORT_MISSING);
        }
        return false;
    }
    if (!report_column_is_open(column, filer)) {
        add(problems, column, REPORT_COLUMN_CLOSED);
        return false;
    }
    if (strlen(text) > RULES[column].cap) {
        add(problems, column, REPORT_TOO_LONG);
        return false;
    }
    if (!is_text(column, text)) {
        add(problems, column, REPORT_NOT_TEXT);
        return false;
    }
    return true;
}

/* The checks of one column alone, with what it yields for the form. */
static void
check_column(const struct report_filer *filer, enum column column, const char *text,
             struct date today, struct report_form *form, struct report_problems *problems)
{
    if (!check_shape(filer, column, text, problems)) {
        return;
    }
    switch (column) {
        case COLUMN_REFERENCE:
            check_reference(text, problems);
            break;
        case COLUMN_OBSERVED_ON:
            check_observed(filer, text, today, problems, &form->content.observed_on);
            break;
        case COLUMN_DOMAINS:
            check_domains(filer, text, problems, &form->content.domains);
            break;
        case COLUMN_SEVERITY:
            form->band = (uint8_t) check_word(TERM_BAND, column, text, 0, problems);
            break;
        case COLUMN_LEGAL_BASIS:
            form->legal_basis = check_basis(filer, text, problems);
            break;
        case COLUMN_MODE:
            form->mode = (uint8_t) check_word(TERM_MODE, column, text, MODE_ESCROW, problems);
            break;
        case COLUMN_INFORMED:
            form->content.awareness = check_informed(text, problems);
            break;
        default:
            break;
    }
}

/* What two columns say together. */
static void
check_together(const struct report_entry *entry, const struct report_form *form,
               struct report_problems *problems)
{
    bool rests_on_consent = term_basis_rests_on_consent(form->legal_basis);
    bool has_proof = text_of(entry, COLUMN_CONSENT_REFERENCE)[0] != '\0';

    if (form->mode == MODE_ACUTE && form->band != 0 && form->band != BAND_ACUTE) {
        add(problems, COLUMN_SEVERITY, REPORT_ACUTE_BAND);
    }
    if ((form->mode == MODE_CONSENTED || rests_on_consent) && !has_proof) {
        add(problems, COLUMN_CONSENT_REFERENCE, REPORT_CONSENT_MISSING);
    }
}

static bool
has_problem(const struct report_problems *problems, const char *key)
{
    for (size_t i = 0; i < problems->count; i++) {
        if (strcmp(problems->list[i].field, key) == 0) {
            return true;
        }
    }
    return false;
}

/* Checks and normalises the identity; its first problem is added, unless it is known already. */
static enum err
check_identity(const struct report_filer *filer, const struct report_entry *entry,
               struct date today, struct identity *out, struct report_problems *problems)
{
    struct identity_input input = { .may_use_person_number = filer->may_use_bsn };
    struct identity_refusal refusal = { .field = IDENTITY_SURNAME };
    WIPED(identity) struct identity identity = { .sex = 0 };
    WIPED(matchkeys) struct matchkeys keys = { .count = 0 };
    enum err err;

    for (int column = 0; column < COLUMN_COUNT; column++) {
        enum identity_field field = identity_field_of((enum column) column);

        if (field < IDENTITY_FIELD_COUNT && !has_problem(problems, RULES[column].key)) {
            input.text[field] = entry->text[column];
        }
    }
    err = identity_normalise(&COUNTRY_NL, &input, today, &identity, &refusal);
    if (err == ERR_OK) {
        err = matchkeys_build(&COUNTRY_NL, &identity, &keys, &refusal);
    }
    if (err == ERR_OK) {
        *out = identity;
    }
    if (err == ERR_MALFORMED && !has_problem(problems, identity_field_key(refusal.field)) &&
        problems->count < REPORT_PROBLEMS_MAX) {
        problems->list[problems->count++] =
            (struct report_problem) { .field = identity_field_key(refusal.field),
                                      .reason = identity_reason_text(refusal.reason) };
    }
    return err == ERR_MALFORMED ? ERR_OK : err;
}

/* What can be said of one field of the identity without the others. */
static void
check_identity_field(const struct report_filer *filer, enum column column,
                     enum identity_field field, const char *text, struct date today,
                     struct report_problems *problems)
{
    struct identity_input input = { .may_use_person_number = filer->may_use_bsn };
    struct identity_refusal refusal = { .field = field };
    WIPED(identity) struct identity unused = { .sex = 0 };

    input.text[field] = text;
    if (identity_normalise(&COUNTRY_NL, &input, today, &unused, &refusal) == ERR_MALFORMED &&
        refusal.field == field && refusal.reason != IDENTITY_TOO_FEW) {
        report_problems_add(problems, column, identity_reason_text(refusal.reason));
    }
}

void
report_check_field(const struct report_filer *filer, enum column column, const char *text,
                   struct date today, struct report_problems *problems)
{
    WIPED(report_form) struct report_form unused = { .mode = MODE_ESCROW };
    enum identity_field field = identity_field_of(column);

    check_column(filer, column, text, today, &unused, problems);
    if (problems->count == 0 && field < IDENTITY_FIELD_COUNT) {
        check_identity_field(filer, column, field, text, today, problems);
    }
}

static void
copy_text(char *out, size_t room, const char *text)
{
    snprintf(out, room, "%s", text);
}

/* The name as people of the partner know it: the first of what is there. */
static void
write_subject_name(const struct report_entry *entry, char *out, size_t room)
{
    static const enum column FIRST[] = { COLUMN_CALL_NAME, COLUMN_GIVEN_NAMES, COLUMN_INITIALS };
    static const enum column LAST[] = { COLUMN_SURNAME, COLUMN_BIRTH_SURNAME,
                                        COLUMN_PARTNER_SURNAME };
    const char *first = "";
    const char *last = "";

    for (size_t i = 0; i < sizeof FIRST / sizeof FIRST[0] && first[0] == '\0'; i++) {
        first = text_of(entry, FIRST[i]);
    }
    for (size_t i = 0; i < sizeof LAST / sizeof LAST[0] && last[0] == '\0'; i++) {
        last = text_of(entry, LAST[i]);
    }
    /* The packed message takes 120 bytes; a name is cut between characters. */
    snprintf(out, room < 121 ? room : 121, "%s%s%s", first, first[0] != '\0' ? " " : "", last);
    while (out[0] != '\0' && u8_check((const uint8_t *) out, strlen(out)) != NULL) {
        out[strlen(out) - 1] = '\0';
    }
}

static void
fill_content(const struct report_entry *entry, struct report_content *content)
{
    write_subject_name(entry, content->subject_name, sizeof content->subject_name);
    copy_text(content->narrative, sizeof content->narrative, text_of(entry, COLUMN_NARRATIVE));
    copy_text(content->already_tried, sizeof content->already_tried,
              text_of(entry, COLUMN_ALREADY_TRIED));
    copy_text(content->wishes, sizeof content->wishes, text_of(entry, COLUMN_WISHES));
    copy_text(content->contact, sizeof content->contact, text_of(entry, COLUMN_CONTACT));
    copy_text(content->consent_reference, sizeof content->consent_reference,
              text_of(entry, COLUMN_CONSENT_REFERENCE));
    copy_text(content->reference, sizeof content->reference, text_of(entry, COLUMN_REFERENCE));
}

enum err
report_check(const struct report_filer *filer, const struct report_entry *entry, struct date today,
             struct report_form *out, struct report_problems *problems)
{
    WIPED(report_form) struct report_form form = { .mode = MODE_ESCROW };
    struct report_problems found = { .count = 0 };
    enum err err;

    for (int column = 0; column < COLUMN_COUNT; column++) {
        check_column(filer, (enum column) column, text_of(entry, (enum column) column), today,
                     &form, &found);
    }
    check_together(entry, &form, &found);
    err = check_identity(filer, entry, today, &form.identity, &found);
    if (err != ERR_OK) {
        return err;
    }
    if (found.count > 0) {
        *problems = found;
        return ERR_MALFORMED;
    }
    form.week = clock_week(form.content.observed_on);
    form.bucket = bucket_of(filer, form.content.observed_on);
    fill_content(entry, &form.content);
    *out = form;
    return ERR_OK;
}
