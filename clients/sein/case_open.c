/* SPDX-License-Identifier: EUPL-1.2 */
/* sein case open and direct: the content, by two members or as its filer chose. */
#include <stdio.h>

#include "clients/sein/case.h"
#include "clients/sein/case_work.h"
#include "clients/sein/command.h"
#include "clients/sein/listing.h"
#include "clients/sein/say.h"

static enum exit_code
get_released(struct case_work *work)
{
    Seinhuis__V1__GetReleasedRequest message;
    const ProtobufCMessage *reply = NULL;
    enum exit_code code;

    seinhuis__v1__get_released_request__init(&message);
    message.user = case_desk_user(&work->desk);
    message.case_id = case_work_field(work);
    code = case_desk_call(&work->desk, "GetReleased", &message.base, &reply);
    work->released = (const Seinhuis__V1__ReleasedCase *) reply;
    return code;
}

/* Opens the contents with the gate's second half. */
static enum exit_code
take_confirmed(struct case_work *work)
{
    const struct opening_answer given =
        case_work_answer(work->released->confirm_question, work->released->confirm_answer,
                         work->released->confirm_signature);
    enum err err = opening_confirm(work->opening, &given);

    if (err == ERR_AUTH) {
        return case_work_say_untrusted();
    }
    if (err == ERR_EXISTS) {
        say_error("CASE", _("See 'sein case release' for what was decided."),
                  _("A member has decided since that two of the opened signals are not about the "
                    "same person; they are not shown."));
        return EXIT_CODE_REFUSED;
    }
    if (err != ERR_OK) {
        return session_say_err(_("Opening failed."), err);
    }
    work->is_opened = true;
    return EXIT_CODE_OK;
}

/* The vault learns that two are not the same person from a release alone; said here it would be forgotten
 * with this run. */
static enum exit_code
check_wishes(const struct case_work *work)
{
    for (size_t i = 0; i < opening_pair_count(work->opening); i++) {
        const struct opening_pair *pair = opening_pair_at(work->opening, i);

        if (pair->is_by_human && !pair->is_from_before && pair->outcome == CAPSULE_CUT) {
            say_error("--refuse", _("Say it with 'sein case release', which keeps it for good."),
                      _("Opening keeps no decision that two signals are not about the same "
                        "person."));
            return EXIT_CODE_INPUT;
        }
    }
    return EXIT_CODE_OK;
}

/* The one group of records that can be confirmed now. */
static enum exit_code
choose_group(const struct case_work *work, struct record_set *out)
{
    size_t count = opening_group_count(work->opening);

    if (count == 1 && opening_group(work->opening, 0, out) == ERR_OK) {
        return EXIT_CODE_OK;
    }
    if (count > 1) {
        say_error("CASE", _("Decide on the undecided pairs with 'sein case release' first."),
                  _("The confirmed signals fall into several groups."));
    } else {
        say_error("CASE", _("See 'sein case release' for what a person must decide."),
                  _("No identity of this case is confirmed; nothing can be opened."));
    }
    return EXIT_CODE_REFUSED;
}

static enum exit_code
confirm(struct case_work *work)
{
    Seinhuis__V1__ConfirmRequest message;
    struct confirm_request request = { .purpose = 0 };
    const Seinhuis__V1__ConfirmResponse *answer = NULL;
    const ProtobufCMessage *reply = NULL;
    const struct term *purpose = case_work_word(work, TERM_PURPOSE, "--purpose");
    struct signature signature;
    enum exit_code code = EXIT_CODE_USAGE;
    enum err err;

    seinhuis__v1__confirm_request__init(&message);
    if (purpose != NULL) {
        code = choose_group(work, &request.records);
    }
    if (code != EXIT_CODE_OK) {
        return code;
    }
    request.purpose = purpose->code;
    err = opening_release_hash(work->opening, &request.release_answer);
    if (err == ERR_OK) {
        err =
            request_sign_confirm(&work->keys->member, case_work_tenant(work), &request, &signature);
    }
    if (err != ERR_OK) {
        return session_say_err(_("Signing failed."), err);
    }
    message.user = case_desk_user(&work->desk);
    message.case_id = case_work_field(work);
    message.member = case_work_config(work)->member;
    message.purpose = request.purpose;
    message.header_hashes = (ProtobufCBinaryData) { .len = request.records.count * HASH32_LEN,
                                                    .data = request.records.items[0].bytes };
    message.signature = (ProtobufCBinaryData) { .len = SIGNATURE_LEN, .data = signature.bytes };
    code = case_desk_call(&work->desk, "Confirm", &message.base, &reply);
    if (code != EXIT_CODE_OK) {
        return code;
    }
    answer = (const Seinhuis__V1__ConfirmResponse *) reply;
    work->confirmations = answer->confirmations;
    return answer->opened ? EXIT_CODE_OK : EXIT_CODE_PARTLY;
}

