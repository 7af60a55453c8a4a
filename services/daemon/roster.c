/* SPDX-License-Identifier: EUPL-1.2 */
#include "services/daemon/roster.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"

struct roster_edition {
    struct registry *registry;
    struct roster_peer *peers; /* one per party, in the registry's order */
    _Atomic unsigned int holders;
};

enum {
    REPLACED_MAX = 16,
    REPLACED_KEPT_S = 7 * 24 * 3600,
    REPLACED_LINE_ROOM = 40,
};

/* A version that another took the place of. */
struct replaced {
    uint32_t version;
    uint64_t at_s; /* Unix seconds */
};

struct roster {
    char *file;
    char *seen_file;
    char *replaced_file;
    struct note_vkey pins[NOTE_MAX_KEYS];
    size_t pin_count;
    struct clock *clock;

    pthread_mutex_t lock; /* over 'now' */
    struct roster_edition *now;
    struct replaced replaced[REPLACED_MAX]; /* the newest last */
    size_t replaced_count;

    struct timespec read_mtime; /* of 'file' when it was last read */
    off_t read_size;
    ino_t read_inode; /* a file that was replaced is another file, however alike */
};

static void
edition_free(struct roster_edition *edition)
{
    if (edition == NULL) {
        return;
    }
    registry_free(edition->registry);
    free(edition->peers);
    free(edition);
}

/* Takes over 'registry', on failure too. */
static struct roster_edition *
edition_new(struct registry *registry)
{
    const struct registry_facts *facts = registry_facts(registry);
    struct roster_edition *edition = calloc(1, sizeof *edition);

    if (edition == NULL) {
        registry_free(registry);
        return NULL;
    }
    edition->registry = registry;
    edition->peers = calloc(facts->party_count + 1, sizeof *edition->peers);
    if (edition->peers == NULL) {
        edition_free(edition);
        return NULL;
    }
    for (size_t i = 0; i < facts->party_count; i++) {
        edition->peers[i] =
            (struct roster_peer) { .edition = edition, .party = &facts->parties[i] };
    }
    atomic_store(&edition->holders, 1);
    return edition;
}

void
roster_give_back(struct roster_edition *edition)
{
    if (edition != NULL && atomic_fetch_sub(&edition->holders, 1) == 1) {
        edition_free(edition);
    }
}

struct roster_edition *
roster_take(struct roster *roster)
{
    struct roster_edition *edition;

    pthread_mutex_lock(&roster->lock);
    edition = roster->now;
    atomic_fetch_add(&edition->holders, 1);
    pthread_mutex_unlock(&roster->lock);
    return edition;
}

const struct registry *
roster_registry(const struct roster_edition *edition)
{
    return edition->registry;
}

static enum err
parse_file(const struct roster *roster, const char *path, uint32_t day, struct registry **out,
           struct registry_error *error)
{
    const struct registry_pins pins = { .keys = roster->pins, .count = roster->pin_count };
    char *note = NULL;
    size_t len = 0;
    enum err err = file_read(path, NOTE_MAX_LEN, &note, &len);

    if (err == ERR_OK) {
        err = registry_parse(note, len, &pins, day, out, error);
    }
    free(note);
    return err;
}

/* Lines "VERSION SECONDS"; anything else is left out, which only shortens how long an old version is
 * taken. */
