/* SPDX-License-Identifier: EUPL-1.2 */
#include "clients/sein/case_desk.h"

#include <string.h>

#include "base/bytes.h"
#include "base/keyfile.h"
#include "clients/lib/team_key.h"
#include "clients/sein/language.h"
#include "clients/sein/say.h"

enum { DESK_ARENA = 8 * 1024 * 1024, STREAM_ARENA = 16 * 1024 };

enum exit_code
case_desk_open(struct session *session, struct case_desk *out)
{
    const struct registry_party *party = NULL;
    enum exit_code code;
    enum err err;

    *out = (struct case_desk) { .session = session };
    code = session_open_as(session, ROLE_CMZ, &party);
    if (code == EXIT_CODE_OK) {
        code = session_channel(session, ROLE_VAULT, &out->vault);
    }
    if (code != EXIT_CODE_OK) {
        return code;
    }
    err = arena_init(&out->arena, DESK_ARENA);
    return err == ERR_OK ? EXIT_CODE_OK : session_say_err(_("Starting failed."), err);
}

void
case_desk_done(struct case_desk *desk)
{
    arena_done(&desk->arena);
    desk->vault = NULL;
}

char *
case_desk_user(const struct case_desk *desk)
{
    return client_config(desk->session->client)->user;
}

enum exit_code
case_desk_call(struct case_desk *desk, const char *method, const ProtobufCMessage *message,
               const ProtobufCMessage **reply)
{
    const struct rpc_request request = { .service = &seinhuis__v1__review__descriptor,
                                         .method = method,
                                         .message = message };
    struct rpc_result result = { .end = RPC_END_OK };

    if (rpc_unary(desk->vault, &request, &desk->arena, reply, &result) != ERR_OK) {
        return session_say_end(desk->session, ROLE_VAULT, &result);
    }
    return EXIT_CODE_OK;
}

enum exit_code
case_desk_stream(struct case_desk *desk, const char *method, const ProtobufCMessage *message,
                 uint32_t deadline_ms,
                 enum exit_code (*each)(void *context, const Seinhuis__V1__CaseSummary *summary),
                 void *context)
{
    const struct rpc_request request = { .service = &seinhuis__v1__review__descriptor,
                                         .method = method,
                                         .message = message,
                                         .deadline_ms = deadline_ms };
    struct rpc_result result = { .end = RPC_END_OK };
    struct rpc_reader *reader = NULL;
    struct arena arena = { .base = NULL };
    const ProtobufCMessage *summary = NULL;
    enum exit_code code = EXIT_CODE_OK;
    enum err err = arena_init(&arena, STREAM_ARENA);

    if (err == ERR_OK) {
        err = rpc_reader_open(desk->vault, &request, &reader);
    }
    if (err != ERR_OK) {
        code = session_say_err(_("Asking the vault failed."), err);
    }
    while (code == EXIT_CODE_OK && reader != NULL) {
        arena_reset(&arena, STREAM_ARENA);
        if (rpc_reader_next(reader, &arena, &summary, &result) != ERR_OK) {
            if (result.end != RPC_END_DEADLINE || deadline_ms == 0) {
                code = session_say_end(desk->session, ROLE_VAULT, &result);
            }
            break;
        }
        if (summary == NULL) {
            break;
        }
        code = each(context, (const Seinhuis__V1__CaseSummary *) summary);
    }
    rpc_reader_close(reader);
    arena_done(&arena);
    return code;
}

struct search {
    const char *number;
    struct case_id id;
    bool is_found;
};

static enum exit_code
match_number(void *context, const Seinhuis__V1__CaseSummary *summary)
{
    struct search *search = context;

    if (summary->case_id.len == CASE_ID_LEN && strcmp(summary->number, search->number) == 0) {
        memcpy(search->id.bytes, summary->case_id.data, CASE_ID_LEN);
        search->is_found = true;
    }
    return EXIT_CODE_OK;
}

