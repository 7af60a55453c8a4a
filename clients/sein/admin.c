/* SPDX-License-Identifier: EUPL-1.2 */
/* sein admin: keys and the registry, for those who set a deployment up.  Needs no client configuration. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/file.h"
#include "base/keyfile.h"
#include "clients/lib/registry_draft.h"
#include "clients/lib/team_key.h"
#include "clients/sein/command.h"
#include "clients/sein/listing.h"
#include "clients/sein/say.h"
#include "clients/sein/session.h"
#include "proto/escrow/crypt.h"
#include "proto/escrow/note.h"
#include "proto/escrow/sign.h"

enum { KEY_TEXT_ROOM = 64, MEMBERS_MAX = 64, PROGRAM_ROOM = 4096 };

enum { OPTION_MEMBER = 256 };

/* A command that takes up to three arguments by place. */
struct places {
    const char *argument[3];
    int count;
    int wanted;
};

static error_t
parse_places(int key, char *arg, struct argp_state *state)
{
    struct places *places = state->input;

    switch (key) {
        case ARGP_KEY_ARG:
            if (places->count == places->wanted) {
                return ARGP_ERR_UNKNOWN;
            }
            places->argument[places->count] = arg;
            places->count++;
            return 0;
        case ARGP_KEY_END:
            if (places->count < places->wanted) {
                argp_usage(state);
            }
            return 0;
        default:
            return ARGP_ERR_UNKNOWN;
    }
}

static enum exit_code
say_file_error(const char *path, enum err err)
{
    if (err == ERR_EXISTS) {
        say_error(path, _("Choose another name; keys are never overwritten."),
                  _("There is a file of this name already."));
    } else {
        say_error(path, NULL, _("The file cannot be used: %s."), _(err_text(err)));
    }
    return exit_code_of(err);
}

/* Prints a public key: the bare text, or {"public": "…"}. */
static enum exit_code
print_public(const struct session *session, const char *text)
{
    json_t *json;
    enum err err;

    if (!session->is_json) {
        return puts(text) < 0 ? EXIT_CODE_FAILED : EXIT_CODE_OK;
    }
    json = json_pack("{s:s}", "public", text);
    err = json == NULL ? ERR_NOMEM : listing_print_json(json, stdout);
    json_decref(json);
    return exit_code_of(err);
}

static enum exit_code
print_public_bytes(const struct session *session, const uint8_t key[32])
{
    char text[KEY_TEXT_ROOM];

    bytes_to_base64(key, 32, text);
    return print_public(session, text);
}

/* ---- keys ---- */

static enum exit_code
run_governance_key(struct session *session, int argc, char **argv)
{
    static const struct command_syntax SYNTAX = {
        .parse = parse_places,
        .args_doc = N_("NAME FILE"),
        .doc = N_("Makes a governance key named NAME (such as regie.example) in FILE and prints "
                  "its public half, which everybody pins.  Two of them sign a registry; keep "
                  "them with two different people."),
    };
    struct places places = { .wanted = 2 };
    WIPED(note_skey) struct note_skey key = { .type = NOTE_ED25519 };
    char secret[NOTE_SKEY_ROOM + 1];
    char public[NOTE_VKEY_ROOM];
    struct note_vkey vkey;
    size_t len;
    enum err err;

    command_parse(session, &SYNTAX, argc, argv, &places);
    if (note_skey_new(places.argument[0], NOTE_ED25519, &key) != ERR_OK) {
        say_error("NAME", _("Use letters, digits and dots, no spaces and no plus sign."),
                  _("This cannot be the name of a key."));
        return EXIT_CODE_INPUT;
    }
    note_skey_format(&key, secret);
    len = strlen(secret);
    secret[len] = '\n';
    err = file_create(places.argument[1], secret, len + 1, 0600);
    sodium_memzero(secret, sizeof secret);
    if (err != ERR_OK) {
        return say_file_error(places.argument[1], err);
    }
    note_vkey_of(&key, &vkey);
    note_vkey_format(&vkey, public);
    return print_public(session, public);
}

