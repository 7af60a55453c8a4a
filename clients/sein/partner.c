/* SPDX-License-Identifier: EUPL-1.2 */
#include "clients/sein/partner.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/bytes.h"
#include "base/file.h"
#include "clients/sein/language.h"
#include "clients/sein/listing.h"
#include "clients/sein/say.h"

enum exit_code
partner_open(struct session *session, struct partner *out)
{
    const struct registry_facts *facts;
    enum exit_code code;

    *out = (struct partner) { .session = session };
    code = session_open_as(session, ROLE_PARTNER, &out->party);
    if (code != EXIT_CODE_OK) {
        return code;
    }
    facts = registry_facts(client_registry(session->client));
    out->filer = (struct report_filer) { .sector = out->party->sector,
                                         .may_use_bsn = out->party->may_use_bsn,
                                         .retention_months = facts->retention_months };
    return EXIT_CODE_OK;
}

static enum exit_code
open_filing(struct partner *partner)
{
    const struct client_config *config = client_config(partner->session->client);
    enum err err;

    if (config->signing_key == NULL) {
        say_error("signing_key", _("Name the key file in the configuration."),
                  _("The configuration names no signing key."));
        return EXIT_CODE_INPUT;
    }
    err = filing_new(client_registry(partner->session->client), partner->party, config->user,
                     config->signing_key, client_today(partner->session->client), &partner->filing);
    if (err == ERR_AUTH) {
        say_error("signing_key", _("Use the key that the registry lists, or have this one added."),
                  _("%s: the registry does not list this key for your organisation today."),
                  config->signing_key);
        return EXIT_CODE_UNTRUSTED;
    }
    if (err == ERR_STATE) {
        say_error(NULL, _("Install the newest version of this program."),
                  _("The registry asks for another version of the rules for names."));
        return EXIT_CODE_UNTRUSTED;
    }
    if (err != ERR_OK) {
        say_error("signing_key", _("Check the file and its rights (mode 0600)."), "%s: %s.",
                  config->signing_key, gettext(err_text(err)));
        return err == ERR_NOMEM ? EXIT_CODE_FAILED : EXIT_CODE_INPUT;
    }
    return EXIT_CODE_OK;
}

static enum exit_code
say_file(const char *path, enum err err)
{
    if (err == ERR_EXISTS) {
        say_error(NULL, _("Wait until the other run is done."), _("%s: in use by another run."),
                  path);
    } else if (err == ERR_CORRUPT || err == ERR_MALFORMED) {
        say_error(NULL,
                  _("Put a sound copy back, or move the file away and ask what was filed with "
                    "'sein signal list'."),
                  _("%s: damaged, or not a file of this program."), path);
    } else {
        say_error(NULL, _("Check the folder, its rights and the room on the disk."), "%s: %s.",
                  path, gettext(err_text(err)));
    }
    return EXIT_CODE_FAILED;
}

static enum exit_code
open_files(struct partner *partner, const char *path)
{
    const char *state = client_config(partner->session->client)->state;
    char *outbox = NULL;
    enum exit_code code = EXIT_CODE_OK;
    enum err err = journal_user_key(state, &partner->user_key);

    if (err != ERR_OK) {
        return say_file(state, err);
    }
    err = register_open(state, &partner->book);
    if (err != ERR_OK) {
        return say_file(state, err);
    }
    err = file_join(state, "outbox.journal", &outbox);
    if (err == ERR_OK) {
        err = journal_open(path != NULL ? path : outbox, &partner->journal);
    }
    if (err != ERR_OK) {
        code = say_file(path != NULL ? path : state, err);
    }
    free(outbox);
    return code;
}

static enum exit_code
open_channels(struct partner *partner)
{
    struct rpc_channel *pseudonym = NULL;
    struct rpc_channel *vault = NULL;
    enum exit_code code = session_channel(partner->session, ROLE_PSEUDONYM_SERVICE, &pseudonym);
    enum err err;

    if (code == EXIT_CODE_OK) {
        code = session_channel(partner->session, ROLE_VAULT, &vault);
    }
    if (code != EXIT_CODE_OK) {
        return code;
    }
    err = batch_rpc_open(pseudonym, vault, &partner->rpc);
    return err == ERR_OK ? EXIT_CODE_OK : session_say_err(_("Connecting failed."), err);
}

