/* SPDX-License-Identifier: EUPL-1.2 */
#include "proto/escrow/terms.h"

#include <string.h>

#define TERM_ROW(name, number, word, sentence)                                                     \
    { .code = (number), .key = (word), .text = (sentence) },
#define TERM_BASIS_ROW(name, number, word, sector, consent, sentence)                              \
    { .code = (number), .key = (word), .text = (sentence) },
static const struct term sectors[] = { SECTOR_MAP(TERM_ROW) };
static const struct term domains[] = { DOMAIN_MAP(TERM_ROW) };
static const struct term bands[] = { BAND_MAP(TERM_ROW) };
static const struct term modes[] = { MODE_MAP(TERM_ROW) };
static const struct term bases[] = { BASIS_MAP(TERM_BASIS_ROW) };
static const struct term grounds[] = { GROUND_MAP(TERM_ROW) };
static const struct term purposes[] = { PURPOSE_MAP(TERM_ROW) };
static const struct term results[] = { RESULT_MAP(TERM_ROW) };
static const struct term flags[] = { FLAG_MAP(TERM_ROW) };
static const struct term routes[] = { ROUTE_MAP(TERM_ROW) };
static const struct term roles[] = { ROLE_MAP(TERM_ROW) };
#undef TERM_ROW
#undef TERM_BASIS_ROW

_Static_assert(sizeof domains / sizeof domains[0] == DOMAIN_COUNT, "a bit for each life domain");

#define TERM_LIST(kind, list) [kind] = { list, sizeof(list) / sizeof((list)[0]) }
static const struct {
    const struct term *terms;
    size_t count;
} lists[] = {
    TERM_LIST(TERM_SECTOR, sectors),   TERM_LIST(TERM_DOMAIN, domains),
    TERM_LIST(TERM_BAND, bands),       TERM_LIST(TERM_MODE, modes),
    TERM_LIST(TERM_BASIS, bases),      TERM_LIST(TERM_GROUND, grounds),
    TERM_LIST(TERM_PURPOSE, purposes), TERM_LIST(TERM_RESULT, results),
    TERM_LIST(TERM_FLAG, flags),       TERM_LIST(TERM_ROUTE, routes),
    TERM_LIST(TERM_ROLE, roles),
};
#undef TERM_LIST

size_t
term_count(enum term_kind kind)
{
    return lists[kind].count;
}

const struct term *
term_at(enum term_kind kind, size_t at)
{
    return &lists[kind].terms[at];
}

const struct term *
term_by_code(enum term_kind kind, uint32_t code)
{
    for (size_t i = 0; i < lists[kind].count; i++) {
        if (lists[kind].terms[i].code == code) {
            return &lists[kind].terms[i];
        }
    }
    return NULL;
}

const struct term *
term_by_key(enum term_kind kind, const char *key)
{
    for (size_t i = 0; i < lists[kind].count; i++) {
        if (strcmp(lists[kind].terms[i].key, key) == 0) {
            return &lists[kind].terms[i];
        }
    }
    return NULL;
}

const char *
term_key(enum term_kind kind, uint32_t code)
{
    const struct term *term = term_by_code(kind, code);

    return term == NULL ? "unknown" : term->key;
}

bool
term_basis_fits(uint32_t code, uint8_t sector)
{
#define BASIS_FITS(name, number, word, its_sector, consent, sentence)                              \
    if (code == (number)) {                                                                        \
        is_fitting = sector == (its_sector);                                                       \
    }
    bool is_fitting = false;

    BASIS_MAP(BASIS_FITS)
#undef BASIS_FITS
    return is_fitting;
}

bool
term_basis_rests_on_consent(uint32_t code)
{
#define BASIS_CONSENT(name, number, word, sector, consent, sentence)                               \
    if (code == (number)) {                                                                        \
        is_consent = consent;                                                                      \
    }
    bool is_consent = false;

    BASIS_MAP(BASIS_CONSENT)
#undef BASIS_CONSENT
    return is_consent;
}

bool
term_domains_are_valid(uint32_t set)
{
    return set != 0 && set < DOMAINS_ALL;
}
