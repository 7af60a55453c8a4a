/* SPDX-License-Identifier: EUPL-1.2 */
/* sein case release: the identity behind a flag, compared by software first. */
#include <string.h>

#include "clients/sein/case.h"
#include "clients/sein/case_work.h"
#include "clients/sein/command.h"
#include "clients/sein/say.h"

/* The linked records of the case; attached ones stay closed. */
static enum exit_code
choose_records(const struct case_work *work, struct record_set *out)
{
    out->count = 0;
    for (size_t i = 0; i < work->file->n_records; i++) {
        const Seinhuis__V1__CaseRecord *record = work->file->records[i];

        if (!record->attached) {
            memcpy(out->items[out->count].bytes, record->header_hash.data, HASH32_LEN);
            out->count++;
        }
    }
    if (out->count < 2 || record_set_sort(out) != ERR_OK) {
        say_error("CASE", _("See 'sein case direct' for danger now or consent to contact."),
                  _("This case has no two linked signals; nothing can be released."));
        return EXIT_CODE_REFUSED;
    }
    return EXIT_CODE_OK;
}

static enum exit_code
ask_release(struct case_work *work, const struct release_request *own)
{
    Seinhuis__V1__ReleaseRequest message;
    struct release_request copy = *own;
    const ProtobufCMessage *reply = NULL;
    struct signature signature;
    enum exit_code code;
    enum err err =
        request_sign_release(&work->keys->member, case_work_tenant(work), own, &signature);

    seinhuis__v1__release_request__init(&message);
    if (err != ERR_OK) {
        return session_say_err(_("Signing failed."), err);
    }
    message.user = case_desk_user(&work->desk);
    message.case_id = case_work_field(work);
    message.member = case_work_config(work)->member;
    message.nonce = (ProtobufCBinaryData) { .len = REQUEST_NONCE_LEN, .data = copy.nonce };
    message.ground = own->ground;
    message.header_hashes = (ProtobufCBinaryData) { .len = copy.records.count * HASH32_LEN,
                                                    .data = copy.records.items[0].bytes };
    message.signature = (ProtobufCBinaryData) { .len = SIGNATURE_LEN, .data = signature.bytes };
    code = case_desk_call(&work->desk, "Release", &message.base, &reply);
    work->released = (const Seinhuis__V1__ReleasedCase *) reply;
    return code;
}

static Seinhuis__V1__Verdict
verdict_of(enum capsule_outcome outcome)
{
    switch (outcome) {
        case CAPSULE_GO_ON:
            return SEINHUIS__V1__VERDICT__VERDICT_CONFIRMED;
        case CAPSULE_CUT:
            return SEINHUIS__V1__VERDICT__VERDICT_REFUSED;
        case CAPSULE_ASK_HUMAN:
            break;
    }
    return SEINHUIS__V1__VERDICT__VERDICT_UNDECIDED;
}

/* Fills one message for each link; the lists have room for all pairs. */
static size_t
fill_links(const struct case_work *work, Seinhuis__V1__ComparedLink *links,
           Seinhuis__V1__ComparedLink **list, struct rid (*rids)[2])
{
    size_t count = 0;

    for (size_t i = 0; i < opening_pair_count(work->opening); i++) {
        const struct opening_pair *pair = opening_pair_at(work->opening, i);

        if (!pair->is_link) {
            continue;
        }
        rids[count][0] = opening_at(work->opening, pair->a)->rid;
        rids[count][1] = opening_at(work->opening, pair->b)->rid;
        seinhuis__v1__compared_link__init(&links[count]);
        links[count].rid_a = (ProtobufCBinaryData) { .len = RID_LEN, .data = rids[count][0].bytes };
        links[count].rid_b = (ProtobufCBinaryData) { .len = RID_LEN, .data = rids[count][1].bytes };
        links[count].verdict = verdict_of(pair->outcome);
        links[count].by_human = pair->is_by_human;
        list[count] = &links[count];
        count++;
    }
    return count;
}

/* Tells the vault the verdicts, and looks at the case again: links that are cut may have changed it. */
static enum exit_code
report_comparison(struct case_work *work)
{
    Seinhuis__V1__ReportComparisonRequest message;
    size_t room = opening_pair_count(work->opening);
    struct arena *arena = &work->desk.arena;
    Seinhuis__V1__ComparedLink *links = arena_array(arena, room, sizeof *links);
    Seinhuis__V1__ComparedLink **list =
        arena_array(arena, room, sizeof(Seinhuis__V1__ComparedLink *));
    struct rid(*rids)[2] = arena_array(arena, room, sizeof *rids);
    const ProtobufCMessage *reply = NULL;
    enum exit_code code;

    seinhuis__v1__report_comparison_request__init(&message);
    if (links == NULL || list == NULL || rids == NULL) {
        return session_say_err(_("Reporting the comparison failed."), ERR_NOMEM);
    }
    message.n_links = fill_links(work, links, list, rids);
    if (message.n_links == 0) {
        return EXIT_CODE_OK;
    }
    message.links = list;
    message.user = case_desk_user(&work->desk);
    message.case_id = case_work_field(work);
    code = case_desk_call(&work->desk, "ReportComparison", &message.base, &reply);
    if (code == EXIT_CODE_OK) {
        work->links_cut = ((const Seinhuis__V1__ReportComparisonResponse *) reply)->links_cut;
        code = case_desk_read(&work->desk, &work->id, &work->file);
    }
    return code;
}

enum exit_code
case_run_release(struct session *session, int argc, char **argv)
{
    static const struct argp_option OPTIONS[] = {
        { .name = "ground",
          .key = CASE_OPTION_WORD,
          .arg = N_("GROUND"),
          .doc = N_("Why the identity is asked for; one of the words of the vocabulary") },
        CASE_DECISION_OPTIONS,
        { .name = NULL }
    };
    static const struct command_syntax SYNTAX = {
        .options = OPTIONS,
        .parse = case_work_parse,
        .args_doc = N_("CASE"),
        .doc = N_("Asks the release gate, with your signature, for the identity behind a case.  "
                  "Software compares the identities first; only those that two sectors confirm "
                  "are shown.  What is not about the same person is cut off unseen."),
    };
    struct case_work work = { .links_cut = 0 };
    struct release_request own = { .ground = 0 };
    const struct term *ground = NULL;
    enum exit_code code;

    command_parse(session, &SYNTAX, argc, argv, &work.options);
    ground = case_work_word(&work, TERM_GROUND, "--ground");
    if (ground == NULL) {
        return EXIT_CODE_USAGE;
    }
    code = case_work_begin(session, &work);
    if (code == EXIT_CODE_OK) {
        code = choose_records(&work, &own.records);
    }
    if (code == EXIT_CODE_OK) {
        own.case_id = work.id;
        own.ground = ground->code;
        randombytes_buf(own.nonce, sizeof own.nonce);
        code = ask_release(&work, &own);
    }
    if (code == EXIT_CODE_OK) {
        code = case_work_take_release(&work, &own);
    }
    if (code == EXIT_CODE_OK) {
        code = report_comparison(&work);
    }
    if (code == EXIT_CODE_OK) {
        code = case_work_show(&work);
    }
    case_work_end(&work);
    return code;
}