static void
read_replaced(struct roster *roster)
{
    char text[REPLACED_MAX * REPLACED_LINE_ROOM + 1];
    size_t len = 0;
    char *line;
    char *rest = NULL;

    if (file_read_into(roster->replaced_file, text, sizeof text - 1, &len) != ERR_OK) {
        return;
    }
    text[len] = '\0';
    for (line = strtok_r(text, "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest)) {
        struct replaced *row = &roster->replaced[roster->replaced_count];
        char *at = NULL;

        row->version = (uint32_t) strtoul(line, &at, 10);
        if (*at == ' ' && roster->replaced_count < REPLACED_MAX - 1) {
            row->at_s = strtoull(at + 1, NULL, 10);
            roster->replaced_count++;
        }
    }
}

/* Notes that 'version' has been replaced now. */
static enum err
note_replaced(struct roster *roster, uint32_t version)
{
    uint64_t now = clock_now_s(roster->clock);
    char text[REPLACED_MAX * REPLACED_LINE_ROOM];
    size_t len = 0;

    pthread_mutex_lock(&roster->lock);
    if (roster->replaced_count == REPLACED_MAX) {
        memmove(&roster->replaced[0], &roster->replaced[1],
                (REPLACED_MAX - 1) * sizeof roster->replaced[0]);
        roster->replaced_count--;
    }
    roster->replaced[roster->replaced_count] =
        (struct replaced) { .version = version, .at_s = now };
    roster->replaced_count++;
    for (size_t i = 0; i < roster->replaced_count; i++) {
        len += (size_t) snprintf(text + len, sizeof text - len, "%" PRIu32 " %" PRIu64 "\n",
                                 roster->replaced[i].version, roster->replaced[i].at_s);
    }
    pthread_mutex_unlock(&roster->lock);
    return file_replace(roster->replaced_file, text, len, 0600);
}

uint32_t
roster_oldest_version(struct roster *roster)
{
    uint64_t now = clock_now_s(roster->clock);
    uint32_t oldest;

    pthread_mutex_lock(&roster->lock);
    oldest = registry_facts(roster->now->registry)->version;
    for (size_t i = 0; i < roster->replaced_count; i++) {
        const struct replaced *row = &roster->replaced[i];

        if (row->version < oldest && row->at_s + REPLACED_KEPT_S > now) {
            oldest = row->version;
        }
    }
    pthread_mutex_unlock(&roster->lock);
    return oldest;
}

/* Accepts 'next' only as a successor of the newest one ever accepted, and remembers it. */
static enum err
check_and_remember(struct roster *roster, const struct registry *next, struct registry_error *error)
{
    struct registry *seen = NULL;
    const char *note;
    size_t len = 0;
    enum err err = parse_file(roster, roster->seen_file, REGISTRY_ANY_DAY, &seen, error);

    if (err == ERR_OK) {
        err = registry_check_successor(seen, next, error);
    } else if (err == ERR_NOT_FOUND) {
        err = ERR_OK;
    }
    if (err != ERR_OK) {
        goto out;
    }
    if (seen != NULL && registry_facts(seen)->version < registry_facts(next)->version) {
        err = note_replaced(roster, registry_facts(seen)->version);
        if (err != ERR_OK) {
            goto out;
        }
    }
    note = registry_note(next, &len);
    err = file_replace(roster->seen_file, note, len, 0600);
out:
    registry_free(seen);
    return err;
}

static enum err
load(struct roster *roster, struct roster_edition **out, struct registry_error *error)
{
    struct registry *registry = NULL;
    struct roster_edition *edition = NULL;
    enum err err =
        parse_file(roster, roster->file, clock_day(clock_now_s(roster->clock)), &registry, error);

    if (err != ERR_OK) {
        return err;
    }
    err = check_and_remember(roster, registry, error);
    if (err != ERR_OK) {
        registry_free(registry);
        return err;
    }
    edition = edition_new(registry);
    if (edition == NULL) {
        return ERR_NOMEM;
    }
    *out = edition;
    return ERR_OK;
}

/* Whether the file is another than the one read last; remembers what it saw. */
static bool
has_changed(struct roster *roster)
{
    struct stat st;

    if (stat(roster->file, &st) != 0) {
        return false;
    }
    if (st.st_ino == roster->read_inode && st.st_size == roster->read_size &&
        st.st_mtim.tv_sec == roster->read_mtime.tv_sec &&
        st.st_mtim.tv_nsec == roster->read_mtime.tv_nsec) {
        return false;
    }
    roster->read_inode = st.st_ino;
    roster->read_size = st.st_size;
    roster->read_mtime = st.st_mtim;
    return true;
}

/* Whether the file as it is will never be accepted; anything else may pass: no room, no memory, or a term
 * that begins tomorrow. */
static bool
is_final(enum err err)
{
    switch (err) {
        case ERR_AUTH:
        case ERR_MALFORMED:
        case ERR_TOO_BIG:
        case ERR_INVALID:
        case ERR_ROLLBACK:
        case ERR_CONFLICT:
            return true;
        default:
            return false;
    }
}

enum err
roster_refresh(struct roster *roster, struct registry_error *error)
{
    struct roster_edition *next = NULL;
    struct roster_edition *last;
    enum err err;

    if (!has_changed(roster)) {
        return ERR_OK;
    }
    err = load(roster, &next, error);
    if (err != ERR_OK) {
        roster->read_inode = is_final(err) ? roster->read_inode : 0; /* no file's: read it again */
        return err;
    }
    pthread_mutex_lock(&roster->lock);
    last = roster->now;
    roster->now = next;
    pthread_mutex_unlock(&roster->lock);
    roster_give_back(last);
    return ERR_OK;
}

static enum err
parse_pins(struct roster *roster, const struct roster_config *config)
{
    if (config->governance_count < 2 || config->governance_count > NOTE_MAX_KEYS) {
        return ERR_INVALID;
    }
    for (unsigned int i = 0; i < config->governance_count; i++) {
        if (note_vkey_parse(config->governance[i], &roster->pins[i]) != ERR_OK) {
            return ERR_INVALID;
        }
    }
    roster->pin_count = config->governance_count;
    return ERR_OK;
}

enum err
roster_open(const struct roster_config *config, struct clock *clock, struct roster **out,
            struct registry_error *error)
{
    struct roster *roster = calloc(1, sizeof *roster);
    enum err err;

    if (roster == NULL) {
        return ERR_NOMEM;
    }
    if (pthread_mutex_init(&roster->lock, NULL) != 0) {
        free(roster);
        return ERR_NOMEM;
    }
    roster->clock = clock;
    roster->file = strdup(config->file);
    roster->seen_file = strdup(config->seen_file);
    roster->replaced_file = strdup(config->replaced_file);
    err = roster->file == NULL || roster->seen_file == NULL || roster->replaced_file == NULL
        ? ERR_NOMEM
        : ERR_OK;
    if (err == ERR_OK) {
        err = parse_pins(roster, config);
    }
    if (err == ERR_OK) {
        read_replaced(roster);
        has_changed(roster);
        err = load(roster, &roster->now, error);
    }
    if (err != ERR_OK) {
        roster_close(roster);
        return err;
    }
    *out = roster;
    return ERR_OK;
}

void
roster_close(struct roster *roster)
{
    if (roster == NULL) {
        return;
    }
    roster_give_back(roster->now);
    pthread_mutex_destroy(&roster->lock);
    free(roster->file);
    free(roster->seen_file);
    free(roster->replaced_file);
    free(roster);
}

enum refusal
roster_identify(void *context, const char *oin, struct rpc_caller *out)
{
    struct roster *roster = context;
    struct roster_edition *edition = roster_take(roster);
    const struct registry_facts *facts = registry_facts(edition->registry);
    const struct registry_party *party = registry_party_by_oin(edition->registry, oin);
    uint32_t today = clock_day(clock_now_s(roster->clock));
    enum refusal refusal = REFUSAL_NONE;

    if (!registry_term_holds(facts->term, today)) {
        refusal = REFUSAL_REGISTRY_EXPIRED;
    } else if (party == NULL) {
        refusal = REFUSAL_UNKNOWN_PARTY;
    } else if (!registry_term_holds(party->term, today)) {
        refusal = REFUSAL_PARTY_ENDED;
    }
    if (refusal != REFUSAL_NONE || party == NULL) {
        roster_give_back(edition);
        return refusal;
    }
    out->role = party->role;
    out->party = &edition->peers[party - facts->parties];
    return REFUSAL_NONE;
}

void
roster_release(void *context, struct rpc_caller *caller)
{
    const struct roster_peer *peer = caller->party;

    (void) context;
    if (peer != NULL) {
        caller->party = NULL;
        roster_give_back(peer->edition);
    }
}
