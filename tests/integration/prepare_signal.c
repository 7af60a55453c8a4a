/* SPDX-License-Identifier: EUPL-1.2 */
/* Prepares signals as packed SubmitRequests in files, so that any client can file them: good ones, and ones
 * that only somebody with the organisation's own keys could make. */
#include <argp.h>
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/secret.h"
#include "tests/integration/lib/desk.h"

enum {
    OPTION_SECTOR = 256,
    OPTION_SENT,
    OPTION_TWICE,
    OPTION_SPOIL,
    OPTION_RESPOIL,
    LOCKED_LEN = 65536
};

struct options {
    const char *config;
    const char *out;
    const char *twice; /* another signal with the same ticket */
    const char *respoil; /* a file of ours, to be signed again with another box */
    const char *spoil; /* the part of which a byte is changed before signing */
    long sent_shift_s;
    long sector;
    char *column[COLUMN_COUNT];
    int place;
};

static error_t
parse_column(struct options *options, char *argument, struct argp_state *state)
{
    char *value = strchr(argument, '=');
    enum column column = COLUMN_REFERENCE;

    if (value == NULL ||
        report_column_by_key(argument, (size_t) (value - argument), &column) != ERR_OK) {
        argp_error(state, "no column: %s", argument);
        return 0;
    }
    options->column[column] = value + 1;
    return 0;
}

static error_t
parse(int key, char *argument, struct argp_state *state)
{
    struct options *options = state->input;

    switch (key) {
        case OPTION_SECTOR:
            options->sector = strtol(argument, NULL, 10);
            return 0;
        case OPTION_SENT:
            options->sent_shift_s = strtol(argument, NULL, 10);
            return 0;
        case OPTION_TWICE:
            options->twice = argument;
            return 0;
        case OPTION_RESPOIL:
            options->respoil = argument;
            return 0;
        case OPTION_SPOIL:
            options->spoil = argument;
            return 0;
        case ARGP_KEY_ARG:
            options->place++;
            if (options->place == 1) {
                options->config = argument;
            } else if (options->place == 2) {
                options->out = argument;
            } else {
                return parse_column(options, argument, state);
            }
            return 0;
        case ARGP_KEY_END:
            if (options->place < 2) {
                argp_usage(state);
            }
            return 0;
        default:
            return ARGP_ERR_UNKNOWN;
    }
}

static void
spoil(struct filing_sealed *sealed, const char *part)
{
    if (strcmp(part, "inner") == 0) {
        sealed->envelope.inner[100] ^= 1;
    } else if (strcmp(part, "gate") == 0) {
        sealed->envelope.gate[100] ^= 1;
    } else if (strcmp(part, "week") == 0) {
        sealed->envelope.header[32] ^= 1;
    } else if (strcmp(part, "ticket") == 0) {
        sealed->tickets[60] ^= 1;
    } else {
        desk_must(ERR_INVALID, part);
    }
}

static void
write_request(struct desk *desk, const struct filing_sealed *sealed, uint64_t sent,
              const char *path)
{
    struct filing_submission submission;
    uint8_t *packed = NULL;
    size_t len;

    desk_must(filing_submission_init(desk->filing, sealed, sent, &submission), "signature");
    len = seinhuis__v1__submit_request__get_packed_size(&submission.message);
    packed = malloc(len);
    desk_must(packed == NULL ? ERR_NOMEM : ERR_OK, path);
    seinhuis__v1__submit_request__pack(&submission.message, packed);
    desk_must(file_replace(path, packed, len, 0600), path);
    free(packed);
}

static void
copy_part(ProtobufCBinaryData part, uint8_t *out, size_t room, size_t *len)
{
    desk_must(part.len > room ? ERR_TOO_BIG : ERR_OK, "respoil");
    if (part.len > 0) {
        memcpy(out, part.data, part.len);
    }
    *len = part.len;
}

static void
read_request(const char *path, struct filing_sealed *out)
{
    enum { ROOM = 65536 };
    Seinhuis__V1__SubmitRequest *message = NULL;
    struct envelope *envelope = &out->envelope;
    char *packed = NULL;
    size_t len = 0;

    desk_must(file_read(path, ROOM, &packed, &len), path);
    message = seinhuis__v1__submit_request__unpack(NULL, len, (const uint8_t *) packed);
    desk_must(message == NULL ? ERR_MALFORMED : ERR_OK, path);
    assert(message != NULL);
    copy_part(message->header, envelope->header, sizeof envelope->header, &envelope->header_len);
    copy_part(message->gate, envelope->gate, sizeof envelope->gate, &len);
    copy_part(message->inner, envelope->inner, sizeof envelope->inner, &envelope->inner_len);
    copy_part(message->direct, envelope->direct, sizeof envelope->direct, &envelope->direct_len);
    copy_part(message->tickets, out->tickets, sizeof out->tickets, &out->tickets_len);
    seinhuis__v1__submit_request__free_unpacked(message, NULL);
    free(packed);
}

static void
seal(struct desk *desk, const struct options *options, struct filing_sealed sealed[2])
{
    struct report_entry entry;

    desk_fill(desk, &entry);
    for (int i = 0; i < COLUMN_COUNT; i++) {
        if (options->column[i] != NULL) {
            entry.text[i] = options->column[i];
        }
    }
    desk_seal(desk, &entry, sealed, options->twice == NULL ? 1 : 2);
}

int
main(int argc, char **argv)
{
    static const struct argp_option OPTIONS[] = {
        { "sector", OPTION_SECTOR, "CODE", 0, "Make the shares of another sector", 0 },
        { "sent", OPTION_SENT, "SECONDS", 0, "Move the time of sending", 0 },
        { "spoil", OPTION_SPOIL, "PART", 0,
          "Change one bit of inner, gate, week or ticket, and sign that", 0 },
        { "respoil", OPTION_RESPOIL, "FILE", 0,
          "Take the signal of FILE, change one bit of its inner box, and sign that", 0 },
        { "twice", OPTION_TWICE, "FILE", 0, "Write another signal with the same ticket", 0 },
        { NULL, 0, NULL, 0, NULL, 0 },
    };
    const struct argp argp = {
        OPTIONS,
        parse,
        "CONFIG FILE COLUMN=VALUE...",
        "Prepares a signal of a fictitious person and writes it to FILE.",
        NULL,
        NULL,
        NULL,
    };
    struct options options = { .config = NULL };
    struct filing_sealed sealed[2] = { { .tickets_len = 0 } };
    struct desk desk;
    uint64_t sent;

    argp_parse(&argp, argc, argv, 0, NULL, &options);
    desk_must(secret_start(LOCKED_LEN), "memory");
    desk_open(&desk, options.config, (uint8_t) options.sector);
    if (options.respoil != NULL) {
        read_request(options.respoil, &sealed[0]);
        spoil(&sealed[0], "inner");
    } else {
        seal(&desk, &options, sealed);
    }
    if (options.spoil != NULL) {
        spoil(&sealed[0], options.spoil);
    }
    sent = desk_now(&desk) + (uint64_t) options.sent_shift_s;
    write_request(&desk, &sealed[0], sent, options.out);
    if (options.twice != NULL) {
        write_request(&desk, &sealed[1], sent, options.twice);
    }
    desk_close(&desk);
    return EXIT_SUCCESS;
}
