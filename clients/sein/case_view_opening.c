/* SPDX-License-Identifier: EUPL-1.2 */
/* What was opened of a case. */
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "clients/sein/case_view.h"
#include "clients/sein/case_words.h"
#include "clients/sein/language.h"

/* The fields that a comparison looks at; X(member, key, title). */
#define FIELD_MAP(X)                                                                               \
    X(person_number, "bsn", N_("person number"))                                                   \
    X(first_name, "first_name", N_("first name"))                                                  \
    X(surname, "surname", N_("surname"))                                                           \
    X(birth_date, "date_of_birth", N_("date of birth"))                                            \
    X(sex, "sex", N_("sex"))                                                                       \
    X(address, "address", N_("address"))

/* What an identity shows; X(field of identity.h, title). */
#define IDENTITY_MAP(X)                                                                            \
    X(IDENTITY_PERSON_NUMBER, N_("Person number (BSN)"))                                           \
    X(IDENTITY_GIVEN_NAMES, N_("Given names"))                                                     \
    X(IDENTITY_CALL_NAME, N_("Called"))                                                            \
    X(IDENTITY_INITIALS, N_("Initials"))                                                           \
    X(IDENTITY_BIRTH_NAME, N_("Surname"))                                                          \
    X(IDENTITY_PARTNER_NAME, N_("Other surname"))                                                  \
    X(IDENTITY_BIRTH_DATE, N_("Date of birth"))                                                    \
    X(IDENTITY_SEX, N_("Sex"))                                                                     \
    X(IDENTITY_STREET, N_("Street"))                                                               \
    X(IDENTITY_HOUSE_NUMBER, N_("House number"))                                                   \
    X(IDENTITY_HOUSE_ADDITION, N_("Addition"))                                                     \
    X(IDENTITY_POSTCODE, N_("Postcode"))                                                           \
    X(IDENTITY_TOWN, N_("Town"))

/* What a content shows beside day, domains and awareness; X(member, key, title). */
#define CONTENT_MAP(X)                                                                             \
    X(subject_name, "subject_name", N_("Name as reported"))                                        \
    X(narrative, "narrative", N_("What was seen"))                                                 \
    X(already_tried, "already_tried", N_("What was already tried"))                                \
    X(wishes, "wishes", N_("Wishes and strengths of the resident"))                                \
    X(contact, "contact", N_("Contact at the organisation"))                                       \
    X(consent_reference, "consent_reference", N_("Where the consent is kept"))                     \
    X(reference, "reference", N_("File number at the organisation"))

static const char *const AWARENESS_KEYS[] = { "not_stated", "agrees", "knows", "does_not_know" };
static const char *const AWARENESS[] = { N_("not stated"), N_("the resident agrees"),
                                         N_("the resident knows"),
                                         N_("the resident does not know") };
enum { AWARENESS_COUNT = 4, INDENT = 4 };

bool
case_view_has(const struct case_shown *shown, size_t at)
{
    const struct opening_record *record = opening_at(shown->opening, at);

    for (size_t i = 0; i < shown->file->n_records; i++) {
        if (memcmp(shown->file->records[i]->rid.data, record->rid.bytes, RID_LEN) == 0) {
            return true;
        }
    }
    return false;
}

/* ---- pairs ---- */

static const char *
outcome_words(const struct opening_pair *pair)
{
    switch (pair->outcome) {
        case CAPSULE_GO_ON:
            return pair->is_by_human ? _("the same person, you decided") : _("the same person");
        case CAPSULE_CUT:
            if (pair->is_from_before) {
                return _("not the same person, a member decided before");
            }
            return pair->is_by_human ? _("not the same person, you decided")
                                     : _("not the same person; the link is cut");
        case CAPSULE_ASK_HUMAN:
            return pair->is_link
                ? _("cannot be told; a person must decide")
                : _("they exclude each other, though others link both; a person must decide");
    }
    return "?";
}

static const char *
outcome_key(enum capsule_outcome outcome)
{
    switch (outcome) {
        case CAPSULE_GO_ON:
            return "same";
        case CAPSULE_CUT:
            return "cut";
        case CAPSULE_ASK_HUMAN:
            return "ask";
    }
    return "unknown";
}

static bool
disagrees(enum capsule_agreement agreement)
{
    return agreement == CAPSULE_DIFFERENT || agreement == CAPSULE_CONFLICT;
}

static void
print_fields(const struct capsule_comparison *comparison)
{
    size_t count = 0;

    printf("      %s", _("Fields that disagree:"));
#define FIELD_PRINT(member, key, title)                                                            \
    if (disagrees(comparison->member)) {                                                           \
        printf("%s %s", count++ == 0 ? "" : ",", gettext(title));                                  \
    }
    FIELD_MAP(FIELD_PRINT)
#undef FIELD_PRINT
    printf("%s\n", count == 0 ? _(" none; too little is known") : "");
    if (comparison->address == CAPSULE_SHARED) {
        printf("      %s\n", _("The address is an institution's and does not count."));
    }
}

