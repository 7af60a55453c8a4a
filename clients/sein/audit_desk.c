/* SPDX-License-Identifier: EUPL-1.2 */
#include "clients/sein/audit_desk.h"

#include <string.h>

#include "clients/sein/language.h"
#include "clients/sein/say.h"
#include "proto/wire/decode.h"
#include "seinhuis/v1/oversight.pb-c.h"

enum { DESK_ARENA = 512 * 1024 };

struct service_word {
    const char *word;
    enum party_role role;
};

static const struct service_word SERVICES[] = {
    { "vault", ROLE_VAULT },
    { "gate", ROLE_GATE },
    { "pseudonym", ROLE_PSEUDONYM_SERVICE },
};

bool
audit_desk_service(const char *word, enum party_role *out)
{
    for (size_t i = 0; i < sizeof SERVICES / sizeof SERVICES[0]; i++) {
        if (strcmp(SERVICES[i].word, word) == 0) {
            *out = SERVICES[i].role;
            return true;
        }
    }
    return false;
}

const char *
audit_desk_word(enum party_role service)
{
    for (size_t i = 0; i < sizeof SERVICES / sizeof SERVICES[0]; i++) {
        if (SERVICES[i].role == service) {
            return SERVICES[i].word;
        }
    }
    return "unknown";
}

enum exit_code
audit_desk_open(struct session *session, enum party_role service, struct audit_desk *out)
{
    const struct registry_party *party = NULL;
    enum exit_code code;
    enum err err;

    *out = (struct audit_desk) { .session = session, .service = service };
    code = session_open_as(session, ROLE_OFFICER, &party);
    if (code == EXIT_CODE_OK) {
        code = session_channel(session, service, &out->channel);
    }
    if (code != EXIT_CODE_OK) {
        return code;
    }
    err = arena_init(&out->arena, DESK_ARENA);
    return err == ERR_OK ? EXIT_CODE_OK : session_say_err(_("Starting failed."), err);
}

void
audit_desk_done(struct audit_desk *desk)
{
    arena_done(&desk->arena);
    desk->channel = NULL;
}

char *
audit_desk_user(const struct audit_desk *desk)
{
    return client_config(desk->session->client)->user;
}

enum exit_code
audit_desk_checkpoint(struct audit_desk *desk, struct bytes *out)
{
    Seinhuis__V1__GetCheckpointRequest message;
    const struct rpc_request request = { .service = &seinhuis__v1__oversight__descriptor,
                                         .method = "GetCheckpoint",
                                         .message = &message.base };
    struct rpc_result result = { .end = RPC_END_OK };
    const ProtobufCMessage *reply = NULL;

    seinhuis__v1__get_checkpoint_request__init(&message);
    message.user = audit_desk_user(desk);
    if (rpc_unary(desk->channel, &request, &desk->arena, &reply, &result) != ERR_OK) {
        return session_say_end(desk->session, desk->service, &result);
    }
    *out = wire_bytes(((const Seinhuis__V1__GetCheckpointResponse *) reply)->note);
    return EXIT_CODE_OK;
}

static enum exit_code
take_page(const Seinhuis__V1__LogEntries *page,
          enum exit_code (*each)(void *context, const struct log_entry *entry), void *context)
{
    enum exit_code code = EXIT_CODE_OK;

    for (size_t i = 0; code == EXIT_CODE_OK && i < page->n_entries; i++) {
        const Seinhuis__V1__LogEntry *from = page->entries[i];
        const struct log_entry entry = { .index = from->index,
                                         .leaf = wire_bytes(from->leaf),
                                         .salt = wire_bytes(from->salt),
                                         .record = wire_bytes(from->record) };

        code = each(context, &entry);
    }
    return code;
}

enum exit_code
audit_desk_entries(struct audit_desk *desk, uint64_t first, uint64_t count,
                   enum exit_code (*each)(void *context, const struct log_entry *entry),
                   void *context)
{
    Seinhuis__V1__ListEntriesRequest message;
    const struct rpc_request request = { .service = &seinhuis__v1__oversight__descriptor,
                                         .method = "ListEntries",
                                         .message = &message.base };
    struct rpc_result result = { .end = RPC_END_OK };
    struct rpc_reader *reader = NULL;
    const ProtobufCMessage *page = NULL;
    size_t mark = arena_mark(&desk->arena);
    enum exit_code code = EXIT_CODE_OK;
    enum err err;

    seinhuis__v1__list_entries_request__init(&message);
    message.user = audit_desk_user(desk);
    message.first = first;
    message.count = count;
    err = rpc_reader_open(desk->channel, &request, &reader);
    if (err != ERR_OK) {
        return session_say_err(_("Asking for the log failed."), err);
    }
    while (code == EXIT_CODE_OK) {
        arena_rewind(&desk->arena, mark);
        if (rpc_reader_next(reader, &desk->arena, &page, &result) != ERR_OK) {
            code = session_say_end(desk->session, desk->service, &result);
            break;
        }
        if (page == NULL) {
            break;
        }
        code = take_page((const Seinhuis__V1__LogEntries *) page, each, context);
    }
    rpc_reader_close(reader);
    return code;
}
