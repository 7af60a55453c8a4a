/* SPDX-License-Identifier: EUPL-1.2 */
#include "services/oversight/oversight.h"

#include <stdbool.h>
#include <string.h>

#include "base/bytes.h"
#include "proto/escrow/terms.h"
#include "proto/wire/decode.h"
#include "seinhuis/v1/oversight.pb-c.h"
#include "services/daemon/trail.h"

enum {
    ENTRIES_PER_MESSAGE = 64,
    OBJECT_RANGE_LEN = 16,
    LISTING_MS = 10 * 60 * 1000, /* a long list over a slow line */
};

/* Records the reading; the object is the range of entries: first and count, 8 bytes each. */
static enum refusal
record_reading(struct storage *storage, const struct rpc_call *call, const char *user,
               const char *type, uint64_t first, uint64_t count)
{
    struct audit_record record;
    struct byte_writer writer;

    trail_begin(call, type, AUDIT_READ, user, &record);
    record.object_type = AUDIT_OBJECT_LOG;
    record.object_len = OBJECT_RANGE_LEN;
    byte_writer_init(&writer, record.object, OBJECT_RANGE_LEN);
    byte_writer_u64(&writer, first);
    byte_writer_u64(&writer, count);
    record.life_cycle = AUDIT_LIFE_ACCESS;
    return trail_write(storage, &record);
}

static enum refusal
get_checkpoint(void *self, struct rpc_call *call, const ProtobufCMessage *request,
               ProtobufCMessage *response)
{
    struct storage *storage = self;
    const Seinhuis__V1__GetCheckpointRequest *asked =
        (const Seinhuis__V1__GetCheckpointRequest *) request;
    Seinhuis__V1__GetCheckpointResponse *answer = (Seinhuis__V1__GetCheckpointResponse *) response;
    uint8_t *note = arena_alloc(call->arena, STORE_CHECKPOINT_MAX);
    uint64_t size = 0;
    size_t len = 0;
    enum refusal refusal;
    enum err err;

    if (!wire_is_user(asked->user)) {
        return trail_refuse(storage, call, "", REFUSAL_BAD_USER);
    }
    if (note == NULL) {
        return REFUSAL_NO_MEMORY;
    }
    refusal = record_reading(storage, call, asked->user, "checkpoint_read", 0, 0);
    if (refusal != REFUSAL_NONE) {
        return refusal;
    }
    /* The newest one holds the reading just recorded, so that a log that nobody else uses can be
     * verified to its end. */
    err = audit_publish(storage->audit);
    if (err == ERR_OK) {
        err = store_checkpoint(storage->store, &size, note, &len);
    }
    if (err != ERR_OK) {
        return refusal_of_err(err);
    }
    answer->note = (ProtobufCBinaryData) { .len = len, .data = note };
    return REFUSAL_NONE;
}

/* Sends one page of entries as one message. */
static enum err
send_page(struct rpc_call *call, const struct audit_page *page)
{
    Seinhuis__V1__LogEntries message = SEINHUIS__V1__LOG_ENTRIES__INIT;
    Seinhuis__V1__LogEntry *entries = arena_array(call->arena, page->count, sizeof *entries);
    Seinhuis__V1__LogEntry **list =
        arena_array(call->arena, page->count, sizeof(Seinhuis__V1__LogEntry *));

    if (entries == NULL || list == NULL) {
        return ERR_NOMEM;
    }
    for (size_t i = 0; i < page->count; i++) {
        struct audit_entry *entry = &page->entries[i];

        seinhuis__v1__log_entry__init(&entries[i]);
        entries[i].index = entry->number;
        entries[i].leaf = (ProtobufCBinaryData) { .len = AUDIT_LEAF_LEN, .data = entry->leaf };
        if (!entry->is_erased) {
            entries[i].salt = (ProtobufCBinaryData) { .len = AUDIT_SALT_LEN, .data = entry->salt };
            entries[i].record = (ProtobufCBinaryData) { .len = entry->len, .data = entry->record };
        }
        list[i] = &entries[i];
    }
    message.entries = list;
    message.n_entries = page->count;
    return rpc_send(call, &message.base);
}

static enum err
send_range(struct storage *storage, struct rpc_call *call, uint64_t first, uint64_t end)
{
    enum err err = ERR_OK;

    while (err == ERR_OK && first < end) {
        struct audit_page page = { .entries = NULL };
        uint64_t left = end - first;
        size_t limit = left < ENTRIES_PER_MESSAGE ? (size_t) left : ENTRIES_PER_MESSAGE;
        size_t mark = arena_mark(call->arena);

        err = audit_read(storage->audit, NULL, first, limit, &page);
        if (err == ERR_OK && page.count == 0) {
            err = ERR_CORRUPT;
        }
        if (err == ERR_OK) {
            err = send_page(call, &page);
            first += page.count;
        }
        audit_page_done(&page);
        arena_rewind(call->arena, mark);
    }
    return err;
}

static enum refusal
list_entries(void *self, struct rpc_call *call, const ProtobufCMessage *request,
             ProtobufCMessage *response)
{
    struct storage *storage = self;
    const Seinhuis__V1__ListEntriesRequest *asked =
        (const Seinhuis__V1__ListEntriesRequest *) request;
    struct store_head head;
    enum refusal refusal;
    uint64_t end;
    enum err err;

    (void) response;
    if (!wire_is_user(asked->user)) {
        return trail_refuse(storage, call, "", REFUSAL_BAD_USER);
    }
    refusal = record_reading(storage, call, asked->user, "log_read", asked->first, asked->count);
    if (refusal != REFUSAL_NONE) {
        return refusal;
    }
    err = store_head(storage->store, NULL, &head);
    if (err != ERR_OK) {
        return refusal_of_err(err);
    }
    end = head.size;
    if (asked->count != 0 && asked->first < end && asked->count < end - asked->first) {
        end = asked->first + asked->count;
    }
    err = send_range(storage, call, asked->first, end);
    return err == ERR_STATE ? REFUSAL_CANCELLED : refusal_of_err(err);
}

static const struct rpc_method METHODS[] = {
    { .name = "GetCheckpoint",
      .kind = RPC_UNARY,
      .roles = ROLE_BIT(ROLE_OFFICER),
      .max_request_len = 256,
      .arena_cap = 32768,
      .handler = get_checkpoint },
    { .name = "ListEntries",
      .kind = RPC_SERVER_STREAM,
      .roles = ROLE_BIT(ROLE_OFFICER),
      .deadline_ms = LISTING_MS,
      .max_request_len = 256,
      .arena_cap = 65536,
      .max_running = 4,
      .handler = list_entries },
};

struct rpc_service
oversight_service(struct storage *storage)
{
    return (struct rpc_service) {
        .descriptor = &seinhuis__v1__oversight__descriptor,
        .methods = METHODS,
        .method_count = sizeof METHODS / sizeof METHODS[0],
        .self = storage,
    };
}
