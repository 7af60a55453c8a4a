/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef TOOLS_MEASURE_DEPLOYMENT_REGISTRY_H
#define TOOLS_MEASURE_DEPLOYMENT_REGISTRY_H

#include "tools/measure/deployment.h"

#define DEPLOYMENT_PSEUDONYMD_OIN "00000099000000000801"
#define DEPLOYMENT_VAULTD_OIN "00000099000000000802"
#define DEPLOYMENT_GATED_OIN "00000099000000000803"

/* Signs the registry with both governance keys into its file. */
void deployment_write_registry(const struct deployment *deployment);

#endif
