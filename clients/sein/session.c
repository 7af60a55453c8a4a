/* SPDX-License-Identifier: EUPL-1.2 */
#include "clients/sein/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clients/sein/language.h"
#include "clients/sein/say.h"

/* "the vault", "the pseudonym service": as people call a service. */
static const char *
service_name(enum party_role service)
{
    const struct term *term = term_by_code(TERM_ROLE, service);

    return term != NULL ? gettext(term->text) : "?";
}

static const char *
config_remedy(const struct client_error *error)
{
    switch (error->problem) {
        case CLIENT_NO_CONFIG:
            return _("Name the file with --config or SEIN_CONFIG; your administrator provides it.");
        case CLIENT_BAD_STATE:
            return _("Make the folder writable for you alone, or name another as 'state'.");
        case CLIENT_NO_DEMONSTRATION:
            return _("Take 'clock_file' out of the configuration.");
        case CLIENT_BAD_REGISTRY:
        case CLIENT_NO_REGISTRY:
        case CLIENT_BAD_GOVERNANCE:
            return _("Fetch the present registry and the governance keys from your administrator.");
        case CLIENT_NOT_IN_REGISTRY:
        case CLIENT_NO_SERVICE:
            return _("Ask governance to look at the registry.");
        case CLIENT_OTHER_ROLE:
            return _("Use a command of your own role; see 'sein --help'.");
        case CLIENT_BAD_IDENTITY:
            return _("Check 'certificate', 'key' (mode 0600), 'ca' and the address in the "
                     "configuration.");
        case CLIENT_ENDED_IDENTITY:
            return _(
                "Install the certificate's successor, or set the clock of this machine right.");
        case CLIENT_FINE:
        case CLIENT_BAD_CONFIG:
        case CLIENT_BAD_CLOCK:
        case CLIENT_NO_ADDRESS:
        case CLIENT_NO_MEMORY:
            break;
    }
    return _("Correct the configuration.");
}

static enum exit_code
say_yaml(const struct client_error *error)
{
    const char *why = gettext(yaml_error_text(&error->yaml));

    if (error->yaml.line > 0) {
        say_error(error->yaml.field[0] != '\0' ? error->yaml.field : NULL, config_remedy(error),
                  _("%s, line %u: %s."), error->subject, error->yaml.line, why);
    } else {
        say_error(error->yaml.field[0] != '\0' ? error->yaml.field : NULL, config_remedy(error),
                  "%s: %s.", error->subject, why);
    }
    return EXIT_CODE_INPUT;
}

static enum exit_code
say_client_error(const struct client_error *error)
{
    const char *what = gettext(client_problem_text(error->problem));

    if (error->problem == CLIENT_BAD_CONFIG) {
        return say_yaml(error);
    }
    if (error->problem == CLIENT_BAD_REGISTRY) {
        say_error(error->registry.where[0] != '\0' ? error->registry.where : NULL,
                  config_remedy(error), "%s: %s: %s.", error->subject, what,
                  gettext(registry_problem_text(error->registry.problem)));
        return EXIT_CODE_UNTRUSTED;
    }
    if (error->subject[0] != '\0') {
        say_error(NULL, config_remedy(error), "%s: %s.", error->subject, what);
    } else {
        say_error(NULL, config_remedy(error), "%s.", what);
    }
    if (error->problem == CLIENT_NO_MEMORY) {
        return EXIT_CODE_FAILED;
    }
    return EXIT_CODE_INPUT;
}

enum exit_code
session_open(struct session *session)
{
    struct client_error error;
    const char *language;
    char *path = NULL;
    enum err err;

    if (session->client != NULL) {
        return EXIT_CODE_OK;
    }
    err = client_config_path(session->config_path, &path);
    if (err != ERR_OK) {
        return session_say_err(_("Finding the configuration failed."), err);
    }
    err = client_open(path, &session->client, &error);
    free(path);
    if (err != ERR_OK) {
        return say_client_error(&error);
    }
    language = client_config(session->client)->language;
    if (session->language == NULL && language != NULL) {
        /* The configuration was checked: it names a language of ours. */
        (void) !language_choose(language);
    }
    return EXIT_CODE_OK;
}

enum exit_code
session_open_as(struct session *session, enum party_role role, const struct registry_party **out)
{
    struct client_error error = { .problem = CLIENT_FINE };
    enum exit_code code = session_open(session);

    if (code != EXIT_CODE_OK) {
        return code;
    }
    if (client_party(session->client, role, out, &error) != ERR_OK) {
        return say_client_error(&error);
    }
    return EXIT_CODE_OK;
}

enum exit_code
session_channel(struct session *session, enum party_role service, struct rpc_channel **out)
{
    struct client_error error = { .problem = CLIENT_FINE };
    enum exit_code code = session_open(session);

    if (code != EXIT_CODE_OK) {
        return code;
    }
    if (client_channel(session->client, service, out, &error) != ERR_OK) {
        return say_client_error(&error);
    }
    return EXIT_CODE_OK;
}

enum exit_code
session_say_end(struct session *session, enum party_role service, const struct rpc_result *result)
{
    const char *name = service_name(service);
    const char *address = client_address(session->client, service);
    const char *text = gettext(rpc_result_text(result));
    const char *field = refusal_field(result->refusal);

    switch (result->end) {
        case RPC_END_OK:
        case RPC_END_CANCELLED:
            return EXIT_CODE_OK;
        case RPC_END_UNREACHABLE:
            say_error(NULL, _("Nothing was lost; try again later, or ask who runs it."),
                      _("The %s at %s cannot be reached."), name, address);
            return EXIT_CODE_UNREACHABLE;
        case RPC_END_SHUT_OUT:
        case RPC_END_LOST:
        case RPC_END_DEADLINE:
            say_error(NULL, text, _("The %s at %s did not answer."), name, address);
            return EXIT_CODE_UNREACHABLE;
        case RPC_END_UNTRUSTED:
        case RPC_END_WRONG_SERVER:
        case RPC_END_BAD_ANSWER:
            say_error(NULL, text, _("The %s at %s cannot be trusted; nothing was sent."), name,
                      address);
            return EXIT_CODE_UNTRUSTED;
        case RPC_END_REFUSED:
            say_error(field[0] != '\0' ? field : NULL, text, _("The %s refused this."), name);
            return EXIT_CODE_REFUSED;
    }
    return EXIT_CODE_FAILED;
}

enum exit_code
session_say_err(const char *what, enum err err)
{
    say_error(NULL, NULL, "%s (%s)", what, gettext(err_text(err)));
    return exit_code_of(err);
}

void
session_done(struct session *session)
{
    client_close(session->client);
    *session = (struct session) { .is_json = false };
}
