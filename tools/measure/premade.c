/* SPDX-License-Identifier: EUPL-1.2 */
#include "tools/measure/premade.h"

#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "base/clock.h"
#include "proto/escrow/envelope.h"
#include "proto/escrow/submit.h"
#include "proto/escrow/terms.h"
#include "tools/measure/meter.h"

enum { INNER_LEN = 5256 /* with one block */ };

struct premade_report {
    Seinhuis__V1__SubmitRequest message;
    uint8_t header[HEADER_MAX_LEN];
    uint8_t gate[ENVELOPE_GATE_LEN];
    uint8_t inner[INNER_LEN];
    uint8_t tickets[TICKET_LEN];
    struct signature signature;
};

static char user[] = "bench";

static int
compare_index(const void *a, const void *b)
{
    return memcmp(a, b, HASH32_LEN);
}

static void
fill_header(const struct deployment *deployment, const struct deployment_organisation *organisation,
            uint64_t now, struct report_header *out)
{
    struct report_header header = {
        .registry_version = 1,
        .serial = organisation->serial,
        .bucket = deployment->bucket,
        .mode = MODE_ESCROW,
        .band = BAND_MODERATE,
        .legal_basis = organisation->basis,
        .week = clock_week(date_of(now)),
        .block_count = 1,
        .blocks = { { .ctx = deployment->ctx } },
    };

    randombytes_buf(header.rid.bytes, RID_LEN);
    randombytes_buf(header.blocks[0].index, sizeof header.blocks[0].index);
    qsort(header.blocks[0].index, HEADER_SLOTS, sizeof header.blocks[0].index[0], compare_index);
    *out = header;
}

static void
make_one(const struct deployment *deployment, const struct deployment_organisation *organisation,
         uint64_t now, struct premade_report *out)
{
    struct report_header header;
    struct submission_hashes hashes;
    struct submission submission;
    struct hash64 name;
    size_t header_len = 0;

    fill_header(deployment, organisation, now, &header);
    if (header_write(&header, out->header, &header_len) != ERR_OK) {
        meter_fail("report", "its header is not valid");
    }
    randombytes_buf(out->gate, sizeof out->gate);
    randombytes_buf(out->inner, sizeof out->inner);
    ticket_make(&deployment->ticket_secret, organisation->serial, &deployment->ctx, clock_day(now),
                out->tickets);
    submission = (struct submission) {
        .header = { out->header, header_len },
        .gate = { out->gate, sizeof out->gate },
        .inner = { out->inner, sizeof out->inner },
        .tickets = { out->tickets, sizeof out->tickets },
        .sent = now,
    };
    submit_hashes(&submission, &hashes);
    submit_name(&hashes, &name);
    if (submit_sign(&organisation->secret, DEPLOYMENT_TENANT, &name, now, submission.tickets,
                    &out->signature) != ERR_OK) {
        meter_fail("report", "could not be signed");
    }
    seinhuis__v1__submit_request__init(&out->message);
    out->message.user = user;
    out->message.header = (ProtobufCBinaryData) { header_len, out->header };
    out->message.gate = (ProtobufCBinaryData) { sizeof out->gate, out->gate };
    out->message.inner = (ProtobufCBinaryData) { sizeof out->inner, out->inner };
    out->message.tickets = (ProtobufCBinaryData) { sizeof out->tickets, out->tickets };
    out->message.signature = (ProtobufCBinaryData) { SIGNATURE_LEN, out->signature.bytes };
    out->message.sent = now;
}

void
premade_make(const struct deployment *deployment, size_t organisation, size_t count,
             struct premade *out)
{
    struct premade premade = { .count = count };
    struct clock *clock = NULL;

    premade.reports = meter_alloc(count, sizeof *premade.reports);
    if (clock_open(NULL, &clock) != ERR_OK) {
        meter_fail("clock", "cannot be read");
    }
    for (size_t i = 0; i < count; i++) {
        make_one(deployment, &deployment->organisations[organisation], clock_now_s(clock),
                 &premade.reports[i]);
    }
    clock_close(clock);
    *out = premade;
}

void
premade_done(struct premade *premade)
{
    free(premade->reports);
    *premade = (struct premade) { .reports = NULL };
}

const Seinhuis__V1__SubmitRequest *
premade_take(struct premade *premade)
{
    if (premade->taken == premade->count) {
        meter_fail("reports", "there are no more");
    }
    return &premade->reports[premade->taken++].message;
}

size_t
premade_len(const struct premade *premade)
{
    return seinhuis__v1__submit_request__get_packed_size(&premade->reports[0].message);
}
