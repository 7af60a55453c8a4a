/* SPDX-License-Identifier: EUPL-1.2 */
#include "clients/sein/signal.h"

#include <stdio.h>

#include "base/bytes.h"
#include "clients/lib/register.h"
#include "clients/sein/command.h"
#include "clients/sein/listing.h"
#include "clients/sein/say.h"
#include "clients/sein/session.h"

enum { ARENA_SIZE = 64 * 1024, MONTH_LEN = 7 };

static void
list_term(struct listing *listing, enum term_kind kind, uint32_t code)
{
    const struct term *term = term_by_code(kind, code);

    listing_term(listing, term_key(kind, code), term != NULL ? gettext(term->text) : "?");
}

static enum err
add_row(struct listing *listing, const struct register_book *book,
        const Seinhuis__V1__OwnSignal *signal)
{
    struct register_entry entry;
    char rid_text[2 * RID_LEN + 1];
    char day[DATE_TEXT_ROOM];
    struct rid rid;

    if (signal->rid.len != RID_LEN || signal->received_day > INT32_MAX ||
        signal->bucket > UINT16_MAX) {
        return ERR_MALFORMED;
    }
    byte_reader_raw(&(struct byte_reader) { .data = signal->rid.data, .len = RID_LEN }, rid.bytes,
                    RID_LEN);
    if (register_by_rid(book, &rid, &entry) == ERR_OK) {
        listing_text(listing, entry.reference);
    } else {
        listing_none(listing);
    }
    date_format(date_from_days((int32_t) signal->received_day), day);
    listing_text(listing, day);
    date_format(clock_bucket_first_day((uint16_t) signal->bucket), day);
    day[MONTH_LEN] = '\0';
    listing_text(listing, day);
    list_term(listing, TERM_BAND, signal->severity);
    listing_text(listing, term_key(TERM_MODE, signal->mode));
    bytes_to_hex(rid.bytes, RID_LEN, rid_text);
    listing_text(listing, rid_text);
    return ERR_OK;
}

/* Reads the whole stream into the listing. */
static enum exit_code
collect(struct session *session, struct rpc_channel *vault, const struct register_book *book,
        struct listing *listing)
{
    Seinhuis__V1__ListOwnRequest message;
    const struct rpc_request request = { .service = &seinhuis__v1__intake__descriptor,
                                         .method = "ListOwn",
                                         .message = &message.base };
    struct rpc_result result = { .end = RPC_END_OK };
    struct rpc_reader *reader = NULL;
    struct arena arena = { .base = NULL };
    const ProtobufCMessage *signal = NULL;
    enum exit_code code = EXIT_CODE_OK;
    enum err err = arena_init(&arena, ARENA_SIZE);

    seinhuis__v1__list_own_request__init(&message);
    message.user = client_config(session->client)->user;
    if (err == ERR_OK) {
        err = rpc_reader_open(vault, &request, &reader);
    }
    if (err != ERR_OK) {
        code = session_say_err(_("Asking the vault failed."), err);
        goto out;
    }
    for (;;) {
        arena_reset(&arena, ARENA_SIZE);
        err = rpc_reader_next(reader, &arena, &signal, &result);
        if (err != ERR_OK) {
            code = session_say_end(session, ROLE_VAULT, &result);
            goto out;
        }
        if (signal == NULL) {
            break;
        }
        err = add_row(listing, book, (const Seinhuis__V1__OwnSignal *) signal);
        if (err != ERR_OK) {
            code = session_say_err(_("The vault's answer has not its form."), err);
            goto out;
        }
    }
out:
    rpc_reader_close(reader);
    arena_done(&arena);
    return code;
}

enum exit_code
signal_run_list(struct session *session, int argc, char **argv)
{
    static const struct command_syntax SYNTAX = {
        .doc =
            N_("Lists the signals of your organisation that the vault still keeps, with your own "
               "references where this machine knows them.  Never whether one matched."),
    };
    const struct listing_column titles[] = {
        { "reference", _("Reference") }, { "received", _("Received") },
        { "expires", _("Expires") },     { "severity", _("Severity") },
        { "mode", _("Mode") },           { "rid", _("Known to the vault as") },
    };
    const struct registry_party *party = NULL;
    struct register_book *book = NULL;
    struct rpc_channel *vault = NULL;
    struct listing *listing = NULL;
    enum exit_code code;
    enum err err;

    command_parse(session, &SYNTAX, argc, argv, NULL);
    code = session_open_as(session, ROLE_PARTNER, &party);
    if (code == EXIT_CODE_OK) {
        code = session_channel(session, ROLE_VAULT, &vault);
    }
    if (code != EXIT_CODE_OK) {
        return code;
    }
    err = register_open(client_config(session->client)->state, &book);
    if (err == ERR_OK) {
        err = listing_new(titles, sizeof titles / sizeof titles[0], &listing);
    }
    if (err != ERR_OK) {
        code = session_say_err(_("Reading the register failed."), err);
        goto out;
    }
    code = collect(session, vault, book, listing);
    if (code == EXIT_CODE_OK) {
        err = listing_print(listing, session->is_json, _("The vault keeps no signal of yours."),
                            stdout);
        code = err == ERR_OK ? code : session_say_err(_("Printing failed."), err);
    }
out:
    listing_free(listing);
    register_close(book);
    return code;
}
