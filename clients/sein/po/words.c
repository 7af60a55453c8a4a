/* SPDX-License-Identifier: EUPL-1.2 */
/* Never compiled: the preprocessor turns the lists of constant sentences that other modules hold into
 * N_("...") for xgettext. */
#include "base/err.h"
#include "clients/lib/client.h"
#include "clients/lib/identity.h"
#include "clients/lib/log_check.h"
#include "clients/lib/opening.h"
#include "clients/lib/report_csv.h"
#include "clients/lib/report_form.h"
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
CLIENT_PROBLEM_MAP(WORD_OF_PAIR)
REPORT_REASON_MAP(WORD_OF_PAIR)
REPORT_CSV_PROBLEM_MAP(WORD_OF_PAIR)
ERR_MAP(WORD_OF_PAIR)
RPC_END_MAP(WORD_OF_PAIR)

/* The sentences of yaml_error_text(), which are no list; a unit test goes through them, so that one that is
 * changed there and not here is found. */
EXTRACT("no error")
EXTRACT("the file cannot be read")
EXTRACT("the file is too large")
EXTRACT("the file is not UTF-8 text")
EXTRACT("the file is not valid YAML")
EXTRACT("the file is empty")
EXTRACT("a key that is not known here")
EXTRACT("a key stands there twice")
EXTRACT("a value is not of the expected form")

#define WORD_OF_TRIPLE(name, key, text) EXTRACT(text)
#define WORD_OF_FAULT(name, key, culprit, text) EXTRACT(text)

LOG_FAULT_MAP(WORD_OF_TRIPLE)
OPENING_STATE_MAP(WORD_OF_TRIPLE)
OPENING_FAULT_MAP(WORD_OF_FAULT)
