/* SPDX-License-Identifier: EUPL-1.2 */
/* Never compiled: the preprocessor turns the lists of constant sentences that other modules hold into
 * N_("...") for xgettext. */
#include "clients/lib/identity.h"
#include "proto/escrow/registry.h"
#include "proto/escrow/terms.h"
#include "proto/rpc/channel.h"
#include "proto/wire/refusal.h"

#define WORD_OF_TERM(name, code, key, text) EXTRACT(text)
#define WORD_OF_BASIS(name, code, key, sector, consent, text) EXTRACT(text)
#define WORD_OF_REFUSAL(token, err, field, text) EXTRACT(text)
#define WORD_OF_PAIR(name, text) EXTRACT(text)

SECTOR_MAP(WORD_OF_TERM)
DOMAIN_MAP(WORD_OF_TERM)
BAND_MAP(WORD_OF_TERM)
MODE_MAP(WORD_OF_TERM)
BASIS_MAP(WORD_OF_BASIS)
GROUND_MAP(WORD_OF_TERM)
PURPOSE_MAP(WORD_OF_TERM)
RESULT_MAP(WORD_OF_TERM)
FLAG_MAP(WORD_OF_TERM)
ROUTE_MAP(WORD_OF_TERM)
ROLE_MAP(WORD_OF_TERM)
REFUSAL_MAP(WORD_OF_REFUSAL)
RPC_END_MAP(WORD_OF_PAIR)
REGISTRY_PROBLEM_MAP(WORD_OF_PAIR)
IDENTITY_REASON_MAP(WORD_OF_PAIR)
