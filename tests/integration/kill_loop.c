/* SPDX-License-Identifier: EUPL-1.2 */
/* Kills the vault under load, again and again, and looks at what is left: each receipt that was given is kept,
 * a signal sent again gets its first receipt, and none is there twice.  Prints figures. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/secret.h"
#include "proto/escrow/receipt.h"
#include "tests/integration/lib/desk.h"

enum {
    DESKS = 2, /* of two sectors, which report the same persons: so there are cases to make too */
    PER_LIFE = 24,
    UNDER_WAY = 8,
    ARENA_CAP = 65536,
    LOCKED_LEN = 65536,
    NAME_LETTERS = 6,
};

/* One signal and what became of it. */
struct filed {
    size_t desk;
    struct filing_sealed sealed;
    struct rid rid;
    bool has_receipt;
    bool is_listed;
    uint8_t receipt[RECEIPT_LEN];
};

struct figures {
    size_t lives;
    size_t receipts; /* first ones */
    size_t cut_off; /* sent, and the vault died before its answer */
    size_t sent_again; /* with a receipt already */
};

struct loop {
    const char *vaultd;
    const char *folder; /* of the deployment */
    struct desk desks[DESKS];
    struct rpc_channel *channels[DESKS];
    struct filed **filed;
    size_t filed_count;
    size_t done; /* all before have a receipt */
    pid_t pid;
    struct figures figures;
};

static void
fail(const char *what)
{
    fprintf(stderr, "%s\n", what);
    exit(EXIT_FAILURE);
}

static char *
path_of(const struct loop *loop, const char *name)
{
    char *path = NULL;

    desk_must(file_join(loop->folder, name, &path), name);
    return path;
}

/* ---- the vault ---- */

static void
exec_vault(const struct loop *loop, int ready)
{
    char number[16];
    char *config = path_of(loop, "vaultd/config.yaml");
    char *clock = path_of(loop, "clock");
    char *log = path_of(loop, "vaultd/log");
    int out = open(log, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);

    if (out < 0 || dup2(out, STDOUT_FILENO) < 0 || dup2(out, STDERR_FILENO) < 0) {
        _exit(EXIT_FAILURE);
    }
    snprintf(number, sizeof number, "%d", ready);
    execl(loop->vaultd, loop->vaultd, "--config", config, "--clock-file", clock, "--ready-fd",
          number, (char *) NULL);
    _exit(EXIT_FAILURE);
}

static void
start_vault(struct loop *loop)
{
    char line[16] = "";
    int ends[2];

    if (pipe(ends) != 0) {
        fail("no pipe");
    }
    loop->pid = fork();
    if (loop->pid == 0) {
        close(ends[0]);
        exec_vault(loop, ends[1]);
    }
    close(ends[1]);
    if (loop->pid < 0 || read(ends[0], line, sizeof line - 1) <= 0 ||
        strncmp(line, "ready", 5) != 0) {
        fail("the vault does not start again");
    }
    close(ends[0]);
}

static void
end_vault(struct loop *loop, int how)
{
    int status = 0;

    if (kill(loop->pid, how) != 0 || waitpid(loop->pid, &status, 0) != loop->pid) {
        fail("the vault had ended by itself");
    }
    if (how == SIGTERM && (!WIFEXITED(status) || WEXITSTATUS(status) != 0)) {
        fail("the vault did not end well");
    }
    loop->pid = 0;
}

static void
open_channels(struct loop *loop)
{
    for (size_t i = 0; i < DESKS; i++) {
        struct client *client = loop->desks[i].client;
        const struct client_config *config = client_config(client);
        const struct registry_party *vault =
            registry_party_by_role(client_registry(client), ROLE_VAULT, client_today(client));
        const struct rpc_channel_config channel = {
            .address = config->vault,
            .identity = { config->ca, config->certificate, config->key },
            .server_oin = vault->oin,
        };

        desk_must(rpc_channel_open(&channel, &loop->channels[i]), "channel");
    }
}

static void
close_channels(struct loop *loop)
{
    for (size_t i = 0; i < DESKS; i++) {
        rpc_channel_close(loop->channels[i]);
        loop->channels[i] = NULL;
    }
}

/* ---- signals ---- */