static enum exit_code
say_waiting(const struct case_work *work)
{
    json_t *value = NULL;
    enum err err;

    if (!work->desk.session->is_json) {
        printf("%s\n",
               _("Your yes is kept.  The case waits for a second member, who runs the same "
                 "command with the same purpose."));
        return EXIT_CODE_OK;
    }
    value = json_pack("{s:s, s:b, s:I}", "number", work->file->summary->number, "opened", 0,
                      "confirmations", (json_int_t) work->confirmations);
    err = value != NULL ? listing_print_json(value, stdout) : ERR_NOMEM;
    json_decref(value);
    return err == ERR_OK ? EXIT_CODE_OK : session_say_err(_("Printing failed."), err);
}

/* Opens what two members confirmed; else adds this member's yes, which may be the second. */
static enum exit_code
open_case(struct case_work *work)
{
    bool is_open = work->file->summary->state == SEINHUIS__V1__CASE_STATE__CASE_STATE_OPENED;
    enum exit_code code = get_released(work);

    if (code == EXIT_CODE_OK) {
        code = case_work_take_release(work, NULL);
    }
    if (code == EXIT_CODE_OK) {
        code = check_wishes(work);
    }
    if (code == EXIT_CODE_OK && !is_open) {
        code = confirm(work);
        if (code == EXIT_CODE_PARTLY) {
            return say_waiting(work);
        }
        if (code == EXIT_CODE_OK) {
            code = get_released(work);
        }
        if (code == EXIT_CODE_OK) {
            code = case_work_take_release(work, NULL);
        }
        if (code == EXIT_CODE_OK) {
            code = case_desk_read(&work->desk, &work->id, &work->file);
        }
    }
    if (code == EXIT_CODE_OK) {
        code = take_confirmed(work);
    }
    return code == EXIT_CODE_OK ? case_work_show(work) : code;
}

enum exit_code
case_run_open(struct session *session, int argc, char **argv)
{
    static const struct argp_option OPTIONS[] = {
        { .name = "purpose",
          .key = CASE_OPTION_WORD,
          .arg = N_("PURPOSE"),
          .doc = N_("What the content is for; one of the words of the vocabulary.  Not needed to "
                    "look again") },
        CASE_DECISION_OPTIONS,
        { .name = NULL }
    };
    static const struct command_syntax SYNTAX = {
        .options = OPTIONS,
        .parse = case_work_parse,
        .args_doc = N_("CASE"),
        .doc = N_("Says yes to opening a released case, with your signature.  When a second member "
                  "says the same, the content opens and is shown; run it again to look again."),
    };
    struct case_work work = { .links_cut = 0 };
    enum exit_code code;

    command_parse(session, &SYNTAX, argc, argv, &work.options);
    code = case_work_begin(session, &work);
    if (code == EXIT_CODE_OK) {
        code = open_case(&work);
    }
    case_work_end(&work);
    return code;
}

/* ---- direct ---- */

static enum exit_code
open_directly(struct case_work *work)
{
    Seinhuis__V1__GetDirectRequest message;
    const Seinhuis__V1__GetDirectResponse *answer = NULL;
    const ProtobufCMessage *reply = NULL;
    enum exit_code code;
    enum err err;

    seinhuis__v1__get_direct_request__init(&message);
    message.user = case_desk_user(&work->desk);
    message.case_id = case_work_field(work);
    code = case_desk_call(&work->desk, "GetDirect", &message.base, &reply);
    if (code != EXIT_CODE_OK) {
        return code;
    }
    answer = (const Seinhuis__V1__GetDirectResponse *) reply;
    code = case_work_take(work, answer->records, answer->n_records);
    if (code != EXIT_CODE_OK) {
        return code;
    }
    err = opening_direct(work->opening);
    if (err != ERR_OK) {
        return session_say_err(_("Opening failed."), err);
    }
    work->is_opened = true;
    return case_work_show(work);
}

enum exit_code
case_run_direct(struct session *session, int argc, char **argv)
{
    static const struct command_syntax SYNTAX = {
        .parse = case_work_parse,
        .args_doc = N_("CASE"),
        .doc = N_("Opens the signals of a case that were filed as danger now, or with the "
                  "resident's consent to contact.  Each opens by itself; other signals of the case "
                  "stay closed."),
    };
    struct case_work work = { .links_cut = 0 };
    enum exit_code code;

    command_parse(session, &SYNTAX, argc, argv, &work.options);
    code = case_work_begin(session, &work);
    if (code == EXIT_CODE_OK) {
        code = open_directly(&work);
    }
    case_work_end(&work);
    return code;
}
