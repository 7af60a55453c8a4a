/* SPDX-License-Identifier: EUPL-1.2 */
/* sein audit verify: the whole log of a service, recomputed. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/file.h"
#include "clients/sein/audit_desk.h"
#include "clients/sein/command.h"
#include "clients/sein/language.h"
#include "clients/sein/listing.h"
#include "clients/sein/progress.h"
#include "clients/sein/say.h"

enum {
    OPTION_SERVICE = 's',
    OPTION_KEY = 'k',
    NAME_ROOM = 64,
    STATE_MODE = 0600,
    LONG_LOG = 5000 /* entries, from which on progress is worth a line */
};

struct options {
    enum party_role service;
    const char *key; /* vkey of the log, for the first time */
};

struct verify {
    struct audit_desk desk;
    struct options options;
    struct note_vkey key;
    struct bytes note; /* of the checkpoint, in the desk's arena */
    struct checkpoint_seen now;
    struct checkpoint_seen before;
    bool has_before;
    struct log_check check;
    struct progress progress;
};

/* ---- files in the state folder ---- */

/* "STATE/audit-vault.checkpoint"; free() '*out'. */
static enum err
state_path(const struct verify *verify, const char *ending, char **out)
{
    char name[NAME_ROOM];

    snprintf(name, sizeof name, "audit-%s.%s", audit_desk_word(verify->desk.service), ending);
    return file_join(client_config(verify->desk.session->client)->state, name, out);
}

static enum exit_code
say_state(const char *path, enum err err)
{
    say_error(NULL, _("Check the folder, its rights and the room on the disk."), "%s: %s.", path,
              gettext(err_text(err)));
    return EXIT_CODE_FAILED;
}

/* Reads a file of ours with a NUL behind it; '*out' is NULL when there is none.  free() it. */
static enum exit_code
read_state(const struct verify *verify, const char *ending, char **out, size_t *len)
{
    char *path = NULL;
    enum exit_code code = EXIT_CODE_OK;
    enum err err = state_path(verify, ending, &path);

    if (err == ERR_OK) {
        err = file_read(path, CHECKPOINT_MAX_LEN, out, len);
    }
    if (err != ERR_OK && err != ERR_NOT_FOUND) {
        code = say_state(path != NULL ? path : ending, err);
    }
    free(path);
    return code;
}

static enum exit_code
write_state(const struct verify *verify, const char *ending, struct bytes data)
{
    char *path = NULL;
    enum exit_code code = EXIT_CODE_OK;
    enum err err = state_path(verify, ending, &path);

    if (err == ERR_OK) {
        err = file_replace(path, data.data, data.len, STATE_MODE);
    }
    if (err != ERR_OK) {
        code = say_state(path != NULL ? path : ending, err);
    }
    free(path);
    return code;
}

/* ---- whose signature counts ---- */

/* The key that was pinned when this log was verified for the first time. */
static enum exit_code
use_pinned(struct verify *verify, const char *pinned)
{
    char given[NOTE_VKEY_ROOM];
    struct note_vkey key;

    if (note_vkey_parse(pinned, &verify->key) != ERR_OK) {
        say_error(NULL, _("Remove it and name the key anew with --key."),
                  _("The key kept for this log cannot be read."));
        return EXIT_CODE_FAILED;
    }
    if (verify->options.key == NULL) {
        return EXIT_CODE_OK;
    }
    if (note_vkey_parse(verify->options.key, &key) != ERR_OK) {
        say_error("--key", _("Copy it whole: NAME+HASH+BASE64."), _("This is not a log's key."));
        return EXIT_CODE_USAGE;
    }
    note_vkey_format(&key, given);
    if (strcmp(given, pinned) != 0) {
        say_error("--key", _("Find out why it changed before you go on."),
                  _("This log was verified with another key before."));
        return EXIT_CODE_UNTRUSTED;
    }
    return EXIT_CODE_OK;
}

static enum exit_code
pin_key(struct verify *verify)
{
    char text[NOTE_VKEY_ROOM];
    enum exit_code code;

    if (verify->options.key == NULL) {
        say_error("--key",
                  _("Name it once: who runs the service has it from --make-keys ('audit_vkey')."),
                  _("The registry does not name the key of this log, and none is kept yet."));
        return EXIT_CODE_INPUT;
    }
    if (note_vkey_parse(verify->options.key, &verify->key) != ERR_OK) {
        say_error("--key", _("Copy it whole: NAME+HASH+BASE64."), _("This is not a log's key."));
        return EXIT_CODE_USAGE;
    }
    note_vkey_format(&verify->key, text);
    code = write_state(verify, "vkey",
                       (struct bytes) { .data = (const uint8_t *) text, .len = strlen(text) });
    if (code == EXIT_CODE_OK) {
        say_note(_("The key of this log is kept from now on: %s"), text);
    }
    return code;
}

