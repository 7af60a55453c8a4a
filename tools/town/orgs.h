/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef TOOLS_TOWN_ORGS_H
#define TOOLS_TOWN_ORGS_H

#include <stdbool.h>
#include <stdint.h>

#include "clients/lib/columns.h"
#include "proto/escrow/terms.h"
#include "tools/town/place.h"

/* The fictitious organisations of the town: what their systems hold, and how they write it. */
enum { ORG_COUNT = 12, ORG_DOMAINS = 8 };

/* What a system stores of the first name. */
enum first_form { FIRST_GIVEN, FIRST_CALL, FIRST_INITIALS, FIRST_CALL_AND_INITIALS };

/* What it stores of the surname. */
enum last_form {
    LAST_USED, /* one field, the name in daily life */
    LAST_REGISTER, /* one field, the name at birth, or "partner e/v own" */
    LAST_APART /* own and partner's name in two fields */
};

struct org {
    const char *key; /* file name and name in the truth */
    const char *name;
    const char *oin;
    const char
        *entity; /* legal entity; volunteers count as the organisation that supervises them */
    const char *prefix; /* of its file numbers */
    enum sector sector;
    bool is_host;
    bool may_use_bsn;
    enum owner owner; /* a corporation knows its own tenants only */
    uint8_t weight; /* its share of the signals */
    uint32_t columns; /* 1 << enum column */
    enum first_form first;
    enum last_form last;
    bool is_upper_case;
    bool has_comma; /* "Berg, van den" */
    bool abbreviates; /* now and then "v.d. Berg"; in a varied town only */
    bool is_ascii; /* its system knows no diacritics */
    uint16_t bsn_permille;
    uint16_t full_date_permille; /* else the day, or day and month, is not known */
    uint16_t no_date_permille;
    uint16_t no_surname_permille;
    uint16_t no_postcode_permille;
};

extern const struct org ORGS[ORG_COUNT];

/* How likely a sector reports each life domain, by code. */
extern const uint8_t ORG_DOMAIN_WEIGHTS[SECTOR_VOLUNTEER + 1][DOMAIN_COUNT];

/* The sector's key, as in the registry and in CSV. */
const char *org_sector_key(const struct org *org);

#endif