void
case_view_print_pairs(const struct opening *opening)
{
    if (opening_pair_count(opening) > 0) {
        printf("\n%s\n", _("Comparison of the identities by software:"));
    }
    for (size_t i = 0; i < opening_pair_count(opening); i++) {
        const struct opening_pair *pair = opening_pair_at(opening, i);
        char a[CASE_SIGNAL_ROOM];
        char b[CASE_SIGNAL_ROOM];

        case_signal_name(opening_at(opening, pair->a)->rid.bytes, a);
        case_signal_name(opening_at(opening, pair->b)->rid.bytes, b);
        printf("  %s-%s  %s\n", a, b, outcome_words(pair));
        if (pair->outcome == CAPSULE_ASK_HUMAN) {
            print_fields(&pair->comparison);
        }
        if (pair->holds_group) {
            printf("      %s\n",
                   _("Others join the two all the same; nothing of them opens until one is "
                     "parted from those as well."));
        }
    }
}

/* ---- records ---- */

static void
print_value(const char *title, const char *text)
{
    if (text == NULL || text[0] == '\0') {
        return;
    }
    if (strchr(text, '\n') != NULL) {
        printf("    %s:\n", title);
        case_print_text("      ", text, stdout);
        return;
    }
    printf("    %s: ", title);
    case_print_text("", text, stdout);
}

static void
print_identity(const struct identity *identity)
{
    WIPED(identity_text) struct identity_text text = { .sex = "" };
    struct identity_input input;

    memset(&input, 0, sizeof input);
    identity_as_input(identity, &text, &input);
#define IDENTITY_PRINT(field, title) print_value(gettext(title), input.text[field]);
    IDENTITY_MAP(IDENTITY_PRINT)
#undef IDENTITY_PRINT
}

static void
print_content(const struct report_content *content)
{
    char day[DATE_TEXT_ROOM];
    size_t count = 0;

    date_format(content->observed_on, day);
    print_value(_("Seen on"), day);
    printf("    %s:", _("Life domains"));
    for (size_t i = 0; i < DOMAIN_COUNT; i++) {
        if ((content->domains >> i & 1) != 0) {
            printf("%s %s", count++ == 0 ? "" : ",", case_term_words(TERM_DOMAIN, (uint32_t) i));
        }
    }
    printf("\n");
    if (content->awareness > 0 && content->awareness < AWARENESS_COUNT) {
        print_value(_("Does the resident know"), gettext(AWARENESS[content->awareness]));
    }
#define CONTENT_PRINT(member, key, title) print_value(gettext(title), content->member);
    CONTENT_MAP(CONTENT_PRINT)
#undef CONTENT_PRINT
}

static void
print_fault(const struct opening_record *record)
{
    printf("    %s\n", gettext(opening_fault_text(record->fault)));
    switch (opening_fault_culprit(record->fault)) {
        case OPENING_BY_SIGNER:
            printf("    %s ", _("Tell the privacy officer.  It was signed by:"));
            case_print_text("", record->party->name, stdout);
            break;
        case OPENING_BY_VAULT:
            printf("    %s\n", _("Tell the privacy officer: the vault handed it over like this."));
            break;
        case OPENING_BY_GATE:
            printf("    %s\n", _("Tell the privacy officer: the gate answered like this."));
            break;
        case OPENING_BY_NOBODY:
            printf("    %s\n", _("Add the team key of its quarter to the configuration."));
            break;
    }
}

static void
print_record(const struct case_shown *shown, size_t at)
{
    const struct opening_record *record = opening_at(shown->opening, at);
    bool is_here = case_view_has(shown, at);
    char name[CASE_SIGNAL_ROOM];
    char week[CASE_WEEK_ROOM];

    case_signal_name(record->rid.bytes, name);
    case_week_words(record->week, week);
    printf("\n  %s  %s  %s, %s: %s\n", name, week,
           record->party != NULL ? case_term_words(TERM_SECTOR, record->party->sector) : "?",
           case_term_words(TERM_BAND, record->band),
           is_here ? gettext(opening_state_text(record->state)) : _("no longer in this case"));
    if (record->state == OPENING_DROPPED) {
        print_fault(record);
    }
    if (!is_here || record->party == NULL || opening_identity(shown->opening, at) == NULL) {
        return;
    }
    print_identity(opening_identity(shown->opening, at));
    if (opening_content(shown->opening, at) != NULL) {
        print_value(_("Reported by"), record->party->name);
        print_content(opening_content(shown->opening, at));
    }
}

void
case_view_print_records(const struct case_shown *shown)
{
    printf("\n%s\n", _("Signals:"));
    for (size_t i = 0; i < opening_count(shown->opening); i++) {
        print_record(shown, i);
    }
}

/* ---- JSON ---- */