enum exit_code
partner_prepare(struct partner *partner, const char *path)
{
    enum exit_code code = open_filing(partner);

    if (code == EXIT_CODE_OK) {
        code = open_files(partner, path);
    }
    if (code == EXIT_CODE_OK) {
        code = open_channels(partner);
    }
    return code;
}

void
partner_done(struct partner *partner)
{
    batch_rpc_close(partner->rpc);
    journal_close(partner->journal);
    register_close(partner->book);
    filing_free(partner->filing);
    sodium_memzero(partner, sizeof *partner);
}

struct batch
partner_batch(const struct partner *partner)
{
    return (struct batch) {
        .filing = partner->filing,
        .filer = &partner->filer,
        .journal = partner->journal,
        .book = partner->book,
        .user_key = &partner->user_key,
        .clock = client_clock(partner->session->client),
        .line = batch_rpc_line(partner->rpc),
    };
}

enum exit_code
partner_say_stop(const struct partner *partner, const struct batch_stop *stop)
{
    if (stop->err == ERR_OK) {
        return EXIT_CODE_OK;
    }
    if (stop->is_untrusted && stop->service == ROLE_PSEUDONYM_SERVICE) {
        say_error(NULL, _("Do not go on; tell your privacy officer and who runs the service."),
                  _("The pseudonym service did not prove its answer; nothing was sent."));
        return EXIT_CODE_UNTRUSTED;
    }
    if (stop->is_untrusted) {
        say_error(NULL,
                  _("Tell your privacy officer; the signal is kept here and can be sent again."),
                  _("The vault's receipt does not hold."));
        return EXIT_CODE_UNTRUSTED;
    }
    if (stop->result.end != RPC_END_OK) {
        return session_say_end(partner->session, stop->service, &stop->result);
    }
    if (stop->err == ERR_NOT_FOUND) {
        say_error(NULL, _("Fetch the present registry, or ask governance to publish the key."),
                  _("The registry has no key for this month of expiry or this quarter."));
        return EXIT_CODE_UNTRUSTED;
    }
    return session_say_err(_("Filing stopped."), stop->err);
}

void
partner_say_problem(const struct report_problem *problem)
{
    say_error(problem->field[0] != '\0' ? problem->field : NULL, NULL, "%s.",
              gettext(problem->reason));
}

static enum exit_code
print_receipt_json(const char *reference, const char *rid, const char *route, uint32_t act_within_s)
{
    json_t *value = json_pack("{s:s, s:s, s:s, s:I}", "reference", reference, "rid", rid, "route",
                              route, "act_within_s", (json_int_t) act_within_s);
    enum err err = value != NULL ? listing_print_json(value, stdout) : ERR_NOMEM;

    json_decref(value);
    return err == ERR_OK ? EXIT_CODE_OK : session_say_err(_("Printing failed."), err);
}

enum exit_code
partner_print_receipt(const struct partner *partner, const char *reference, const struct rid *rid,
                      const Seinhuis__V1__SubmitResponse *response)
{
    const struct term *route = term_by_code(TERM_ROUTE, response->route);
    char text[2 * RID_LEN + 1];

    bytes_to_hex(rid->bytes, RID_LEN, text);
    if (partner->session->is_json) {
        return print_receipt_json(reference, text, term_key(TERM_ROUTE, response->route),
                                  response->act_within_s);
    }
    printf(_("Filed: reference %s, known to the vault as %s.\n"), reference, text);
    if (route != NULL) {
        printf(_("What happens now: %s.\n"), gettext(route->text));
    }
    if (response->act_within_s > 0) {
        printf(_("Somebody looks at it within %u hours.\n"),
               (response->act_within_s + 3599) / 3600);
    }
    return EXIT_CODE_OK;
}
