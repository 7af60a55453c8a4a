/* SPDX-License-Identifier: EUPL-1.2 */
/* What the privacy officer does at the gate: records that only a host confirms wait for a yes. */
#include "services/gate/gate.h"

#include <string.h>

#include "proto/escrow/terms.h"
#include "proto/escrow/types.h"
#include "proto/wire/decode.h"
#include "seinhuis/v1/gate.pb-c.h"
#include "services/daemon/trail.h"
#include "services/gate/memory.h"

static enum err
send_waiting(void *context, const struct waiting *waiting)
{
    struct rpc_call *call = context;
    struct waiting copy = *waiting;
    Seinhuis__V1__WaitingRecord message = SEINHUIS__V1__WAITING_RECORD__INIT;

    message.case_id = (ProtobufCBinaryData) { .len = CASE_ID_LEN, .data = copy.case_id.bytes };
    message.rid = (ProtobufCBinaryData) { .len = RID_LEN, .data = copy.rid.bytes };
    message.serial = copy.serial;
    message.asked_at = copy.asked_at;
    message.approved = copy.is_approved;
    return rpc_send(call, &message.base);
}

enum refusal
gate_list_waiting(void *self, struct rpc_call *call, const ProtobufCMessage *request,
                  ProtobufCMessage *response)
{
    struct gate *gate = self;
    const Seinhuis__V1__ListWaitingRequest *asked =
        (const Seinhuis__V1__ListWaitingRequest *) request;
    struct audit_record record;
    enum refusal refusal;
    enum err err;

    (void) response;
    if (!wire_is_user(asked->user)) {
        return trail_refuse(gate->storage, call, "", REFUSAL_BAD_USER);
    }
    trail_begin(call, "waiting_listed", AUDIT_READ, asked->user, &record);
    record.object_type = AUDIT_OBJECT_CASE;
    record.sensitivity = AUDIT_DEIDENTIFIED;
    refusal = trail_write(gate->storage, &record);
    if (refusal != REFUSAL_NONE) {
        return refusal;
    }
    err = memory_each_waiting(gate->storage->store, send_waiting, call);
    return err == ERR_STATE ? REFUSAL_CANCELLED : refusal_of_err(err);
}

/* Finds the waiting record, in whichever month it expires. */
struct search {
    struct case_id case_id;
    struct rid rid;
    bool is_found;
    struct waiting found;
};

static enum err
match_waiting(void *context, const struct waiting *waiting)
{
    struct search *search = context;

    if (memcmp(waiting->case_id.bytes, search->case_id.bytes, CASE_ID_LEN) == 0 &&
        memcmp(waiting->rid.bytes, search->rid.bytes, RID_LEN) == 0) {
        search->found = *waiting;
        search->is_found = true;
    }
    return ERR_OK;
}

static enum refusal
check_approval(struct gate *gate, const Seinhuis__V1__ApproveRequest *asked, struct search *search)
{
    enum err err;

    if (!wire_is_user(asked->user)) {
        return REFUSAL_BAD_USER;
    }
    if (term_by_code(TERM_GROUND, asked->ground) == NULL) {
        return REFUSAL_BAD_GROUND;
    }
    if (!wire_has_len(asked->case_id, CASE_ID_LEN) || !wire_has_len(asked->rid, RID_LEN)) {
        return REFUSAL_NOT_WAITING;
    }
    memcpy(search->case_id.bytes, asked->case_id.data, CASE_ID_LEN);
    memcpy(search->rid.bytes, asked->rid.data, RID_LEN);
    err = memory_each_waiting(gate->storage->store, match_waiting, search);
    if (err != ERR_OK) {
        return refusal_of_err(err);
    }
    return search->is_found ? REFUSAL_NONE : REFUSAL_NOT_WAITING;
}

static enum refusal
write_approval(struct gate *gate, const struct rpc_call *call,
               const Seinhuis__V1__ApproveRequest *asked, struct search *search)
{
    struct audit_record record;
    struct store_batch *batch = NULL;
    struct store_result result;
    struct store_id id;
    enum err err;

    store_id_random(&id);
    err = store_batch_new(&id, &batch);
    if (err != ERR_OK) {
        return refusal_of_err(err);
    }
    search->found.is_approved = true;
    memory_put_waiting(batch, &search->found);
    trail_begin(call, "host_link_approved", AUDIT_UPDATE, asked->user, &record);
    record.object_type = AUDIT_OBJECT_SIGNAL;
    record.object_len = RID_LEN;
    memcpy(record.object, search->rid.bytes, RID_LEN);
    record.sensitivity = AUDIT_IDENTITY;
    record.legal_basis = (uint16_t) asked->ground;
    err = audit_append(gate->storage->audit, batch, &record);
    if (err == ERR_OK) {
        err = store_apply(gate->storage->store, batch, &result);
    }
    store_batch_free(batch);
    return refusal_of_err(err);
}

enum refusal
gate_approve(void *self, struct rpc_call *call, const ProtobufCMessage *request,
             ProtobufCMessage *response)
{
    struct gate *gate = self;
    const Seinhuis__V1__ApproveRequest *asked = (const Seinhuis__V1__ApproveRequest *) request;
    struct search search = { .is_found = false };
    enum refusal refusal = check_approval(gate, asked, &search);

    (void) response;
    if (refusal == REFUSAL_NONE) {
        refusal = write_approval(gate, call, asked, &search);
    }
    return refusal == REFUSAL_NONE ? refusal
                                   : trail_refuse(gate->storage, call, asked->user, refusal);
}
