/* SPDX-License-Identifier: EUPL-1.2 */
/* sein audit: what the privacy officer sees and decides. */
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "clients/sein/audit_desk.h"
#include "clients/sein/command.h"
#include "clients/sein/language.h"
#include "clients/sein/listing.h"
#include "clients/sein/say.h"
#include "proto/escrow/request.h"
#include "seinhuis/v1/gate.pb-c.h"

enum { OPTION_GROUND = 'g' };

/* ---- waiting ---- */

static enum exit_code
add_waiting(const struct audit_desk *desk, const Seinhuis__V1__WaitingRecord *record,
            struct listing *listing)
{
    const struct registry_party *party =
        registry_party_by_serial(client_registry(desk->session->client), record->serial);
    char id[2 * CASE_ID_LEN + 1];
    char rid[2 * RID_LEN + 1];
    char time[TIME_TEXT_ROOM];

    if (record->case_id.len != CASE_ID_LEN || record->rid.len != RID_LEN) {
        return session_say_err(_("The gate's answer has not its form."), ERR_MALFORMED);
    }
    bytes_to_hex(record->case_id.data, CASE_ID_LEN, id);
    bytes_to_hex(record->rid.data, RID_LEN, rid);
    time_format(record->asked_at, time);
    listing_text(listing, id);
    listing_text(listing, rid);
    listing_text(listing, party != NULL ? party->name : "?");
    listing_text(listing, time);
    listing_bool(listing, record->approved);
    return EXIT_CODE_OK;
}

static enum exit_code
collect_waiting(struct audit_desk *desk, struct listing *listing)
{
    Seinhuis__V1__ListWaitingRequest message;
    const struct rpc_request request = { .service = &seinhuis__v1__gate__descriptor,
                                         .method = "ListWaiting",
                                         .message = &message.base };
    struct rpc_result result = { .end = RPC_END_OK };
    struct rpc_reader *reader = NULL;
    const ProtobufCMessage *record = NULL;
    size_t mark = arena_mark(&desk->arena);
    enum exit_code code = EXIT_CODE_OK;
    enum err err;

    seinhuis__v1__list_waiting_request__init(&message);
    message.user = audit_desk_user(desk);
    err = rpc_reader_open(desk->channel, &request, &reader);
    if (err != ERR_OK) {
        return session_say_err(_("Asking the gate failed."), err);
    }
    while (code == EXIT_CODE_OK) {
        arena_rewind(&desk->arena, mark);
        if (rpc_reader_next(reader, &desk->arena, &record, &result) != ERR_OK) {
            code = session_say_end(desk->session, desk->service, &result);
            break;
        }
        if (record == NULL) {
            break;
        }
        code = add_waiting(desk, (const Seinhuis__V1__WaitingRecord *) record, listing);
    }
    rpc_reader_close(reader);
    return code;
}

static enum exit_code
run_waiting(struct session *session, int argc, char **argv)
{
    static const struct command_syntax SYNTAX = {
        .doc = N_("Lists the signals that wait for your own yes: only the municipality's own desk "
                  "confirms them.  Approve one with 'sein audit approve CASE RID'."),
    };
    const struct listing_column titles[] = { { "case_id", _("Case") },
                                             { "rid", _("Signal (RID)") },
                                             { "organisation", _("Reported by") },
                                             { "asked_at", _("Asked") },
                                             { "approved", _("Approved") } };
    struct listing *listing = NULL;
    struct audit_desk desk;
    enum exit_code code;
    enum err err;

    command_parse(session, &SYNTAX, argc, argv, NULL);
    code = audit_desk_open(session, ROLE_GATE, &desk);
    if (code != EXIT_CODE_OK) {
        goto out;
    }
    err = listing_new(titles, sizeof titles / sizeof titles[0], &listing);
    if (err == ERR_OK) {
        code = collect_waiting(&desk, listing);
    }
    if (err == ERR_OK && code == EXIT_CODE_OK) {
        err = listing_print(listing, session->is_json, _("No signal waits for you."), stdout);
    }
    if (err != ERR_OK) {
        code = session_say_err(_("Listing failed."), err);
    }
out:
    listing_free(listing);
    audit_desk_done(&desk);
    return code;
}

/* ---- approve ---- */