/* The vault's key stands in the registry; those of the other services are kept from the first time. */
static enum exit_code
find_key(struct verify *verify)
{
    char *pinned = NULL;
    size_t len = 0;
    enum exit_code code;

    if (verify->desk.service == ROLE_VAULT) {
        verify->key = *registry_audit_key(client_registry(verify->desk.session->client));
        return EXIT_CODE_OK;
    }
    code = read_state(verify, "vkey", &pinned, &len);
    if (code == EXIT_CODE_OK) {
        code = pinned != NULL ? use_pinned(verify, pinned) : pin_key(verify);
    }
    free(pinned);
    return code;
}

static enum err
verify_note(const struct verify *verify, struct bytes note, struct checkpoint_seen *out)
{
    const struct note_vkey *witness =
        registry_witness_key(client_registry(verify->desk.session->client));
    const struct checkpoint_policy policy = { .origin = verify->key.name,
                                              .log = &verify->key,
                                              .witnesses = witness,
                                              .witness_count = witness != NULL ? 1 : 0 };

    return checkpoint_verify((const char *) note.data, note.len, &policy, out);
}

/* The checkpoint that this officer saw last. */
static enum exit_code
read_before(struct verify *verify)
{
    char *kept = NULL;
    size_t len = 0;
    enum exit_code code = read_state(verify, "checkpoint", &kept, &len);

    if (code != EXIT_CODE_OK || kept == NULL) {
        return code;
    }
    if (verify_note(verify, (struct bytes) { (const uint8_t *) kept, len }, &verify->before) !=
        ERR_OK) {
        say_error(NULL,
                  _("If the log's key was changed by agreement, move the file "
                    "audit-*.checkpoint in the state folder away; else tell governance."),
                  _("The checkpoint kept from last time is not signed by this log's key."));
        code = EXIT_CODE_UNTRUSTED;
    }
    verify->has_before = code == EXIT_CODE_OK;
    free(kept);
    return code;
}

static enum exit_code
read_now(struct verify *verify)
{
    enum exit_code code = audit_desk_checkpoint(&verify->desk, &verify->note);

    if (code == EXIT_CODE_OK && verify_note(verify, verify->note, &verify->now) != ERR_OK) {
        say_error(NULL, _("Tell governance and who runs the service."),
                  _("The log's checkpoint is not signed by the log's key."));
        return EXIT_CODE_UNTRUSTED;
    }
    return code;
}

/* ---- the log itself ---- */

static enum exit_code
take_entry(void *context, const struct log_entry *entry)
{
    struct verify *verify = context;
    enum err err = log_check_entry(&verify->check, entry, NULL);

    if (err == ERR_AUTH) {
        return EXIT_CODE_UNTRUSTED;
    }
    if (err != ERR_OK) {
        return session_say_err(_("Verifying failed."), err);
    }
    if (!verify->desk.session->is_json && verify->now.checkpoint.size >= LONG_LOG) {
        progress_show(&verify->progress, verify->check.frontier.size, _("entries"));
    }
    return EXIT_CODE_OK;
}

static enum exit_code
check_log(struct verify *verify)
{
    enum exit_code code = EXIT_CODE_OK;

    if (log_check_begin(&verify->now.checkpoint,
                        verify->has_before ? &verify->before.checkpoint : NULL,
                        &verify->check) != ERR_OK) {
        return EXIT_CODE_UNTRUSTED;
    }
    progress_init(&verify->progress, stderr, verify->now.checkpoint.size);
    if (verify->now.checkpoint.size > 0) {
        code =
            audit_desk_entries(&verify->desk, 0, verify->now.checkpoint.size, take_entry, verify);
    }
    progress_done(&verify->progress);
    if (code == EXIT_CODE_OK && log_check_end(&verify->check) != ERR_OK) {
        code = EXIT_CODE_UNTRUSTED;
    }
    return code;
}

/* ---- the result ---- */