/* A signing key of an organisation or a member: the kind of file is all that differs. */
static enum exit_code
make_signing_key(struct session *session, const char *kind, const char *path)
{
    WIPED(key64) struct key64 secret = { { 0 } };
    struct sign_public public;
    enum err err;

    sign_key_new(&secret, &public);
    err = keyfile_create(path, kind, secret.bytes, sizeof secret.bytes);
    if (err != ERR_OK) {
        return say_file_error(path, err);
    }
    return print_public_bytes(session, public.bytes);
}

static enum exit_code
run_signing_key(struct session *session, int argc, char **argv)
{
    static const struct command_syntax SYNTAX = {
        .parse = parse_places,
        .args_doc = N_("FILE"),
        .doc = N_("Makes the key with which an organisation signs what it files, and prints the "
                  "public half for the registry."),
    };
    struct places places = { .wanted = 1 };

    command_parse(session, &SYNTAX, argc, argv, &places);
    return make_signing_key(session, "signing", places.argument[0]);
}

static enum exit_code
run_member_key(struct session *session, int argc, char **argv)
{
    static const struct command_syntax SYNTAX = {
        .parse = parse_places,
        .args_doc = N_("FILE"),
        .doc = N_("Makes the personal key of a member of the CMZ team, and prints the public half "
                  "for the registry and for the wrapping of team keys."),
    };
    struct places places = { .wanted = 1 };

    command_parse(session, &SYNTAX, argc, argv, &places);
    return make_signing_key(session, "member", places.argument[0]);
}

/* ---- team key ---- */

struct team_input {
    const char *members[MEMBERS_MAX]; /* "FILE=PUBLIC" */
    size_t count;
};

static const struct argp_option TEAM_OPTIONS[] = {
    { "member", OPTION_MEMBER, N_("FILE=PUBLIC"), 0,
      N_("wrap the key for the member with this public key, into FILE; once for each member"), 0 },
    { NULL, 0, NULL, 0, NULL, 0 },
};

static error_t
parse_team(int key, char *arg, struct argp_state *state)
{
    struct team_input *input = state->input;

    switch (key) {
        case OPTION_MEMBER:
            if (input->count == MEMBERS_MAX) {
                argp_error(state, "%s", _("too many members"));
            }
            input->members[input->count] = arg;
            input->count++;
            return 0;
        case ARGP_KEY_END:
            if (input->count == 0) {
                argp_usage(state);
            }
            return 0;
        default:
            return ARGP_ERR_UNKNOWN;
    }
}

static enum exit_code
wrap_for(const struct key32 *team, const char *member)
{
    const char *equals = strchr(member, '=');
    struct sign_public public;
    char *path = NULL;
    size_t len = 0;
    enum err err;

    if (equals == NULL ||
        bytes_from_base64(equals + 1, strlen(equals + 1), public.bytes, sizeof public.bytes,
                          &len) != ERR_OK ||
        len != sizeof public.bytes) {
        say_error("--member", _("Write FILE=PUBLIC, with what 'sein admin member-key' printed."),
                  _("This is no file and public key."));
        return EXIT_CODE_INPUT;
    }
    path = strndup(member, (size_t) (equals - member));
    err = path == NULL ? ERR_NOMEM : team_key_wrap(path, team, &public);
    if (err != ERR_OK) {
        say_file_error(member, err);
    }
    free(path);
    return exit_code_of(err);
}

static enum exit_code
run_team_key(struct session *session, int argc, char **argv)
{
    static const struct command_syntax SYNTAX = {
        .options = TEAM_OPTIONS,
        .parse = parse_team,
        .doc = N_("Makes the CMZ team's key for one quarter and prints the public half for the "
                  "registry.  The key itself is written only wrapped, once for each member."),
    };
    WIPED(key32) struct key32 team = { { 0 } };
    struct team_input input = { .count = 0 };
    struct box_public public;
    enum exit_code code = EXIT_CODE_OK;

    command_parse(session, &SYNTAX, argc, argv, &input);
    crypt_box_key_new(&team, &public);
    for (size_t i = 0; code == EXIT_CODE_OK && i < input.count; i++) {
        code = wrap_for(&team, input.members[i]);
    }
    return code == EXIT_CODE_OK ? print_public_bytes(session, public.bytes) : code;
}

