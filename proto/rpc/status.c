/* SPDX-License-Identifier: EUPL-1.2 */
#include "proto/rpc/status.h"

grpc_status_code
status_of_err(enum err err)
{
    switch (err) {
        case ERR_OK:
            return GRPC_STATUS_OK;
        case ERR_INVALID:
        case ERR_MALFORMED:
            return GRPC_STATUS_INVALID_ARGUMENT;
        case ERR_NOT_FOUND:
            return GRPC_STATUS_NOT_FOUND;
        case ERR_EXISTS:
        case ERR_REPLAY:
            return GRPC_STATUS_ALREADY_EXISTS;
        case ERR_CONFLICT:
            return GRPC_STATUS_ABORTED;
        case ERR_NOMEM:
        case ERR_FULL:
        case ERR_TOO_BIG:
        case ERR_QUOTA:
            return GRPC_STATUS_RESOURCE_EXHAUSTED;
        case ERR_AUTH:
            return GRPC_STATUS_UNAUTHENTICATED;
        case ERR_DENIED:
            return GRPC_STATUS_PERMISSION_DENIED;
        case ERR_EXPIRED:
        case ERR_STATE:
            return GRPC_STATUS_FAILED_PRECONDITION;
        case ERR_UNSUPPORTED:
            return GRPC_STATUS_UNIMPLEMENTED;
        case ERR_UNAVAILABLE:
            return GRPC_STATUS_UNAVAILABLE;
        case ERR_UNKNOWN:
            return GRPC_STATUS_UNKNOWN;
        case ERR_ROLLBACK:
        case ERR_CORRUPT:
        case ERR_IO:
        case ERR_INTERNAL:
            return GRPC_STATUS_INTERNAL;
    }
    return GRPC_STATUS_INTERNAL;
}

enum err
status_to_err(grpc_status_code status)
{
    switch (status) {
        case GRPC_STATUS_OK:
            return ERR_OK;
        case GRPC_STATUS_INVALID_ARGUMENT:
        case GRPC_STATUS_OUT_OF_RANGE:
            return ERR_INVALID;
        case GRPC_STATUS_NOT_FOUND:
            return ERR_NOT_FOUND;
        case GRPC_STATUS_ALREADY_EXISTS:
            return ERR_EXISTS;
        case GRPC_STATUS_ABORTED:
            return ERR_CONFLICT;
        case GRPC_STATUS_RESOURCE_EXHAUSTED: /* gRPC's own: a message or metadata over the limit */
            return ERR_TOO_BIG;
        case GRPC_STATUS_UNAUTHENTICATED:
            return ERR_AUTH;
        case GRPC_STATUS_PERMISSION_DENIED:
            return ERR_DENIED;
        case GRPC_STATUS_FAILED_PRECONDITION:
            return ERR_STATE;
        case GRPC_STATUS_UNIMPLEMENTED:
            return ERR_UNSUPPORTED;
        case GRPC_STATUS_UNAVAILABLE:
        case GRPC_STATUS_DEADLINE_EXCEEDED:
        case GRPC_STATUS_CANCELLED:
        case GRPC_STATUS_UNKNOWN:
            return ERR_UNKNOWN;
        case GRPC_STATUS_INTERNAL:
        case GRPC_STATUS_DATA_LOSS:
        case GRPC_STATUS__DO_NOT_USE:
            return ERR_INTERNAL;
    }
    return ERR_INTERNAL;
}