static void
print_words(const struct verify *verify)
{
    const struct log_check *check = &verify->check;

    if (check->fault != LOG_FINE) {
        say_error(NULL, _("Tell governance; keep this machine's state folder as it is."),
                  _("The log of the service '%s' does not hold: %s."),
                  audit_desk_word(verify->desk.service), gettext(log_fault_text(check->fault)));
        if (check->has_bad_index) {
            say_note(_("  The first entry that is wrong: %llu"),
                     (unsigned long long) check->bad_index);
        }
        return;
    }
    printf(_("The log of the service '%s' is whole.\n"), audit_desk_word(verify->desk.service));
    printf(_("  Entries: %llu, each as it was committed to\n"),
           (unsigned long long) check->now.size);
    printf(_("  Signed by: %s\n"), verify->key.name);
    if (verify->now.cosigned_count > 0) {
        printf("%s\n", _("  Cosigned by the officer's witness"));
    }
    if (verify->has_before) {
        printf(_("  Continues the log of %llu entries that you verified last time\n"),
               (unsigned long long) check->before.size);
    } else {
        printf("%s\n", _("  Verified for the first time; from now on it can only grow"));
    }
    printf(_("  Erased entries: %llu\n"), (unsigned long long) check->erased_count);
    printf(_("  Refusals recorded: %llu\n"), (unsigned long long) check->refused_count);
}

static enum exit_code
print_json(const struct verify *verify)
{
    const struct log_check *check = &verify->check;
    char root[64];
    json_t *value;
    enum err err;

    bytes_to_base64(check->now.root.bytes, TREE_HASH_LEN, root);
    value =
        json_pack("{s:s, s:s, s:I, s:s, s:I, s:I, s:I, s:b, s:s}", "service",
                  audit_desk_word(verify->desk.service), "origin", verify->key.name, "size",
                  (json_int_t) check->now.size, "root", root, "erased",
                  (json_int_t) check->erased_count, "refusals", (json_int_t) check->refused_count,
                  "cosigned", (json_int_t) verify->now.cosigned_count, "whole",
                  (int) (check->fault == LOG_FINE), "fault", log_fault_key(check->fault));
    json_object_set_new(value, "continues",
                        verify->has_before ? json_integer((json_int_t) check->before.size)
                                           : json_null());
    json_object_set_new(value, "bad_entry",
                        check->has_bad_index ? json_integer((json_int_t) check->bad_index)
                                             : json_null());
    err = value != NULL ? listing_print_json(value, stdout) : ERR_NOMEM;
    json_decref(value);
    return err == ERR_OK ? EXIT_CODE_OK : session_say_err(_("Printing failed."), err);
}

static enum exit_code
finish(const struct verify *verify, enum exit_code code)
{
    bool is_judged = code == EXIT_CODE_OK || verify->check.fault != LOG_FINE;
    enum exit_code printed = EXIT_CODE_OK;

    if (code == EXIT_CODE_OK) {
        code = write_state(verify, "checkpoint", verify->note);
    }
    if (is_judged && verify->desk.session->is_json) {
        printed = print_json(verify);
    } else if (is_judged) {
        print_words(verify);
    }
    return code == EXIT_CODE_OK ? printed : code;
}

static error_t
parse(int key, char *arg, struct argp_state *state)
{
    struct options *options = state->input;

    switch (key) {
        case OPTION_SERVICE:
            if (!audit_desk_service(arg, &options->service)) {
                argp_error(state, _("--service takes vault, gate or pseudonym"));
            }
            return 0;
        case OPTION_KEY:
            options->key = arg;
            return 0;
        default:
            return ARGP_ERR_UNKNOWN;
    }
}

enum exit_code
audit_run_verify(struct session *session, int argc, char **argv)
{
    static const struct argp_option OPTIONS[] = {
        { .name = "service",
          .key = OPTION_SERVICE,
          .arg = N_("SERVICE"),
          .doc = N_("Whose log: vault (else), gate or pseudonym") },
        { .name = "key",
          .key = OPTION_KEY,
          .arg = N_("VKEY"),
          .doc = N_("The key of the log of gate or pseudonym service, once; it is kept") },
        { .name = NULL }
    };
    static const struct command_syntax SYNTAX = {
        .options = OPTIONS,
        .parse = parse,
        .doc = N_("Reads the whole log of a service, recomputes it from every entry, and compares "
                  "it with the signed checkpoint and with the one that you verified last time."),
    };
    struct verify *verify = calloc(1, sizeof *verify);
    struct options options = { .service = ROLE_VAULT };
    enum exit_code code;

    command_parse(session, &SYNTAX, argc, argv, &options);
    if (verify == NULL) {
        return session_say_err(_("Starting failed."), ERR_NOMEM);
    }
    verify->options = options;
    code = audit_desk_open(session, options.service, &verify->desk);
    if (code == EXIT_CODE_OK) {
        code = find_key(verify);
    }
    if (code == EXIT_CODE_OK) {
        code = read_before(verify);
    }
    if (code == EXIT_CODE_OK) {
        code = read_now(verify);
    }
    if (code == EXIT_CODE_OK) {
        code = finish(verify, check_log(verify));
    }
    audit_desk_done(&verify->desk);
    free(verify);
    return code;
}