/* ---- keys of the services ---- */

/* The daemon's program lies beside ours, or in PATH. */
static enum err
find_program(const char *name, char **out)
{
    char own[PROGRAM_ROOM];
    ssize_t len = readlink("/proc/self/exe", own, sizeof own - 1);
    char *folder = NULL;
    char *beside = NULL;
    enum err err;

    own[len > 0 ? len : 0] = '\0';
    err = file_folder_of(own, &folder);
    if (err == ERR_OK) {
        err = file_join(folder, name, &beside);
    }
    free(folder);
    if (err != ERR_OK) {
        return err;
    }
    if (access(beside, X_OK) != 0) {
        free(beside);
        beside = strdup(name);
    }
    *out = beside;
    return beside == NULL ? ERR_NOMEM : ERR_OK;
}

static enum exit_code
run_service_keys(struct session *session, int argc, char **argv)
{
    static const struct command_syntax SYNTAX = {
        .parse = parse_places,
        .args_doc = N_("SERVICE CONFIG WHICH"),
        .doc = N_("Makes the keys that a service is missing, in its own keyring, and prints the "
                  "public halves as JSON for the registry.  SERVICE is pseudonymd, vaultd or "
                  "gated; CONFIG its configuration; WHICH an epoch (pseudonymd), the word all "
                  "(vaultd), or the months FIRST:LAST (gated).  Run it where the service runs: "
                  "secret keys never leave its keyring."),
    };
    static const char *const SERVICES[] = { "pseudonymd", "vaultd", "gated" };
    struct places places = { .wanted = 3 };
    char *program = NULL;
    char name[64] = "";

    command_parse(session, &SYNTAX, argc, argv, &places);
    for (size_t i = 0; i < sizeof SERVICES / sizeof SERVICES[0]; i++) {
        if (strcmp(places.argument[0], SERVICES[i]) == 0) {
            snprintf(name, sizeof name, "seinhuis-%s", SERVICES[i]);
        }
    }
    if (name[0] == '\0') {
        say_error("SERVICE", _("Write pseudonymd, vaultd or gated."),
                  _("There is no such service."));
        return EXIT_CODE_INPUT;
    }
    if (find_program(name, &program) != ERR_OK) {
        return say_file_error(name, ERR_NOMEM);
    }
    execlp(program, name, "--config", places.argument[1], "--make-keys", places.argument[2],
           (char *) NULL);
    free(program);
    say_error(name, _("Install the service on this machine."), _("The program was not found."));
    return EXIT_CODE_FAILED;
}

/* ---- registry ---- */

static enum exit_code
say_draft_error(const char *path, const struct draft_error *error, enum err err)
{
    if (error->reason != NULL) {
        say_error(error->subject, NULL, "%s", _(error->reason));
        return EXIT_CODE_INPUT;
    }
    if (error->yaml.kind != YAML_OK) {
        say_error(error->yaml.field[0] == '\0' ? path : error->yaml.field, NULL,
                  _("%s, line %u: %s"), path, error->yaml.line, _(yaml_error_text(&error->yaml)));
        return EXIT_CODE_INPUT;
    }
    if (error->registry.problem != REGISTRY_FINE) {
        say_error(error->registry.where, NULL, "%s",
                  _(registry_problem_text(error->registry.problem)));
        return EXIT_CODE_INPUT;
    }
    return say_file_error(path, err);
}

