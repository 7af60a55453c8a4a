/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef CLIENTS_LIB_COLUMNS_H
#define CLIENTS_LIB_COLUMNS_H

/* The columns of a signal file (docs/CSV.md), one list for whoever reads or writes one.
 *
 * X(NAME, "key", need, cap, closed): 'need' is COLUMN_REQUIRED (column and value in every row) or
 * COLUMN_OPTIONAL; 'cap' is the most bytes of UTF-8 that a value may have; 'closed' holds
 * COLUMN_CLOSED_TO(sector code) for each sector in whose file the column may not stand.  Whether
 * "bsn" is open further depends on the organisation's entry in the registry. */
#define COLUMN_CLOSED_TO(sector) (1u << (sector))
#define COLUMN_CLOSED_TO_NONE 0u
#define COLUMN_CLOSED_TO_HOUSING COLUMN_CLOSED_TO(2)
#define COLUMN_CLOSED_TO_VOLUNTEERS COLUMN_CLOSED_TO(7)

#define COLUMN_MAP(X)                                                                              \
    X(REFERENCE, "reference", COLUMN_REQUIRED, 40, COLUMN_CLOSED_TO_NONE)                          \
    X(OBSERVED_ON, "observed_on", COLUMN_REQUIRED, 10, COLUMN_CLOSED_TO_NONE)                      \
    X(DOMAINS, "domains", COLUMN_REQUIRED, 200, COLUMN_CLOSED_TO_NONE)                             \
    X(SEVERITY, "severity", COLUMN_REQUIRED, 16, COLUMN_CLOSED_TO_NONE)                            \
    X(LEGAL_BASIS, "legal_basis", COLUMN_REQUIRED, 48, COLUMN_CLOSED_TO_NONE)                      \
    X(MODE, "mode", COLUMN_OPTIONAL, 16, COLUMN_CLOSED_TO_NONE)                                    \
    X(CONSENT_REFERENCE, "consent_reference", COLUMN_OPTIONAL, 60, COLUMN_CLOSED_TO_NONE)          \
    X(INFORMED, "informed", COLUMN_OPTIONAL, 16, COLUMN_CLOSED_TO_NONE)                            \
    X(GIVEN_NAMES, "given_names", COLUMN_OPTIONAL, 60, COLUMN_CLOSED_TO_VOLUNTEERS)                \
    X(CALL_NAME, "call_name", COLUMN_OPTIONAL, 36, COLUMN_CLOSED_TO_NONE)                          \
    X(INITIALS, "initials", COLUMN_OPTIONAL, 24, COLUMN_CLOSED_TO_NONE)                            \
    X(SURNAME, "surname", COLUMN_OPTIONAL, 120, COLUMN_CLOSED_TO_NONE)                             \
    X(BIRTH_SURNAME, "birth_surname", COLUMN_OPTIONAL, 60, COLUMN_CLOSED_TO_VOLUNTEERS)            \
    X(PARTNER_SURNAME, "partner_surname", COLUMN_OPTIONAL, 60, COLUMN_CLOSED_TO_VOLUNTEERS)        \
    X(DATE_OF_BIRTH, "date_of_birth", COLUMN_OPTIONAL, 10, COLUMN_CLOSED_TO_NONE)                  \
    X(SEX, "sex", COLUMN_OPTIONAL, 8, COLUMN_CLOSED_TO_NONE)                                       \
    X(BSN, "bsn", COLUMN_OPTIONAL, 11, COLUMN_CLOSED_TO_HOUSING | COLUMN_CLOSED_TO_VOLUNTEERS)     \
    X(STREET, "street", COLUMN_OPTIONAL, 60, COLUMN_CLOSED_TO_NONE)                                \
    X(HOUSE_NUMBER, "house_number", COLUMN_OPTIONAL, 8, COLUMN_CLOSED_TO_NONE)                     \
    X(HOUSE_ADDITION, "house_addition", COLUMN_OPTIONAL, 8, COLUMN_CLOSED_TO_NONE)                 \
    X(POSTCODE, "postcode", COLUMN_OPTIONAL, 10, COLUMN_CLOSED_TO_NONE)                            \
    X(PLACE, "place", COLUMN_OPTIONAL, 40, COLUMN_CLOSED_TO_NONE)                                  \
    X(COUNTRY, "country", COLUMN_OPTIONAL, 2, COLUMN_CLOSED_TO_NONE)                               \
    X(NARRATIVE, "narrative", COLUMN_OPTIONAL, 1000, COLUMN_CLOSED_TO_NONE)                        \
    X(ALREADY_TRIED, "already_tried", COLUMN_OPTIONAL, 300, COLUMN_CLOSED_TO_VOLUNTEERS)           \
    X(WISHES, "wishes", COLUMN_OPTIONAL, 200, COLUMN_CLOSED_TO_NONE)                               \
    X(CONTACT, "contact", COLUMN_OPTIONAL, 120, COLUMN_CLOSED_TO_NONE)

enum column_need { COLUMN_REQUIRED, COLUMN_OPTIONAL };

#define COLUMN_ENUM(name, key, need, cap, closed) COLUMN_##name,
enum column { COLUMN_MAP(COLUMN_ENUM) COLUMN_COUNT };
#undef COLUMN_ENUM

#endif
