/* SPDX-License-Identifier: EUPL-1.2 */
#include "services/daemon/daemon.h"

#include <argp.h>
#include <errno.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/secret.h"
#include "services/daemon/settings.h"
#include "services/daemon/trail.h"

enum {
    TICK_MS = 1000,
    GRACE_MS = 10000,
    EXIT_USAGE = 64,
    OPTION_CLOCK_FILE = 256,
    OPTION_CHECK,
    OPTION_MAKE_KEYS,
    OPTION_READY_FD,
    OPTION_LOOK,
};

static const cyaml_schema_value_t GOVERNANCE_KEY = {
    CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 1, NOTE_VKEY_ROOM),
};

#define PATH_FIELD(type, name, flags)                                                              \
    CYAML_FIELD_STRING_PTR(#name, CYAML_FLAG_POINTER | (flags), type, name, 1, DAEMON_PATH_MAX)

const cyaml_schema_field_t DAEMON_NETWORK_FIELDS[] = {
    PATH_FIELD(struct daemon_network, listen, 0),
    PATH_FIELD(struct daemon_network, address_file, CYAML_FLAG_OPTIONAL),
    PATH_FIELD(struct daemon_network, certificate, 0),
    PATH_FIELD(struct daemon_network, key, 0),
    PATH_FIELD(struct daemon_network, authority, 0),
    CYAML_FIELD_END,
};

const cyaml_schema_field_t DAEMON_REGISTRY_FIELDS[] = {
    PATH_FIELD(struct daemon_registry, file, 0),
    CYAML_FIELD_SEQUENCE("governance", CYAML_FLAG_POINTER, struct daemon_registry, governance,
                         &GOVERNANCE_KEY, 2, NOTE_MAX_KEYS),
    CYAML_FIELD_END,
};

const cyaml_schema_field_t DAEMON_KEYS_FIELDS[] = {
    PATH_FIELD(struct daemon_keys, root, 0),
    PATH_FIELD(struct daemon_keys, ring, 0),
    CYAML_FIELD_END,
};

const cyaml_schema_field_t DAEMON_LOG_FIELDS[] = {
    CYAML_FIELD_STRING_PTR("origin", CYAML_FLAG_POINTER, struct daemon_log, origin, 1,
                           NOTE_NAME_MAX),
    CYAML_FIELD_END,
};

struct options {
    const struct daemon_program *program;
    const char *config;
    const char *clock_file;
    const char *keys; /* argument of --make-keys; NULL: serve */
    int ready_fd; /* gets one line when the daemon serves; -1: none */
    const char *look; /* argument of --look; NULL: serve */
    bool check_only;
};

/* The program's name for complaints; set once, before anything can be complained about. */
static const char *program_name = "seinhuis";

void
daemon_complain(const char *what, const char *subject, const char *reason)
{
    fprintf(stderr, "%s: %s: %s: %s\n", program_name, what, subject, reason);
}

static error_t
parse_option(int key, char *argument, struct argp_state *state)
{
    struct options *options = state->input;

    switch (key) {
        case 'c':
            options->config = argument;
            return 0;
        case OPTION_CLOCK_FILE:
            options->clock_file = argument;
            return 0;
        case OPTION_CHECK:
            options->check_only = true;
            return 0;
        case OPTION_LOOK:
            options->look = argument;
            return 0;
        case OPTION_READY_FD:
            if (strlen(argument) == 0 || strspn(argument, "0123456789") != strlen(argument)) {
                argp_error(state, "--ready-fd takes the number of an open descriptor");
            }
            options->ready_fd = (int) strtol(argument, NULL, 10);
            return 0;
        case OPTION_MAKE_KEYS:
            options->keys = argument;
            return 0;
        case 'v': {
            enum log_level level = LOG_INFO;

            if (log_level_parse(argument, &level) != ERR_OK) {
                argp_error(state, "--log-level takes error, warn, info or debug");
            }
            log_set_level(level);
            return 0;
        }
        case ARGP_KEY_ARG:
            argp_error(state, "unexpected argument '%s'", argument);
            return 0;
        case ARGP_KEY_END:
            if (options->config == NULL) {
                argp_error(state, "--config FILE is needed");
            }
            return 0;
        default:
            return ARGP_ERR_UNKNOWN;
    }
}

static void
parse_options(struct options *options, int argc, char **argv)
{
    const struct daemon_program *program = options->program;
    const struct argp_option rows[] = {
        { "config", 'c', "FILE", 0, "Configuration; paths in it are relative to its folder", 0 },
        { "clock-file", OPTION_CLOCK_FILE, "FILE", 0,
          "Take the time from FILE; only in a deployment whose registry says demonstration", 0 },
        { "check", OPTION_CHECK, NULL, 0, "Check configuration, keys and registry, then end", 0 },
        { "ready-fd", OPTION_READY_FD, "FD", 0,
          "Write the line 'ready' to this descriptor when the service can be reached", 0 },
        { "log-level", 'v', "LEVEL", 0, "error, warn, info (default) or debug", 0 },
        { "make-keys", OPTION_MAKE_KEYS, "WHICH", 0, program->keys_help, 0 },
        { program->look == NULL ? NULL : "look", program->look == NULL ? 0 : OPTION_LOOK, "COUNT",
          0, "Print what the operator can read of COUNT records, then end", 0 },
        { NULL, 0, NULL, 0, NULL, 0 },
    };
    const struct argp argp = { rows, parse_option, NULL, program->purpose, NULL, NULL, NULL };

    argp_err_exit_status = EXIT_USAGE;
    argp_parse(&argp, argc, argv, 0, NULL, options);
}

static void
complain_yaml(const char *path, const struct yaml_error *error)
{
    char place[YAML_FIELD_ROOM + 64];

    snprintf(place, sizeof place, "line %u, key '%s'", error->line, error->field);
    daemon_complain(path, error->field[0] == '\0' && error->line == 0 ? "configuration" : place,
                    yaml_error_text(error));
}

/* Reads the configuration and goes to its folder, so that relative paths in it hold. */
static enum err
load_config(const struct options *options, void **out)
{
    struct yaml_error error = { .kind = YAML_OK };
    char *folder = NULL;
    enum err err = yaml_load(options->config, options->program->schema, out, &error);

    if (err != ERR_OK) {
        complain_yaml(options->config, &error);
        return err;
    }
    err = file_folder_of(options->config, &folder);
    if (err == ERR_OK && chdir(folder) != 0) {
        err = ERR_IO;
    }
    if (err != ERR_OK) {
        daemon_complain(options->config, "its folder", err_text(err));
    }
    free(folder);
    return err;
}

/* Gives up root for the configured user, for good. */
static enum err
drop_privileges(const char *user)
{
    const struct passwd *entry;

    if (user == NULL || geteuid() != 0) {
        return ERR_OK;
    }
    entry = getpwnam(user);
    if (entry == NULL) {
        daemon_complain("run_as", user, "there is no such user");
        return ERR_NOT_FOUND;
    }
    if (initgroups(user, entry->pw_gid) != 0 ||
        setresgid(entry->pw_gid, entry->pw_gid, entry->pw_gid) != 0 ||
        setresuid(entry->pw_uid, entry->pw_uid, entry->pw_uid) != 0 || setuid(0) == 0) {
        daemon_complain("run_as", user, "root could not be given up");
        return ERR_DENIED;
    }
    return ERR_OK;
}

static void
complain_registry(const char *file, enum err err, const struct registry_error *error)
{
    if (error->problem == REGISTRY_FINE) {
        daemon_complain("registry", file,
                        err == ERR_INVALID ? "at least two valid governance keys must be pinned"
                                           : err_text(err));
    } else {
        daemon_complain("registry", error->where[0] == '\0' ? file : error->where,
                        registry_problem_text(error->problem));
    }
}

static enum err
open_roster(const struct daemon_config *config, struct clock *clock, struct roster **out)
{
    struct registry_error error = { .problem = REGISTRY_FINE };
    char *seen = NULL;
    char *replaced = NULL;
    enum err err = file_join(config->folder, "registry.seen", &seen);

    if (err == ERR_OK) {
        err = file_join(config->folder, "registry.replaced", &replaced);
    }
    if (err == ERR_OK) {
        const struct roster_config roster_config = {
            .file = config->registry.file,
            .seen_file = seen,
            .replaced_file = replaced,
            .governance = config->registry.governance,
            .governance_count = config->registry.governance_count,
        };

        err = roster_open(&roster_config, clock, out, &error);
    }
    if (err != ERR_OK) {
        complain_registry(config->registry.file, err, &error);
    }
    free(replaced);
    free(seen);
    return err;
}

/* What comes before any key is touched. */
static enum err
secure_process(const struct daemon_config *config, size_t locked_len)
{
    enum err err = drop_privileges(config->run_as);

    if (err != ERR_OK) {
        return err;
    }
    err = secret_start(locked_len);
    if (err != ERR_OK) {
        daemon_complain("memory", "locking secrets",
                        "raise the limit of locked memory (ulimit -l)");
        return err;
    }
    err = file_make_folder(config->folder, 0700);
    if (err != ERR_OK) {
        daemon_complain("folder", config->folder, err_text(err));
    }
    return err;
}

/* The clock file is for demonstrations; which this is, only the registry can say, and the registry is
 * read by the clock.  So the clock is opened first and refused afterwards. */
static enum err
prepare(struct daemon *daemon, const struct options *options)
{
    struct roster_edition *edition;
    bool is_demonstration;
    enum err err = clock_open(options->clock_file, &daemon->clock);

    if (err != ERR_OK) {
        daemon_complain("clock file", options->clock_file, err_text(err));
        return err;
    }
    err = open_roster(daemon->config, daemon->clock, &daemon->roster);
    if (err != ERR_OK) {
        return err;
    }
    edition = roster_take(daemon->roster);
    is_demonstration = registry_facts(roster_registry(edition))->is_demonstration;
    roster_give_back(edition);
    if (options->clock_file != NULL && !is_demonstration) {
        daemon_complain("--clock-file", options->clock_file,
                        "only a demonstration may take its time from a file");
        return ERR_DENIED;
    }
    return ERR_OK;
}

/* What is tried again and again is told once: '*last' is what went wrong before. */
static void
refresh_registry(struct daemon *daemon, enum err *last)
{
    struct registry_error error = { .problem = REGISTRY_FINE };
    enum err err = roster_refresh(daemon->roster, &error);

    if (err != ERR_OK && err != *last) {
        const struct log_field fields[] = {
            LOG_TEXT("error", err_text(err)),
            LOG_TEXT("problem", registry_problem_text(error.problem)),
        };

        log_event(LOG_ERROR, "registry_refused", fields, 2);
    }
    *last = err;
}

/* Waits for the signal to end; everything regular happens in between. */
static void
wait_for_end(struct daemon *daemon, int signals)
{
    struct pollfd wait = { .fd = signals, .events = POLLIN };
    enum err refused_for = ERR_OK;

    for (;;) {
        struct signalfd_siginfo info;

        if (poll(&wait, 1, TICK_MS) > 0) {
            if (read(signals, &info, sizeof info) == (ssize_t) sizeof info &&
                info.ssi_signo != SIGHUP) {
                return;
            }
        }
        refresh_registry(daemon, &refused_for);
        storage_tick(&daemon->storage);
    }
}

static void
log_notice(enum rpc_notice notice)
{
    const struct log_field fields[] = { LOG_TEXT("notice", rpc_notice_text(notice)) };

    log_event(LOG_WARN, "rpc", fields, 1);
}

static enum refusal
hook_identify(void *context, const char *oin, struct rpc_caller *out)
{
    const struct daemon *daemon = context;

    return roster_identify(daemon->roster, oin, out);
}

static void
hook_release(void *context, struct rpc_caller *caller)
{
    const struct daemon *daemon = context;

    roster_release(daemon->roster, caller);
}

static void
hook_refused(void *context, const struct rpc_call *call, enum refusal refusal)
{
    struct daemon *daemon = context;

    trail_refused_early(&daemon->storage, call, refusal);
}

static enum err
open_server(struct daemon *daemon, const struct daemon_program *program, void *state)
{
    const struct daemon_network *network = &daemon->config->network;
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    struct rpc_server_config config = {
        .listen = network->listen,
        .identity = { network->authority, network->certificate, network->key },
        .hooks = { .context = daemon,
                   .identify = hook_identify,
                   .release = hook_release,
                   .on_refused = hook_refused },
        .thread_count = program->thread_count,
    };
    enum err err;

    if (config.thread_count == 0) {
        config.thread_count = cores > 0 ? (uint32_t) cores : 1;
    }
    err = program->services(state, &config.services, &config.service_count);
    if (err != ERR_OK) {
        daemon_complain("start", program->name, err_text(err));
        return err;
    }
    rpc_set_notice(log_notice);
    err = rpc_server_open(&config, &daemon->server);
    if (err != ERR_OK) {
        daemon_complain("network", network->listen, err_text(err));
        return err;
    }
    if (network->address_file != NULL) {
        err = rpc_server_write_address(daemon->server, network->address_file);
        if (err != ERR_OK) {
            daemon_complain("network", network->address_file, err_text(err));
        }
    }
    return err;
}

/* Tells whoever started us; a reader that is gone does not matter. */
static void
tell_ready(int fd)
{
    if (fd >= 0) {
        if (write(fd, "ready\n", 6) < 0) {
            log_plain(LOG_WARN, "nobody_waits_for_ready");
        }
        close(fd);
    }
}

static enum err
serve(struct daemon *daemon, const struct options *options, void *state, int signals)
{
    const struct daemon_program *program = options->program;
    enum err err = open_server(daemon, program, state);

    if (err == ERR_OK) {
        const struct log_field fields[] = { LOG_NUMBER("port", rpc_server_port(daemon->server)) };

        log_event(LOG_INFO, "ready", fields, 1);
        tell_ready(options->ready_fd);
        wait_for_end(daemon, signals);
        log_plain(LOG_INFO, "stopping");
        if (daemon->config->network.address_file != NULL) {
            unlink(daemon->config->network.address_file);
        }
        rpc_server_stop(daemon->server, GRACE_MS);
    }
    rpc_server_close(daemon->server);
    daemon->server = NULL;
    return err;
}

/* Blocks the signals before any thread exists, so that only the main thread sees them. */
static int
take_signals(void)
{
    sigset_t set;

    signal(SIGPIPE, SIG_IGN);
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    if (pthread_sigmask(SIG_BLOCK, &set, NULL) != 0) {
        return -1;
    }
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static int
make_keys(const struct daemon_program *program, const struct daemon_config *config,
          const char *argument)
{
    char audit_vkey[NOTE_VKEY_ROOM];
    struct public_keys keys = { .audit_vkey = audit_vkey };
    struct keyring *ring = NULL;
    enum err err = storage_make_ring(config, &ring, audit_vkey);

    if (err != ERR_OK) {
        return EXIT_FAILURE;
    }
    err = program->make_keys(ring, argument, &keys);
    if (err == ERR_OK) {
        err = public_keys_print(&keys);
    }
    if (err != ERR_OK) {
        daemon_complain("--make-keys", argument,
                        err == ERR_INVALID ? program->keys_help : err_text(err));
    }
    keyring_close(ring);
    return err == ERR_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int
run(struct daemon *daemon, const struct options *options, const void *config, int signals)
{
    const struct daemon_program *program = options->program;
    void *state = NULL;
    enum err err = secure_process(daemon->config, program->locked_len);

    if (err == ERR_OK && options->keys != NULL) {
        return make_keys(program, daemon->config, options->keys);
    }
    if (err == ERR_OK) {
        err = prepare(daemon, options);
    }
    if (err == ERR_OK) {
        err = storage_open(daemon->config, daemon->clock, &daemon->storage);
    }
    if (err == ERR_OK) {
        err = program->start(daemon, config, &state);
    }
    if (err == ERR_OK && options->look != NULL) {
        uint32_t count = 0;

        err = settings_u32("--look", options->look, 0, &count);
        if (err == ERR_OK) {
            err = program->look(state, count);
        }
    } else if (err == ERR_OK && !options->check_only) {
        err = serve(daemon, options, state, signals);
    }
    if (state != NULL) {
        program->stop(state);
    }
    return err == ERR_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}

int
daemon_main(const struct daemon_program *program, int argc, char **argv)
{
    struct options options = { .program = program, .ready_fd = -1 };
    struct daemon daemon = { .config = NULL };
    void *config = NULL;
    int code = EXIT_FAILURE;
    int signals;

    program_name = program->name;
    parse_options(&options, argc, argv);
    signals = take_signals();
    if (signals < 0) {
        daemon_complain("signals", "start", strerror(errno));
        return EXIT_FAILURE;
    }
    if (load_config(&options, &config) == ERR_OK) {
        daemon.config = config;
        code = run(&daemon, &options, config, signals);
    }
    storage_close(&daemon.storage);
    roster_close(daemon.roster);
    clock_close(daemon.clock);
    yaml_free(program->schema, config);
    close(signals);
    return code;
}
