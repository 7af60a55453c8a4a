/* SPDX-License-Identifier: EUPL-1.2 */
/* A flagged case, de-identified. */
#include "clients/sein/case_view.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "clients/sein/case_words.h"
#include "clients/sein/language.h"

static void
print_head(const Seinhuis__V1__Case *file)
{
    const Seinhuis__V1__CaseSummary *summary = file->summary;
    char id[2 * CASE_ID_LEN + 1];
    char flags[CASE_FLAGS_ROOM];
    char time[TIME_TEXT_ROOM];

    bytes_to_hex(summary->case_id.data, CASE_ID_LEN, id);
    case_flags_words(summary->flags, flags);
    case_print_text(_("Case "), summary->number, stdout);
    printf(_("  Id: %s\n"), id);
    printf(_("  State: %s\n"), case_state_words((int) summary->state));
    printf(_("  Flags: %s\n"), flags);
    time_format(summary->flagged_at, time);
    printf(_("  Flagged: %s\n"), time);
    if (summary->triage_before != 0) {
        time_format(summary->triage_before, time);
        printf(_("  To be judged before: %s\n"), time);
    }
    if (summary->domains > 0) {
        printf(_("  Different life domains: %u\n"), summary->domains);
    } else {
        printf("%s\n", _("  Different life domains: not known yet"));
    }
    if (file->confirmations > 0) {
        printf(_("  Members who said yes to opening: %u\n"), file->confirmations);
    }
    if (file->close_reason[0] != '\0') {
        case_print_text(_("  Closed because: "), file->close_reason, stdout);
    }
}

static void
print_signals(const Seinhuis__V1__Case *file)
{
    printf("\n%s\n", _("Signals:"));
    for (size_t i = 0; i < file->n_records; i++) {
        const Seinhuis__V1__CaseRecord *record = file->records[i];
        char name[CASE_SIGNAL_ROOM];
        char week[CASE_WEEK_ROOM];

        case_signal_name(record->rid.data, name);
        case_week_words(record->week, week);
        printf("  %s  %s  %s, %s", name, week, case_term_words(TERM_SECTOR, record->sector),
               case_term_words(TERM_BAND, record->severity));
        if (record->mode != MODE_ESCROW) {
            printf("; %s", case_term_words(TERM_MODE, record->mode));
        }
        if (record->attached) {
            printf("; %s", _("counts for dates and severity only"));
        }
        printf("\n");
    }
}

static void
print_explanation(const Seinhuis__V1__Explanation *why)
{
    char words[CASE_RULE_ROOM];

    printf("  - %s\n", case_term_words(TERM_FLAG, why->flag));
    if (case_rule_words(why->rule, why->raised, why->numbers, why->n_numbers, words)) {
        printf("    %s\n", words);
    } else {
        case_print_text("    ", why->text, stdout);
    }
    if (why->raised && why->n_rids > 0) {
        printf("    %s", _("It rests on:"));
        for (size_t i = 0; i < why->n_rids; i++) {
            char name[CASE_SIGNAL_ROOM];

            case_signal_name(why->rids[i].data, name);
            printf(" %s", name);
        }
        printf("\n");
    }
}

static void
print_explanations(const Seinhuis__V1__Case *file, bool is_raised, const char *title)
{
    bool is_first = true;

    for (size_t i = 0; i < file->n_explanations; i++) {
        if ((file->explanations[i]->raised != 0) != is_raised) {
            continue;
        }
        if (is_first) {
            printf("\n%s\n", title);
            is_first = false;
        }
        print_explanation(file->explanations[i]);
    }
}

void
case_view_print(const Seinhuis__V1__Case *file)
{
    print_head(file);
    print_signals(file);
    print_explanations(file, true, _("Why it is shown:"));
    print_explanations(file, false, _("What was looked at and does not hold:"));
    if (file->n_explanations > 0) {
        printf("\n");
        case_print_text(_("By policy "), file->explanations[0]->policy, stdout);
    }
}

/* ---- JSON ---- */

static json_t *
json_of_hex(const ProtobufCBinaryData *data)
{
    char text[2 * HASH32_LEN + 1];

    if (data->len > HASH32_LEN) {
        return json_null();
    }
    bytes_to_hex(data->data, data->len, text);
    return json_string(text);
}

static json_t *
json_of_time(uint64_t time)
{
    char text[TIME_TEXT_ROOM];

    if (time == 0) {
        return json_null();
    }
    time_format(time, text);
    return json_string(text);
}

static json_t *
json_of_flags(uint32_t flags)
{
    json_t *list = json_array();

    for (size_t i = 0; i < term_count(TERM_FLAG); i++) {
        const struct term *term = term_at(TERM_FLAG, i);

        if ((flags & term->code) != 0) {
            json_array_append_new(list, json_string(term->key));
        }
    }
    return list;
}

static json_t *
json_of_record(const Seinhuis__V1__CaseRecord *record)
{
    char monday[DATE_TEXT_ROOM];

    date_format(clock_week_first_day((uint16_t) record->week), monday);
    return json_pack("{s:o, s:s, s:s, s:s, s:s, s:b, s:I, s:o}", "rid", json_of_hex(&record->rid),
                     "sector", term_key(TERM_SECTOR, record->sector), "week_of", monday, "severity",
                     term_key(TERM_BAND, record->severity), "mode",
                     term_key(TERM_MODE, record->mode), "attached", (int) record->attached,
                     "bucket", (json_int_t) record->bucket, "header_hash",
                     json_of_hex(&record->header_hash));
}

static json_t *
json_of_explanation(const Seinhuis__V1__Explanation *why)
{
    json_t *rids = json_array();
    json_t *numbers = json_array();

    for (size_t i = 0; i < why->n_rids; i++) {
        json_array_append_new(rids, json_of_hex(&why->rids[i]));
    }
    for (size_t i = 0; i < why->n_numbers; i++) {
        json_array_append_new(numbers, json_integer((json_int_t) why->numbers[i]));
    }
    return json_pack("{s:s, s:s, s:s, s:s, s:b, s:o, s:o}", "flag", term_key(TERM_FLAG, why->flag),
                     "policy", why->policy, "rule", why->rule, "text", why->text, "raised",
                     (int) why->raised, "rids", rids, "numbers", numbers);
}

json_t *
case_view_json(const Seinhuis__V1__Case *file)
{
    const Seinhuis__V1__CaseSummary *summary = file->summary;
    json_t *records = json_array();
    json_t *explanations = json_array();

    for (size_t i = 0; i < file->n_records; i++) {
        json_array_append_new(records, json_of_record(file->records[i]));
    }
    for (size_t i = 0; i < file->n_explanations; i++) {
        json_array_append_new(explanations, json_of_explanation(file->explanations[i]));
    }
    return json_pack("{s:o, s:s, s:s, s:o, s:o, s:o, s:o, s:I, s:I, s:s, s:o, s:o}", "case_id",
                     json_of_hex(&summary->case_id), "number", summary->number, "state",
                     case_state_word_key((int) summary->state), "flags",
                     json_of_flags(summary->flags), "flagged_at", json_of_time(summary->flagged_at),
                     "changed_at", json_of_time(summary->changed_at), "triage_before",
                     json_of_time(summary->triage_before), "domains", (json_int_t) summary->domains,
                     "confirmations", (json_int_t) file->confirmations, "close_reason",
                     file->close_reason, "records", records, "explanations", explanations);
}