static enum exit_code
run_registry_make(struct session *session, int argc, char **argv)
{
    static const struct command_syntax SYNTAX = {
        .parse = parse_places,
        .args_doc = N_("DESCRIPTION.yaml TEXT"),
        .doc = N_("Checks what governance wrote down and makes the text of a registry of it, "
                  "still unsigned.  docs/OPERATIONS.md shows a description."),
    };
    struct places places = { .wanted = 2 };
    struct draft_error error;
    char *text = NULL;
    size_t len = 0;
    enum exit_code code;
    enum err err;

    command_parse(session, &SYNTAX, argc, argv, &places);
    err = registry_draft_build(places.argument[0], &text, &len, &error);
    if (err != ERR_OK) {
        return say_draft_error(places.argument[0], &error, err);
    }
    err = file_replace(places.argument[1], text, len, 0644);
    code = err == ERR_OK ? EXIT_CODE_OK : say_file_error(places.argument[1], err);
    free(text);
    return code;
}

static enum exit_code
read_governance_key(const char *path, struct note_skey *out)
{
    char text[NOTE_SKEY_ROOM + 1] = "";
    size_t len = 0;
    enum err err = file_read_secret(path, text, sizeof text - 1, &len);

    if (err == ERR_OK) {
        text[strcspn(text, "\n")] = '\0';
        err = note_skey_parse(text, out);
    }
    sodium_memzero(text, sizeof text);
    if (err == ERR_MALFORMED || err == ERR_TOO_BIG) {
        say_error(path, _("Name a file that 'sein admin governance-key' made."),
                  _("This is no governance key."));
        return EXIT_CODE_INPUT;
    }
    return err == ERR_OK ? EXIT_CODE_OK : say_file_error(path, err);
}

static enum exit_code
run_registry_sign(struct session *session, int argc, char **argv)
{
    static const struct command_syntax SYNTAX = {
        .parse = parse_places,
        .args_doc = N_("TEXT KEY NOTE"),
        .doc = N_("Signs with the governance key in KEY.  TEXT is the text of a registry, or a "
                  "note that somebody else signed before; NOTE gets the signed note.  A registry "
                  "counts when two different governance keys have signed it."),
    };
    WIPED(note_skey) struct note_skey key = { .type = NOTE_ED25519 };
    struct places places = { .wanted = 3 };
    char *text = NULL;
    char *note = NULL;
    size_t text_len = 0;
    size_t note_len = 0;
    enum exit_code code;
    enum err err;

    command_parse(session, &SYNTAX, argc, argv, &places);
    err = file_read(places.argument[0], NOTE_MAX_LEN, &text, &text_len);
    if (err != ERR_OK) {
        return say_file_error(places.argument[0], err);
    }
    code = read_governance_key(places.argument[1], &key);
    if (code == EXIT_CODE_OK) {
        /* A note already has signatures behind an empty line; a text has none. */
        err = note_add_signature(text, text_len, &key, 0, &note, &note_len);
        if (err == ERR_MALFORMED) {
            err = note_sign(text, text_len, &key, &note, &note_len);
        }
        if (err == ERR_OK) {
            err = file_replace(places.argument[2], note, note_len, 0644);
        }
        code = err == ERR_OK ? EXIT_CODE_OK : say_file_error(places.argument[2], err);
    }
    free(note);
    free(text);
    return code;
}

static const struct command COMMANDS[] = {
    { "governance-key", N_("make a key that signs registries"), run_governance_key },
    { "signing-key", N_("make the signing key of an organisation"), run_signing_key },
    { "member-key", N_("make the personal key of a member of the CMZ team"), run_member_key },
    { "team-key", N_("make the CMZ team's key of a quarter"), run_team_key },
    { "service-keys", N_("make the keys of a service"), run_service_keys },
    { "registry-make", N_("make the text of a registry"), run_registry_make },
    { "registry-sign", N_("sign a registry"), run_registry_sign },
};

const struct command_group GROUP_ADMIN = { "admin", N_("Set up keys and the registry."), COMMANDS,
                                           sizeof COMMANDS / sizeof COMMANDS[0] };
