/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef PROTO_ESCROW_TERMS_H
#define PROTO_ESCROW_TERMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

/* The vocabulary of the field, in one place: each word has a code (signed and stored), a machine
 * key (CSV, YAML, JSON; never changes) and an English text (translated by gettext).  A code is
 * never reused for another meaning; a new word gets a new code. */

/* X(NAME, code, key, text): the sector code is also the x of a share (docs/PROTOCOL.md, 4). */
#define SECTOR_MAP(X)                                                                              \
    X(SECTOR_POLICE, 1, "police", "police")                                                        \
    X(SECTOR_HOUSING, 2, "housing_corporation", "housing corporation")                             \
    X(SECTOR_CARE, 3, "health_care", "GP, mental-health and other care")                           \
    X(SECTOR_WELFARE, 4, "welfare", "welfare and social work")                                     \
    X(SECTOR_LOKET, 5, "wmo_loket", "Wmo-loket of the municipality")                               \
    X(SECTOR_SUPPORT, 6, "care_provider", "care provider, Beschermd Thuis")                        \
    X(SECTOR_VOLUNTEER, 7, "volunteers", "volunteers, informal carers and resident initiatives")

/* Life domains; the code is the bit in a set of domains. */
#define DOMAIN_MAP(X)                                                                              \
    X(DOMAIN_MONEY, 0, "money", "money")                                                           \
    X(DOMAIN_WORK, 1, "work_day_activity", "work and day activity")                                \
    X(DOMAIN_HOUSING, 2, "housing", "housing")                                                     \
    X(DOMAIN_RELATIONS, 3, "domestic_relations", "domestic relations")                             \
    X(DOMAIN_MENTAL, 4, "mental_health", "mental health")                                          \
    X(DOMAIN_PHYSICAL, 5, "physical_health", "physical health")                                    \
    X(DOMAIN_ADDICTION, 6, "addiction", "addiction")                                               \
    X(DOMAIN_DAILY, 7, "daily_living", "daily living and self-care")                               \
    X(DOMAIN_NETWORK, 8, "social_network", "social network")                                       \
    X(DOMAIN_PARTICIPATION, 9, "participation", "participation")                                   \
    X(DOMAIN_JUSTICE, 10, "nuisance_justice", "nuisance and justice")                              \
    X(DOMAIN_CHILDREN, 11, "children_care", "children and care")

#define BAND_MAP(X)                                                                                \
    X(BAND_MILD, 1, "mild", "mild")                                                                \
    X(BAND_MODERATE, 2, "moderate", "moderate")                                                    \
    X(BAND_SERIOUS, 3, "serious", "serious")                                                       \
    X(BAND_ACUTE, 4, "acute", "acute")

#define MODE_MAP(X)                                                                                \
    X(MODE_ESCROW, 1, "escrow", "opens only when a second sector reports the same person")         \
    X(MODE_CONSENTED, 2, "consented", "the resident agreed to contact by the CMZ team")            \
    X(MODE_ACUTE, 3, "acute", "danger now; opens at once")