struct approval {
    const char *case_text;
    const char *rid_text;
    const struct term *ground;
    struct case_id case_id;
    struct rid rid;
};

static error_t
parse_approval(int key, char *arg, struct argp_state *state)
{
    struct approval *approval = state->input;

    switch (key) {
        case OPTION_GROUND:
            approval->ground = term_by_key(TERM_GROUND, arg);
            if (approval->ground == NULL) {
                argp_error(state, _("'%s' is no ground; see 'sein audit approve --help'"), arg);
            }
            return 0;
        case ARGP_KEY_ARG:
            if (approval->rid_text != NULL) {
                return ARGP_ERR_UNKNOWN;
            }
            *(approval->case_text == NULL ? &approval->case_text : &approval->rid_text) = arg;
            return 0;
        case ARGP_KEY_END:
            if (approval->rid_text == NULL || approval->ground == NULL) {
                argp_usage(state);
            }
            return 0;
        default:
            return ARGP_ERR_UNKNOWN;
    }
}

static enum exit_code
approve(struct audit_desk *desk, struct approval *approval)
{
    Seinhuis__V1__ApproveRequest message;
    const struct rpc_request request = { .service = &seinhuis__v1__gate__descriptor,
                                         .method = "Approve",
                                         .message = &message.base };
    struct rpc_result result = { .end = RPC_END_OK };
    const ProtobufCMessage *reply = NULL;

    seinhuis__v1__approve_request__init(&message);
    message.user = audit_desk_user(desk);
    message.case_id = (ProtobufCBinaryData) { .len = CASE_ID_LEN, .data = approval->case_id.bytes };
    message.rid = (ProtobufCBinaryData) { .len = RID_LEN, .data = approval->rid.bytes };
    message.ground = approval->ground->code;
    if (rpc_unary(desk->channel, &request, &desk->arena, &reply, &result) != ERR_OK) {
        return session_say_end(desk->session, desk->service, &result);
    }
    if (!desk->session->is_json) {
        printf("%s\n", _("Approved.  The CMZ team can ask for the release again."));
    }
    return EXIT_CODE_OK;
}

static enum exit_code
run_approve(struct session *session, int argc, char **argv)
{
    static const struct argp_option OPTIONS[] = {
        { .name = "ground",
          .key = OPTION_GROUND,
          .arg = N_("GROUND"),
          .doc = N_("Why; one of coordination, escalation, complex, safety_resident, "
                    "safety_others, safety_child.  It stands in the gate's log") },
        { .name = NULL }
    };
    static const struct command_syntax SYNTAX = {
        .options = OPTIONS,
        .parse = parse_approval,
        .args_doc = N_("CASE RID"),
        .doc = N_("Says yes to the release of one signal in one case, both by their ids as "
                  "'sein audit waiting' lists them."),
    };
    struct approval approval = { .ground = NULL };
    struct audit_desk desk;
    enum exit_code code;

    command_parse(session, &SYNTAX, argc, argv, &approval);
    if (bytes_from_hex(approval.case_text, approval.case_id.bytes, CASE_ID_LEN) != ERR_OK ||
        bytes_from_hex(approval.rid_text, approval.rid.bytes, RID_LEN) != ERR_OK) {
        say_error("CASE RID", _("Copy both from 'sein audit waiting'."),
                  _("An id has 32 hexadecimal digits."));
        return EXIT_CODE_USAGE;
    }
    code = audit_desk_open(session, ROLE_GATE, &desk);
    if (code == EXIT_CODE_OK) {
        code = approve(&desk, &approval);
    }
    audit_desk_done(&desk);
    return code;
}

static const struct command COMMANDS[] = {
    { "verify", N_("prove that a log is whole and only grew"), audit_run_verify },
    { "list", N_("who did what, when, to what, and what was refused"), audit_run_list },
    { "quality", N_("how well the match keys do, and whether to look closer"), audit_run_quality },
    { "waiting", N_("signals that wait for your own yes"), run_waiting },
    { "approve", N_("say yes to one of them"), run_approve },
};

const struct command_group GROUP_AUDIT = {
    "audit", N_("See and prove what was done; for the privacy officer."), COMMANDS,
    sizeof COMMANDS / sizeof COMMANDS[0]
};