/* Both desks report each person. */
static void
make_signal(struct loop *loop)
{
    size_t number = loop->filed_count;
    size_t person = number / DESKS;
    struct desk *desk = &loop->desks[number % DESKS];
    struct filed *filed = calloc(1, sizeof *filed);
    struct report_entry entry;
    char reference[32];
    char name[NAME_LETTERS + 1] = "";
    char born[DATE_TEXT_ROOM];
    char house[16];

    desk_must(filed == NULL ? ERR_NOMEM : ERR_OK, "signal");
    for (size_t i = 0, left = person; i < NAME_LETTERS; i++, left /= 26) {
        name[i] = (char) ('a' + left % 26);
    }
    snprintf(reference, sizeof reference, "KILL-%zu", number);
    snprintf(born, sizeof born, "%zu-%02zu-%02zu", 1930 + person % 70, 1 + person % 12,
             1 + person % 28);
    snprintf(house, sizeof house, "%zu", 1 + person % 400);
    desk_fill(desk, &entry);
    entry.text[COLUMN_REFERENCE] = reference;
    entry.text[COLUMN_CALL_NAME] = name;
    entry.text[COLUMN_SURNAME] = name;
    entry.text[COLUMN_DATE_OF_BIRTH] = born;
    entry.text[COLUMN_HOUSE_NUMBER] = house;
    entry.text[COLUMN_DOMAINS] = number % DESKS == 0 ? "money" : "housing";
    filed->desk = number % DESKS;
    desk_seal(desk, &entry, &filed->sealed, 1);
    desk_must(filing_rid(&filed->sealed, &filed->rid), "rid");
    loop->filed[loop->filed_count] = filed;
    loop->filed_count++;
}

static void
send(struct loop *loop, struct rpc_window *window, struct filed *filed)
{
    struct desk *desk = &loop->desks[filed->desk];
    struct filing_submission submission;
    const struct rpc_request request = {
        .service = &seinhuis__v1__intake__descriptor,
        .method = "Submit",
        .message = &submission.message.base,
    };

    desk_must(filing_submission_init(desk->filing, &filed->sealed, desk_now(desk), &submission),
              "submission");
    desk_must(rpc_window_start(window, &request, filed), "window");
}

/* True: a receipt. */
static bool
take(struct loop *loop, const struct rpc_reply *reply)
{
    struct filed *filed = reply->tag;
    const Seinhuis__V1__SubmitResponse *response =
        (const Seinhuis__V1__SubmitResponse *) reply->response;
    struct receipt receipt;

    if (reply->result.end == RPC_END_REFUSED) {
        fail(rpc_result_text(&reply->result));
    }
    if (reply->result.end != RPC_END_OK) {
        loop->figures.cut_off++;
        return false;
    }
    desk_must(
        filing_check_receipt(loop->desks[filed->desk].filing, &filed->sealed, response, &receipt),
        "receipt");
    if (filed->has_receipt) {
        loop->figures.sent_again++;
        if (memcmp(filed->receipt, response->receipt.data, RECEIPT_LEN) != 0) {
            fail("a signal sent again got another receipt");
        }
        return true;
    }
    filed->has_receipt = true;
    memcpy(filed->receipt, response->receipt.data, RECEIPT_LEN);
    loop->figures.receipts++;
    return true;
}

/* Files what has no receipt yet, and one that has; kills the vault after 'kill_after' receipts. */
static void
file_all(struct loop *loop, size_t kill_after)
{
    struct rpc_window *windows[DESKS] = { NULL };
    size_t receipts = 0;
    size_t next = loop->done > 0 ? loop->done - 1 : 0;
    size_t under_way = 0;

    open_channels(loop);
    for (size_t i = 0; i < DESKS; i++) {
        desk_must(rpc_window_open(loop->channels[i], UNDER_WAY, ARENA_CAP, &windows[i]), "window");
    }
    do {
        for (; under_way < UNDER_WAY && next < loop->filed_count && loop->pid != 0; next++) {
            send(loop, windows[loop->filed[next]->desk], loop->filed[next]);
            under_way++;
        }
        for (size_t i = 0; i < DESKS; i++) {
            struct rpc_reply reply;

            while (rpc_window_next(windows[i], 1, &reply) == ERR_OK) {
                under_way--;
                receipts += take(loop, &reply) ? 1 : 0;
                if (receipts >= kill_after && loop->pid != 0) {
                    end_vault(loop, SIGKILL);
                }
            }
        }
    } while (under_way > 0 || (next < loop->filed_count && loop->pid != 0));
    for (size_t i = 0; i < DESKS; i++) {
        rpc_window_close(windows[i]);
    }
    close_channels(loop);
    while (loop->done < loop->filed_count && loop->filed[loop->done]->has_receipt) {
        loop->done++;
    }
}

