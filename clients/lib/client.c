/* SPDX-License-Identifier: EUPL-1.2 */
#include "clients/lib/client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"

enum { CHANNEL_ROLE_MAX = 8 };

struct client {
    struct client_config *config;
    struct clock *clock;
    struct registry *registry;
    struct rpc_channel *channels[CHANNEL_ROLE_MAX]; /* by role */
};

const char *
client_problem_text(enum client_problem problem)
{
    switch (problem) {
#define CLIENT_PROBLEM_CASE(code, text)                                                            \
    case code:                                                                                     \
        return text;
        CLIENT_PROBLEM_MAP(CLIENT_PROBLEM_CASE)
#undef CLIENT_PROBLEM_CASE
    }
    return "unknown problem";
}

/* Fills '*error' but for the parts of YAML and registry, and returns 'err'. */
static enum err
problem(struct client_error *error, enum client_problem what, enum err err, const char *subject)
{
    error->problem = err == ERR_NOMEM ? CLIENT_NO_MEMORY : what;
    error->err = err;
    snprintf(error->subject, sizeof error->subject, "%s", subject);
    return err;
}

static enum err
parse_note(const struct registry_pins *pins, const char *path, struct registry **out,
           struct client_error *error)
{
    char *note = NULL;
    size_t len = 0;
    enum err err = file_read(path, NOTE_MAX_LEN, &note, &len);

    if (err != ERR_OK) {
        return problem(error, CLIENT_NO_REGISTRY, err, path);
    }
    err = registry_parse(note, len, pins, REGISTRY_ANY_DAY, out, &error->registry);
    free(note);
    if (err == ERR_INVALID) {
        return problem(error, CLIENT_BAD_GOVERNANCE, err, "governance");
    }
    return err == ERR_OK ? ERR_OK : problem(error, CLIENT_BAD_REGISTRY, err, path);
}

/* Compares with the registry that was accepted last, and keeps the newer one of the two. */
static enum err
follow_seen(struct client *client, const struct registry_pins *pins, struct client_error *error)
{
    struct registry *seen = NULL;
    char *path = NULL;
    const char *note;
    size_t len = 0;
    enum err err = file_join(client->config->state, "registry.note", &path);

    if (err != ERR_OK) {
        return problem(error, CLIENT_NO_MEMORY, err, "");
    }
    err = parse_note(pins, path, &seen, error);
    if (err == ERR_OK) {
        err = registry_check_successor(seen, client->registry, &error->registry);
        if (err != ERR_OK) {
            err = problem(error, CLIENT_BAD_REGISTRY, err, client->config->registry);
        }
    } else if (err == ERR_NOT_FOUND) {
        err = ERR_OK;
    }
    if (err == ERR_OK &&
        (seen == NULL ||
         registry_facts(seen)->version != registry_facts(client->registry)->version)) {
        note = registry_note(client->registry, &len);
        err = file_replace(path, note, len, 0600);
        if (err != ERR_OK) {
            err = problem(error, CLIENT_BAD_STATE, err, path);
        }
    }
    registry_free(seen);
    free(path);
    return err;
}

static enum err
read_pins(const struct client_config *config, struct note_vkey *keys, struct client_error *error)
{
    for (unsigned int i = 0; i < config->governance_count; i++) {
        enum err err = note_vkey_parse(config->governance[i], &keys[i]);

        if (err != ERR_OK) {
            return problem(error, CLIENT_BAD_GOVERNANCE, err, config->governance[i]);
        }
    }
    return ERR_OK;
}

/* Only a registry that says so may put us on another clock than the system's. */
static enum err
start_clock(struct client *client, struct client_error *error)
{
    const struct registry_facts *facts = registry_facts(client->registry);
    const char *file = client->config->clock_file;
    enum err err;

    if (file != NULL && !facts->is_demonstration) {
        return problem(error, CLIENT_NO_DEMONSTRATION, ERR_DENIED, file);
    }
    err = clock_open(file, &client->clock);
    if (err != ERR_OK) {
        return problem(error, CLIENT_BAD_CLOCK, err, file != NULL ? file : "");
    }
    if (!registry_term_holds(facts->term, client_today(client))) {
        error->registry =
            (struct registry_error) { .problem = client_today(client) < facts->term.first_day
                                          ? REGISTRY_NOT_YET_VALID
                                          : REGISTRY_EXPIRED };
        return problem(error, CLIENT_BAD_REGISTRY, ERR_EXPIRED, client->config->registry);
    }
    return ERR_OK;
}