/* X(NAME, code, key, sector, rests on consent, text): the code is 10 * sector + n. */
#define BASIS_MAP(X)                                                                               \
    X(BASIS_WPG_18, 11, "wpg_18", SECTOR_POLICE, false,                                            \
      "Wpg 18(2), with the authorising decision")                                                  \
    X(BASIS_WPG_19, 12, "wpg_19", SECTOR_POLICE, false, "Wpg 19, incidental provision")            \
    X(BASIS_WPG_20, 13, "wpg_20", SECTOR_POLICE, false,                                            \
      "Wpg 20, structural provision to a partnership")                                             \
    X(BASIS_AVG_6_1_B, 21, "avg_6_1_b", SECTOR_HOUSING, false,                                     \
      "AVG 6(1)(b), performance of the tenancy")                                                   \
    X(BASIS_AVG_6_1_F, 22, "avg_6_1_f", SECTOR_HOUSING, false, "AVG 6(1)(f), legitimate interest") \
    X(BASIS_BW_7_457, 31, "consent_bw_7_457", SECTOR_CARE, true,                                   \
      "BW 7:457, the patient's consent")                                                           \
    X(BASIS_LEGAL_DUTY, 32, "legal_duty", SECTOR_CARE, false, "BW 7:457, a legal duty to speak")   \
    X(BASIS_CONFLICT, 33, "conflict_of_duties", SECTOR_CARE, false,                                \
      "a documented conflict of duties")                                                           \
    X(BASIS_WMO_CONSENT, 41, "consent_wmo", SECTOR_WELFARE, true, "Wmo 2015, consent")             \
    X(BASIS_WMO_CONFLICT, 42, "conflict_of_duties_wmo", SECTOR_WELFARE, false,                     \
      "Wmo 2015 5.3.3, a documented conflict of duties")                                           \
    X(BASIS_WMO_5_1_1, 51, "wmo_5_1_1", SECTOR_LOKET, false,                                       \
      "Wmo 2015 5.1.1, own task of the municipality")                                              \
    X(BASIS_UNAMBIGUOUS, 52, "unambiguous_consent", SECTOR_LOKET, true,                            \
      "unambiguous consent for data from other laws")                                              \
    X(BASIS_WMO_5_1_2, 61, "wmo_5_1_2", SECTOR_SUPPORT, false, "Wmo 2015 5.1.2, care provider")    \
    X(BASIS_WMO_5_2_2, 62, "wmo_5_2_2", SECTOR_SUPPORT, false,                                     \
      "Wmo 2015 5.2.2, provision by the care provider")                                            \
    X(BASIS_SUPERVISOR, 71, "via_supervisor", SECTOR_VOLUNTEER, false,                             \
      "under the basis of the supervising organisation")                                           \
    X(BASIS_VOLUNTEER_CONSENT, 72, "consent_volunteer", SECTOR_VOLUNTEER, true,                    \
      "the resident agreed with the volunteer")

/* Why a member of the CMZ team asks for the identity behind a flag. */
#define GROUND_MAP(X)                                                                              \
    X(GROUND_COORDINATION, 1, "coordination",                                                      \
      "several sectors are worried; support must be joined up")                                    \
    X(GROUND_ESCALATION, 2, "escalation", "the concern grows")                                     \
    X(GROUND_COMPLEX, 3, "complex", "the concern spans several life domains")                      \
    X(GROUND_SAFETY_RESIDENT, 4, "safety_resident", "the resident's safety")                       \
    X(GROUND_SAFETY_OTHERS, 5, "safety_others", "the safety of others")                            \
    X(GROUND_SAFETY_CHILD, 6, "safety_child", "the safety of a child")

/* For what two members of the CMZ team open the content. */
#define PURPOSE_MAP(X)                                                                             \
    X(PURPOSE_CONTACT, 1, "contact", "to contact the resident")                                    \
    X(PURPOSE_SUPPORT, 2, "support", "to arrange support")                                         \
    X(PURPOSE_INVESTIGATION, 3, "wmo_investigation", "to start a Wmo investigation")               \
    X(PURPOSE_REFERRAL, 4, "referral", "to refer to another service")                              \
    X(PURPOSE_CRISIS, 5, "crisis", "to act in a crisis")

/* What reporters hear at the end. */
#define RESULT_MAP(X)                                                                              \
    X(RESULT_CONTACT_MADE, 1, "contact_made", "contact made")                                      \
    X(RESULT_SUPPORT_ARRANGED, 2, "support_arranged", "support arranged")                          \
    X(RESULT_ALREADY_KNOWN, 3, "already_known", "already known")                                   \
    X(RESULT_DECLINED, 4, "resident_declined", "the resident declined")                            \
    X(RESULT_UNFOUNDED, 5, "unfounded", "unfounded")                                               \
    X(RESULT_REFERRED, 6, "referred", "referred")                                                  \
    X(RESULT_STOPPED_BY_LAW, 7, "stopped_by_law", "stopped by law")