/* ---- what is left ---- */

static void
note_listed(struct loop *loop, size_t desk, const Seinhuis__V1__OwnSignal *own)
{
    for (size_t i = desk; i < loop->filed_count; i += DESKS) {
        struct filed *filed = loop->filed[i];

        if (own->rid.len == RID_LEN && memcmp(filed->rid.bytes, own->rid.data, RID_LEN) == 0) {
            if (filed->is_listed) {
                fail("a signal is there twice");
            }
            filed->is_listed = true;
            return;
        }
    }
    fail("a signal is there that was never sent");
}

static void
list(struct loop *loop, size_t desk)
{
    Seinhuis__V1__ListOwnRequest message;
    const struct rpc_request request = {
        .service = &seinhuis__v1__intake__descriptor,
        .method = "ListOwn",
        .message = &message.base,
    };
    char user[] = "medewerker-1";
    const ProtobufCMessage *own = NULL;
    struct rpc_reader *reader = NULL;
    struct rpc_result result;

    seinhuis__v1__list_own_request__init(&message);
    message.user = user;
    desk_must(rpc_reader_open(loop->channels[desk], &request, &reader), "list");
    do {
        arena_reset(&loop->desks[desk].arena, ARENA_CAP);
        desk_must(rpc_reader_next(reader, &loop->desks[desk].arena, &own, &result), "list");
        if (own != NULL) {
            note_listed(loop, desk, (const Seinhuis__V1__OwnSignal *) own);
        }
    } while (own != NULL);
    rpc_reader_close(reader);
}

/* Each signal has its receipt by now, so each must be there, once. */
static void
look(struct loop *loop)
{
    open_channels(loop);
    for (size_t i = 0; i < DESKS; i++) {
        list(loop, i);
    }
    close_channels(loop);
    for (size_t i = 0; i < loop->filed_count; i++) {
        if (!loop->filed[i]->is_listed) {
            fail("a signal with a receipt is lost");
        }
    }
}

static void
run(struct loop *loop, size_t lives)
{
    loop->filed = calloc(lives * PER_LIFE, sizeof *loop->filed);
    desk_must(loop->filed == NULL ? ERR_NOMEM : ERR_OK, "signals");
    for (; loop->figures.lives < lives; loop->figures.lives++) {
        for (size_t i = 0; i < PER_LIFE; i++) {
            make_signal(loop);
        }
        start_vault(loop);
        file_all(loop, 1 + randombytes_uniform(PER_LIFE));
        if (loop->pid != 0) {
            end_vault(loop, SIGKILL);
        }
    }
    start_vault(loop);
    file_all(loop, SIZE_MAX);
    look(loop);
    end_vault(loop, SIGTERM);
}

int
main(int argc, char **argv)
{
    static const char *const CONFIGS[DESKS] = { "partners/politie-seinhoven/sein.yaml",
                                                "partners/huisartsen-seinhoven/sein.yaml" };
    struct loop loop = { .pid = 0 };

    if (argc != 4) {
        fail("usage: kill_loop VAULTD DEPLOYMENT LIVES");
    }
    loop.vaultd = argv[1];
    loop.folder = argv[2];
    desk_must(secret_start(LOCKED_LEN), "memory");
    for (size_t i = 0; i < DESKS; i++) {
        char *config = path_of(&loop, CONFIGS[i]);

        desk_open(&loop.desks[i], config, 0);
        free(config);
    }
    run(&loop, strtoul(argv[3], NULL, 10));
    printf("%zu kills, %zu signals, %zu receipts, %zu answers cut off, %zu sent again\n",
           loop.figures.lives, loop.filed_count, loop.figures.receipts, loop.figures.cut_off,
           loop.figures.sent_again);
    for (size_t i = 0; i < loop.filed_count; i++) {
        free(loop.filed[i]);
    }
    free(loop.filed);
    for (size_t i = 0; i < DESKS; i++) {
        desk_close(&loop.desks[i]);
    }
    return EXIT_SUCCESS;
}