enum exit_code
case_desk_find(struct case_desk *desk, const char *text, struct case_id *out)
{
    Seinhuis__V1__ListCasesRequest message;
    struct search search = { .number = text };
    enum exit_code code;

    seinhuis__v1__list_cases_request__init(&message);
    if (bytes_from_hex(text, out->bytes, CASE_ID_LEN) == ERR_OK) {
        return EXIT_CODE_OK;
    }
    message.user = case_desk_user(desk);
    message.include_closed = true;
    code = case_desk_stream(desk, "ListCases", &message.base, 0, match_number, &search);
    if (code == EXIT_CODE_OK && !search.is_found) {
        say_error("CASE", _("See 'sein case list --all'."), _("There is no case %s."), text);
        return EXIT_CODE_INPUT;
    }
    *out = search.id;
    return code;
}

/* What a printed case rests on: lengths that the message itself does not bound. */
static bool
is_whole(const Seinhuis__V1__Case *file)
{
    if (file->summary == NULL || file->summary->case_id.len != CASE_ID_LEN ||
        file->n_records > OPENING_RECORDS_MAX) {
        return false;
    }
    for (size_t i = 0; i < file->n_records; i++) {
        if (file->records[i]->rid.len != RID_LEN || file->records[i]->week > UINT16_MAX ||
            file->records[i]->header_hash.len != HASH32_LEN) {
            return false;
        }
    }
    for (size_t i = 0; i < file->n_explanations; i++) {
        for (size_t j = 0; j < file->explanations[i]->n_rids; j++) {
            if (file->explanations[i]->rids[j].len != RID_LEN) {
                return false;
            }
        }
    }
    return true;
}

enum exit_code
case_desk_read(struct case_desk *desk, const struct case_id *id, const Seinhuis__V1__Case **out)
{
    Seinhuis__V1__GetCaseRequest message;
    struct case_id copy = *id;
    const ProtobufCMessage *reply = NULL;
    enum exit_code code;

    seinhuis__v1__get_case_request__init(&message);
    message.user = case_desk_user(desk);
    message.case_id = (ProtobufCBinaryData) { .len = CASE_ID_LEN, .data = copy.bytes };
    code = case_desk_call(desk, "GetCase", &message.base, &reply);
    if (code != EXIT_CODE_OK) {
        return code;
    }
    if (!is_whole((const Seinhuis__V1__Case *) reply)) {
        return session_say_err(_("The vault's answer has not its form."), ERR_MALFORMED);
    }
    *out = (const Seinhuis__V1__Case *) reply;
    return EXIT_CODE_OK;
}

static enum exit_code
say_key(const char *field, const char *path, enum err err)
{
    if (err == ERR_AUTH) {
        say_error(field, _("Use the file that was wrapped for you."),
                  _("%s: wrapped for another member."), path);
        return EXIT_CODE_INPUT;
    }
    say_error(field, _("Check the file and its rights (mode 0600)."), "%s: %s.", path,
              gettext(err_text(err)));
    return err == ERR_NOMEM ? EXIT_CODE_FAILED : EXIT_CODE_INPUT;
}

enum exit_code
case_desk_keys(struct case_desk *desk, struct case_keys *out)
{
    const struct client_config *config = client_config(desk->session->client);
    enum err err;

    if (config->member == NULL || config->member_key == NULL || config->team_keys_count == 0 ||
        config->team_keys_count > OPENING_TEAM_KEYS_MAX) {
        say_error("member", _("Name 'member', 'member_key' and 'team_keys' in the configuration."),
                  _("The configuration does not say which member of the CMZ team you are."));
        return EXIT_CODE_INPUT;
    }
    err = keyfile_read(config->member_key, "member", out->member.bytes, sizeof out->member.bytes);
    if (err != ERR_OK) {
        return say_key("member_key", config->member_key, err);
    }
    for (size_t i = 0; i < config->team_keys_count; i++) {
        err = team_key_unwrap(config->team_keys[i], &out->member, &out->team[i]);
        if (err != ERR_OK) {
            return say_key("team_keys", config->team_keys[i], err);
        }
    }
    out->team_count = config->team_keys_count;
    return EXIT_CODE_OK;
}
