/* SPDX-License-Identifier: EUPL-1.2 */
#include "services/review/member.h"

#include <string.h>

#include "services/daemon/roster.h"

/* One of the two is asked for. */
struct asked {
    const struct release_request *release;
    const struct confirm_request *confirm;
};

static enum refusal
check(const struct rpc_call *call, const char *id, uint32_t today, const struct asked *asked,
      const struct signature *signature)
{
    const struct roster_peer *peer = call->caller.party;
    const struct registry *registry = roster_registry(peer->edition);
    const struct registry_member *member = registry_member_by_id(registry, id);
    uint16_t tenant = registry_facts(registry)->tenant;

    if (member == NULL || !registry_term_holds(member->term, today)) {
        return REFUSAL_UNKNOWN_MEMBER;
    }
    for (size_t i = 0; i < member->key_count; i++) {
        struct sign_public key;
        enum err err;

        if (!registry_term_holds(member->keys[i].term, today)) {
            continue;
        }
        memcpy(key.bytes, member->keys[i].key, SIGN_PUBLIC_LEN);
        err = asked->release != NULL
            ? request_verify_release(&key, tenant, asked->release, signature)
            : request_verify_confirm(&key, tenant, asked->confirm, signature);
        if (err == ERR_OK) {
            return REFUSAL_NONE;
        }
    }
    return REFUSAL_BAD_MEMBER_SIGNATURE;
}

enum refusal
member_check_release(const struct rpc_call *call, const char *member, uint32_t today,
                     const struct release_request *request, const struct signature *signature)
{
    const struct asked asked = { .release = request };

    return check(call, member, today, &asked, signature);
}

enum refusal
member_check_confirm(const struct rpc_call *call, const char *member, uint32_t today,
                     const struct confirm_request *request, const struct signature *signature)
{
    const struct asked asked = { .confirm = request };

    return check(call, member, today, &asked, signature);
}