static enum err
load_registry(struct client *client, struct client_error *error)
{
    struct note_vkey keys[NOTE_MAX_KEYS];
    struct registry_pins pins = { .keys = keys, .count = client->config->governance_count };
    enum err err = read_pins(client->config, keys, error);

    if (err != ERR_OK) {
        return err;
    }
    err = parse_note(&pins, client->config->registry, &client->registry, error);
    if (err != ERR_OK) {
        return err;
    }
    err = start_clock(client, error);
    if (err != ERR_OK) {
        return err;
    }
    return follow_seen(client, &pins, error);
}

enum err
client_open(const char *path, struct client **out, struct client_error *error)
{
    struct client *client = calloc(1, sizeof *client);
    enum err err;

    *error = (struct client_error) { .problem = CLIENT_FINE };
    if (client == NULL) {
        return problem(error, CLIENT_NO_MEMORY, ERR_NOMEM, "");
    }
    err = client_config_load(path, &client->config, &error->yaml);
    if (err != ERR_OK) {
        err =
            problem(error, err == ERR_NOT_FOUND ? CLIENT_NO_CONFIG : CLIENT_BAD_CONFIG, err, path);
        goto out;
    }
    err = file_make_folder(client->config->state, 0700);
    if (err != ERR_OK) {
        err = problem(error, CLIENT_BAD_STATE, err, client->config->state);
        goto out;
    }
    err = load_registry(client, error);
    if (err != ERR_OK) {
        goto out;
    }
    *out = client;
    client = NULL;
out:
    client_close(client);
    return err;
}

void
client_close(struct client *client)
{
    if (client == NULL) {
        return;
    }
    for (size_t i = 0; i < CHANNEL_ROLE_MAX; i++) {
        rpc_channel_close(client->channels[i]);
    }
    registry_free(client->registry);
    clock_close(client->clock);
    client_config_free(client->config);
    free(client);
}

const struct client_config *
client_config(const struct client *client)
{
    return client->config;
}

const struct registry *
client_registry(const struct client *client)
{
    return client->registry;
}

struct clock *
client_clock(struct client *client)
{
    return client->clock;
}

uint32_t
client_today(struct client *client)
{
    return clock_day(clock_now_s(client->clock));
}

enum err
client_party(struct client *client, enum party_role role, const struct registry_party **out,
             struct client_error *error)
{
    const char *oin = client->config->oin;
    const struct registry_party *party = registry_party_by_oin(client->registry, oin);

    if (party == NULL || !registry_term_holds(party->term, client_today(client))) {
        return problem(error, CLIENT_NOT_IN_REGISTRY, ERR_NOT_FOUND, oin);
    }
    if (party->role != role) {
        return problem(error, CLIENT_OTHER_ROLE, ERR_DENIED, oin);
    }
    *out = party;
    return ERR_OK;
}

const char *
client_address(const struct client *client, enum party_role service)
{
    switch (service) {
        case ROLE_PSEUDONYM_SERVICE:
            return client->config->pseudonym;
        case ROLE_VAULT:
            return client->config->vault;
        case ROLE_GATE:
            return client->config->gate;
        case ROLE_PARTNER:
        case ROLE_CMZ:
        case ROLE_OFFICER:
        case ROLE_ADMINISTRATION:
            break;
    }
    return NULL;
}

enum err
client_channel(struct client *client, enum party_role service, struct rpc_channel **out,
               struct client_error *error)
{
    const struct client_config *config = client->config;
    const struct registry_party *party =
        registry_party_by_role(client->registry, service, client_today(client));
    struct rpc_channel_config channel = {
        .address = client_address(client, service),
        .identity = { .ca_file = config->ca,
                      .cert_file = config->certificate,
                      .key_file = config->key },
    };
    enum err err;

    if (channel.address == NULL || (size_t) service >= CHANNEL_ROLE_MAX) {
        return problem(error, CLIENT_NO_ADDRESS, ERR_NOT_FOUND, term_key(TERM_ROLE, service));
    }
    if (party == NULL) {
        return problem(error, CLIENT_NO_SERVICE, ERR_NOT_FOUND, term_key(TERM_ROLE, service));
    }
    if (client->channels[service] == NULL) {
        channel.server_oin = party->oin;
        err = rpc_channel_open(&channel, &client->channels[service]);
        if (err != ERR_OK) {
            return problem(error, err == ERR_EXPIRED ? CLIENT_ENDED_IDENTITY : CLIENT_BAD_IDENTITY,
                           err, err == ERR_INVALID ? channel.address : config->certificate);
        }
    }
    *out = client->channels[service];
    return ERR_OK;
}