/* Why a case is shown to the CMZ team; the code is the flag's bit in a set of flags. */
#define FLAG_MAP(X)                                                                                \
    X(FLAG_MULTI_SOURCE, 1, "multi_source", "reported by several sectors on several life domains") \
    X(FLAG_COMPLEX, 2, "complex", "reported by several sectors on three or more life domains")     \
    X(FLAG_ESCALATING, 4, "escalating", "reported by several sectors, and growing")                \
    X(FLAG_ACUTE, 8, "acute", "one report of danger now")                                          \
    X(FLAG_CONSENTED, 16, "consented", "one report with the resident's consent to contact")

/* What happens to a report next, from the report alone; the reporter hears it with the receipt. */
#define ROUTE_MAP(X)                                                                               \
    X(ROUTE_ESCROW, 1, "escrow", "stays closed until another sector reports the same person")      \
    X(ROUTE_CONTACT, 2, "contact", "the CMZ team contacts the resident")                           \
    X(ROUTE_AT_ONCE, 3, "at_once", "the CMZ team looks at it at once; call 112 for danger to life")

/* What a party of the registry is.  The code is below 32: see ROLE_BIT. */
#define ROLE_MAP(X)                                                                                \
    X(ROLE_PARTNER, 1, "partner", "reporting organisation")                                        \
    X(ROLE_PSEUDONYM_SERVICE, 2, "pseudonym_service", "pseudonym service")                         \
    X(ROLE_VAULT, 3, "vault", "vault")                                                             \
    X(ROLE_GATE, 4, "gate", "release gate")                                                        \
    X(ROLE_CMZ, 5, "cmz", "CMZ team")                                                              \
    X(ROLE_OFFICER, 6, "officer", "privacy officer")                                               \
    X(ROLE_ADMINISTRATION, 7, "administration", "administration")

#define TERM_ENUM(name, code, key, text) name = (code),
#define TERM_BASIS_ENUM(name, code, key, sector, consent, text) name = (code),
enum sector { SECTOR_MAP(TERM_ENUM) };
enum life_domain { DOMAIN_MAP(TERM_ENUM) };
enum severity_band { BAND_MAP(TERM_ENUM) };
enum release_mode { MODE_MAP(TERM_ENUM) };
enum legal_basis { BASIS_MAP(TERM_BASIS_ENUM) };
enum release_ground { GROUND_MAP(TERM_ENUM) };
enum confirm_purpose { PURPOSE_MAP(TERM_ENUM) };
enum result_code { RESULT_MAP(TERM_ENUM) };
enum case_flag { FLAG_MAP(TERM_ENUM) };
enum report_route { ROUTE_MAP(TERM_ENUM) };
enum party_role { ROLE_MAP(TERM_ENUM) };
#undef TERM_ENUM
#undef TERM_BASIS_ENUM

enum { DOMAIN_COUNT = 12, DOMAINS_ALL = 0x0fff };

/* A role in a set of roles. */
#define ROLE_BIT(role) (UINT32_C(1) << (role))

enum term_kind {
    TERM_SECTOR,
    TERM_DOMAIN,
    TERM_BAND,
    TERM_MODE,
    TERM_BASIS,
    TERM_GROUND,
    TERM_PURPOSE,
    TERM_RESULT,
    TERM_FLAG,
    TERM_ROUTE,
    TERM_ROLE
};

/* One word.  All are constant and live for ever. */
struct term {
    uint16_t code;
    const char *key;
    const char *text; /* English; the msgid of its translation */
};

/* The words of a kind in the order of their codes; 'at' must be below the count. */
size_t term_count(enum term_kind kind);
const struct term *term_at(enum term_kind kind, size_t at);

/* The word, or NULL when there is none.  Keys are compared exactly. */
const struct term *term_by_code(enum term_kind kind, uint32_t code);
const struct term *term_by_key(enum term_kind kind, const char *key);

/* The key of a code for logs and listings: "unknown" when there is none; never NULL. */
const char *term_key(enum term_kind kind, uint32_t code);

/* Whether 'code' is a legal basis that the sector may use, and whether a basis rests on consent
 * (its withdrawal then ends the use).  False for unknown codes. */
bool term_basis_fits(uint32_t code, uint8_t sector);
bool term_basis_rests_on_consent(uint32_t code);

/* Whether a set of domains may be filed: at least one, never all, no unknown bit. */
bool term_domains_are_valid(uint32_t domains);

#endif