static json_t *
json_of_rid(const struct rid *rid)
{
    char text[2 * RID_LEN + 1];

    bytes_to_hex(rid->bytes, RID_LEN, text);
    return json_string(text);
}

static json_t *
json_of_pair(const struct opening *opening, const struct opening_pair *pair)
{
    json_t *value = json_pack("{s:o, s:o, s:s, s:b, s:b, s:b, s:b}", "rid_a",
                              json_of_rid(&opening_at(opening, pair->a)->rid), "rid_b",
                              json_of_rid(&opening_at(opening, pair->b)->rid), "outcome",
                              outcome_key(pair->outcome), "is_link", (int) pair->is_link,
                              "by_human", (int) pair->is_by_human, "from_before",
                              (int) pair->is_from_before, "holds_group", (int) pair->holds_group);

    if (pair->outcome == CAPSULE_ASK_HUMAN) {
        json_t *fields = json_array();

#define FIELD_JSON(member, key, title)                                                             \
    if (disagrees(pair->comparison.member)) {                                                      \
        json_array_append_new(fields, json_string(key));                                           \
    }
        FIELD_MAP(FIELD_JSON)
#undef FIELD_JSON
        json_object_set_new(value, "disagree", fields);
    }
    return value;
}

static json_t *
json_of_identity(const struct identity *identity)
{
    WIPED(identity_text) struct identity_text text = { .sex = "" };
    struct identity_input input;
    json_t *value = json_object();

    memset(&input, 0, sizeof input);
    identity_as_input(identity, &text, &input);
#define IDENTITY_JSON(field, title)                                                                \
    if (input.text[field] != NULL && input.text[field][0] != '\0') {                               \
        json_object_set_new(value, identity_field_key(field), json_string(input.text[field]));     \
    }
    IDENTITY_MAP(IDENTITY_JSON)
#undef IDENTITY_JSON
    return value;
}

static json_t *
json_of_content(const struct report_content *content)
{
    json_t *value = json_object();
    json_t *domains = json_array();
    char day[DATE_TEXT_ROOM];

    date_format(content->observed_on, day);
    for (size_t i = 0; i < DOMAIN_COUNT; i++) {
        if ((content->domains >> i & 1) != 0) {
            json_array_append_new(domains, json_string(term_key(TERM_DOMAIN, (uint32_t) i)));
        }
    }
    json_object_set_new(value, "observed_on", json_string(day));
    json_object_set_new(value, "domains", domains);
    json_object_set_new(
        value, "awareness",
        json_string(AWARENESS_KEYS[content->awareness < AWARENESS_COUNT ? content->awareness : 0]));
#define CONTENT_JSON(member, key, title)                                                           \
    json_object_set_new(value, key, json_string(content->member));
    CONTENT_MAP(CONTENT_JSON)
#undef CONTENT_JSON
    return value;
}

static json_t *
json_of_opened(const struct case_shown *shown, size_t at)
{
    const struct opening_record *record = opening_at(shown->opening, at);
    bool is_here = case_view_has(shown, at);
    char monday[DATE_TEXT_ROOM];
    json_t *value;

    date_format(clock_week_first_day(record->week), monday);
    value =
        json_pack("{s:o, s:s, s:s, s:s, s:s, s:s, s:b}", "rid", json_of_rid(&record->rid), "sector",
                  record->party != NULL ? term_key(TERM_SECTOR, record->party->sector) : "unknown",
                  "week_of", monday, "severity", term_key(TERM_BAND, record->band), "mode",
                  term_key(TERM_MODE, record->mode), "state", opening_state_key(record->state),
                  "in_case", (int) is_here);
    if (record->state == OPENING_DROPPED) {
        json_object_set_new(value, "fault", json_string(opening_fault_key(record->fault)));
        json_object_set_new(value, "signer",
                            record->party != NULL ? json_string(record->party->oin) : json_null());
    }
    if (!is_here || record->party == NULL || opening_identity(shown->opening, at) == NULL) {
        return value;
    }
    json_object_set_new(value, "identity", json_of_identity(opening_identity(shown->opening, at)));
    if (opening_content(shown->opening, at) != NULL) {
        json_object_set_new(value, "organisation", json_string(record->party->name));
        json_object_set_new(value, "content", json_of_content(opening_content(shown->opening, at)));
    }
    return value;
}

json_t *
case_view_opening_json(const struct case_shown *shown)
{
    json_t *pairs = json_array();
    json_t *records = json_array();

    for (size_t i = 0; i < opening_pair_count(shown->opening); i++) {
        json_array_append_new(pairs,
                              json_of_pair(shown->opening, opening_pair_at(shown->opening, i)));
    }
    for (size_t i = 0; i < opening_count(shown->opening); i++) {
        json_array_append_new(records, json_of_opened(shown, i));
    }
    return json_pack("{s:o, s:o}", "pairs", pairs, "records", records);
}
