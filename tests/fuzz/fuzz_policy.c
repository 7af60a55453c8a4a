/* SPDX-License-Identifier: EUPL-1.2 */
/* Policies: what is accepted lies within its bounds. */
#include <stdlib.h>

#include "vault/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct yaml_error error = { .kind = YAML_OK };
    struct policy *policy = NULL;

    if (policy_load_text((const char *) data, len, &policy, &error) != ERR_OK) {
        return 0;
    }
    if (policy->thresholds.sectors < 2 || policy->windows.source_weeks == 0 ||
        policy->sector_count == 0 || policy->sector_count > POLICY_SECTORS_MAX) {
        abort();
    }
    for (size_t i = 0; i < policy->sector_count; i++) {
        if (policy->sectors[i].retention_months == 0 ||
            policy->sectors[i].retention_months > POLICY_RETENTION_MAX ||
            policy->sectors[i].basis_count == 0) {
            abort();
        }
    }
    free(policy);
    return 0;
}
