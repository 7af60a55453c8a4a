/* SPDX-License-Identifier: EUPL-1.2 */
/* sein audit quality: how well the match keys do, from the vault's counters. */
#include <stdio.h>

#include "base/clock.h"
#include "clients/sein/audit_desk.h"
#include "clients/sein/command.h"
#include "clients/sein/language.h"
#include "clients/sein/listing.h"
#include "clients/sein/quality_rule.h"
#include "clients/sein/say.h"
#include "seinhuis/v1/quality.pb-c.h"

enum { SIZES = 6, MONTH_ROOM = 8 };

static const char *const SIZE_KEYS[SIZES] = { "2", "3-4", "5-8", "9-16", "17-32", "33-" };

static enum exit_code
ask(struct audit_desk *desk, const Seinhuis__V1__GetLinkQualityResponse **out)
{
    Seinhuis__V1__GetLinkQualityRequest message;
    const struct rpc_request request = { .service = &seinhuis__v1__quality__descriptor,
                                         .method = "GetLinkQuality",
                                         .message = &message.base };
    struct rpc_result result = { .end = RPC_END_OK };
    const ProtobufCMessage *reply = NULL;
    const Seinhuis__V1__GetLinkQualityResponse *answer = NULL;

    seinhuis__v1__get_link_quality_request__init(&message);
    message.user = audit_desk_user(desk);
    if (rpc_unary(desk->channel, &request, &desk->arena, &reply, &result) != ERR_OK) {
        return session_say_end(desk->session, desk->service, &result);
    }
    answer = (const Seinhuis__V1__GetLinkQualityResponse *) reply;
    for (size_t i = 0; i < answer->n_months; i++) {
        if (answer->months[i]->n_sizes != SIZES || answer->months[i]->month > UINT16_MAX) {
            return session_say_err(_("The vault's answer has not its form."), ERR_MALFORMED);
        }
    }
    if (answer->n_open_sizes != SIZES) {
        return session_say_err(_("The vault's answer has not its form."), ERR_MALFORMED);
    }
    *out = answer;
    return EXIT_CODE_OK;
}

static struct quality_sums
sum_up(struct session *session, const Seinhuis__V1__GetLinkQualityResponse *answer)
{
    struct quality_sums sums = { .largest = answer->open_largest };
    uint16_t now = clock_bucket(date_from_days((int32_t) client_today(session->client)));

    for (size_t i = 0; i < answer->n_months; i++) {
        const Seinhuis__V1__LinkMonth *month = answer->months[i];

        if (month->month + QUALITY_RULE_MONTHS <= now) {
            continue;
        }
        sums.compared += month->compared;
        sums.refused += month->refused;
        sums.undecided += month->undecided;
        sums.overruled += month->overruled;
        sums.largest = month->largest > sums.largest ? month->largest : sums.largest;
    }
    return sums;
}

static void
format_month(const Seinhuis__V1__LinkMonth *month, char out[MONTH_ROOM])
{
    struct date first = clock_bucket_first_day((uint16_t) month->month);
    char day[DATE_TEXT_ROOM];

    date_format(first, day);
    snprintf(out, MONTH_ROOM, "%.7s", day);
}

/* ---- for programs ---- */

static json_t *
sizes_json(const uint32_t *sizes)
{
    json_t *out = json_object();

    for (size_t i = 0; i < SIZES; i++) {
        json_object_set_new(out, SIZE_KEYS[i], json_integer((json_int_t) sizes[i]));
    }
    return out;
}

static json_t *
month_json(const Seinhuis__V1__LinkMonth *month)
{
    char name[MONTH_ROOM];

    format_month(month, name);
    return json_pack(
        "{s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:o}", "month", name, "compared",
        (json_int_t) month->compared, "confirmed", (json_int_t) month->confirmed, "refused",
        (json_int_t) month->refused, "undecided", (json_int_t) month->undecided, "settled_same",
        (json_int_t) month->settled_same, "settled_apart", (json_int_t) month->settled_apart,
        "overruled", (json_int_t) month->overruled, "components", (json_int_t) month->components,
        "largest", (json_int_t) month->largest, "sizes", sizes_json(month->sizes));
}

