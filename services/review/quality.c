/* SPDX-License-Identifier: EUPL-1.2 */
/* The officer's look at the quality of the match keys. */
#include <string.h>

#include "proto/escrow/terms.h"
#include "proto/wire/decode.h"
#include "seinhuis/v1/quality.pb-c.h"
#include "services/daemon/trail.h"
#include "services/review/review.h"
#include "vault/quality.h"

static uint32_t *
keep_sizes(struct rpc_call *call, const uint32_t sizes[QUALITY_SIZES])
{
    uint32_t *out = arena_array(call->arena, QUALITY_SIZES, sizeof *out);

    if (out != NULL) {
        memcpy(out, sizes, QUALITY_SIZES * sizeof *out);
    }
    return out;
}

static Seinhuis__V1__LinkMonth *
keep_month(struct rpc_call *call, const struct quality_month *month)
{
    Seinhuis__V1__LinkMonth *out = arena_alloc(call->arena, sizeof *out);

    if (out == NULL) {
        return NULL;
    }
    seinhuis__v1__link_month__init(out);
    out->month = month->month;
    out->compared = month->compared;
    out->confirmed = month->confirmed;
    out->refused = month->refused;
    out->undecided = month->undecided;
    out->settled_same = month->settled_same;
    out->settled_apart = month->settled_apart;
    out->overruled = month->overruled;
    out->components = month->components;
    out->largest = month->largest;
    out->n_sizes = QUALITY_SIZES;
    out->sizes = keep_sizes(call, month->sizes);
    return out->sizes == NULL ? NULL : out;
}

static enum refusal
fill(struct review *review, struct rpc_call *call, Seinhuis__V1__GetLinkQualityResponse *answer)
{
    struct quality_month months[QUALITY_MONTHS];
    uint32_t sizes[QUALITY_SIZES];
    size_t count = 0;
    enum err err = quality_read(review->vault, months, &count);

    if (err != ERR_OK) {
        return refusal_of_err(err);
    }
    answer->months = arena_array(call->arena, QUALITY_MONTHS, sizeof(Seinhuis__V1__LinkMonth *));
    for (size_t i = 0; answer->months != NULL && i < count; i++) {
        answer->months[i] = keep_month(call, &months[i]);
        if (answer->months[i] == NULL) {
            return REFUSAL_NO_MEMORY;
        }
        answer->n_months++;
    }
    quality_open_cases(review->vault, sizes, &answer->open_largest);
    answer->open_sizes = keep_sizes(call, sizes);
    answer->n_open_sizes = answer->open_sizes == NULL ? 0 : QUALITY_SIZES;
    return answer->months == NULL || answer->open_sizes == NULL ? REFUSAL_NO_MEMORY : REFUSAL_NONE;
}

enum refusal
review_get_link_quality(void *self, struct rpc_call *call, const ProtobufCMessage *request,
                        ProtobufCMessage *response)
{
    struct review *review = self;
    const Seinhuis__V1__GetLinkQualityRequest *asked =
        (const Seinhuis__V1__GetLinkQualityRequest *) request;
    struct audit_record record;
    enum refusal refusal;

    if (!wire_is_user(asked->user)) {
        return trail_refuse(review->storage, call, "", REFUSAL_BAD_USER);
    }
    refusal = fill(review, call, (Seinhuis__V1__GetLinkQualityResponse *) response);
    if (refusal != REFUSAL_NONE) {
        return trail_refuse(review->storage, call, asked->user, refusal);
    }
    trail_begin(call, "link_quality_read", AUDIT_READ, asked->user, &record);
    record.life_cycle = AUDIT_LIFE_ACCESS;
    return trail_write(review->storage, &record);
}

static const struct rpc_method METHODS[] = {
    { .name = "GetLinkQuality",
      .kind = RPC_UNARY,
      .roles = ROLE_BIT(ROLE_OFFICER),
      .max_request_len = 256,
      .arena_cap = 32768,
      .handler = review_get_link_quality },
};

struct rpc_service
quality_service(struct review *review)
{
    return (struct rpc_service) {
        .descriptor = &seinhuis__v1__quality__descriptor,
        .methods = METHODS,
        .method_count = sizeof METHODS / sizeof METHODS[0],
        .self = review,
    };
}