static enum err
print_json(const Seinhuis__V1__GetLinkQualityResponse *answer, unsigned int reasons)
{
    json_t *months = json_array();
    json_t *words = json_array();
    json_t *whole = NULL;
    enum err err = ERR_NOMEM;

    for (size_t i = 0; i < answer->n_months; i++) {
        json_array_append_new(months, month_json(answer->months[i]));
    }
    for (unsigned int i = 0; i < QUALITY_REASON_COUNT; i++) {
        if ((reasons >> i & 1) != 0) {
            json_array_append_new(words, json_string(quality_reason_key((enum quality_reason) i)));
        }
    }
    whole = json_pack("{s:b, s:o, s:o, s:o, s:I}", "look", reasons != 0, "reasons", words, "months",
                      months, "open_sizes", sizes_json(answer->open_sizes), "open_largest",
                      (json_int_t) answer->open_largest);
    if (whole != NULL && json_array_size(months) == answer->n_months) {
        err = listing_print_json(whole, stdout);
    }
    json_decref(whole);
    return err;
}

/* ---- for people ---- */

static enum err
print_months(const Seinhuis__V1__GetLinkQualityResponse *answer)
{
    const struct listing_column titles[] = { { "month", _("Month") },
                                             { "compared", _("Links compared") },
                                             { "confirmed", _("Confirmed") },
                                             { "refused", _("Refused") },
                                             { "undecided", _("Undecided") },
                                             { "settled_same", _("then one person") },
                                             { "settled_apart", _("then two") },
                                             { "overruled", _("Overruled") },
                                             { "largest", _("Largest component") } };
    struct listing *listing = NULL;
    enum err err = listing_new(titles, sizeof titles / sizeof titles[0], &listing);

    for (size_t i = 0; err == ERR_OK && i < answer->n_months; i++) {
        const Seinhuis__V1__LinkMonth *month = answer->months[i];
        char name[MONTH_ROOM];

        format_month(month, name);
        listing_text(listing, name);
        listing_number(listing, month->compared);
        listing_number(listing, month->confirmed);
        listing_number(listing, month->refused);
        listing_number(listing, month->undecided);
        listing_number(listing, month->settled_same);
        listing_number(listing, month->settled_apart);
        listing_number(listing, month->overruled);
        listing_number(listing, month->largest);
    }
    if (err == ERR_OK) {
        err = listing_print(listing, false, _("No link has been compared yet."), stdout);
    }
    listing_free(listing);
    return err;
}

static enum err
print_words(const Seinhuis__V1__GetLinkQualityResponse *answer, unsigned int reasons)
{
    enum err err = print_months(answer);

    if (err != ERR_OK) {
        return err;
    }
    printf("\n%s", _("Open cases by their linked signals:"));
    for (size_t i = 0; i < SIZES; i++) {
        printf("  %s: %u", SIZE_KEYS[i], answer->open_sizes[i]);
    }
    printf("\n\n");
    if (reasons == 0) {
        printf("%s\n", _("Nothing in the last three months calls for a closer look."));
    }
    for (unsigned int i = 0; i < QUALITY_REASON_COUNT; i++) {
        if ((reasons >> i & 1) != 0) {
            printf("%s %s\n", _("Look closer."),
                   gettext(quality_reason_text((enum quality_reason) i)));
        }
    }
    return ERR_OK;
}

enum exit_code
audit_run_quality(struct session *session, int argc, char **argv)
{
    static const struct command_syntax SYNTAX = {
        .doc = N_("Shows how well the match keys do: what became of the links that were compared, "
                  "by month, and whether that calls for a closer look.  Counters of the vault, "
                  "without anything of a person or a case."),
    };
    const Seinhuis__V1__GetLinkQualityResponse *answer = NULL;
    struct quality_sums sums;
    struct audit_desk desk;
    enum exit_code code;
    enum err err;

    command_parse(session, &SYNTAX, argc, argv, NULL);
    code = audit_desk_open(session, ROLE_VAULT, &desk);
    if (code == EXIT_CODE_OK) {
        code = ask(&desk, &answer);
    }
    if (code == EXIT_CODE_OK && answer != NULL) {
        sums = sum_up(session, answer);
        err = session->is_json ? print_json(answer, quality_reasons(&sums))
                               : print_words(answer, quality_reasons(&sums));
        code = err == ERR_OK ? EXIT_CODE_OK : session_say_err(_("Printing failed."), err);
    }
    audit_desk_done(&desk);
    return code;
}
