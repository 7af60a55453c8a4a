/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef CLIENTS_LIB_REPORT_FORM_H
#define CLIENTS_LIB_REPORT_FORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/secret.h"
#include "clients/lib/columns.h"
#include "clients/lib/identity.h"

/* A report as a person or a file gives it, checked and normalised.  Pure: no network, no files.
 * The rules that are the vault's to decide (policy) are not repeated here. */

/* Who files, by the registry. */
struct report_filer {
    uint8_t sector; /* a sector code of terms.h */
    bool may_use_bsn;
    uint8_t retention_months; /* the longest that the registry allows */
};

/* As entered: one text for each column, NULL or "" where nothing is known.  Borrowed. */
struct report_entry {
    const char *text[COLUMN_COUNT];
};

/* Rooms are the most bytes of each column and a NUL. */
struct report_content {
    char subject_name[128]; /* the name as entered */
    struct date observed_on;
    uint16_t domains; /* set of life domains */
    uint8_t awareness; /* enum Awareness of signal.proto */
    char narrative[1001];
    char already_tried[301];
    char wishes[201];
    char contact[121];
    char consent_reference[61];
    char reference[41]; /* the organisation's own file number */
};
WIPED_KIND(report_content)

struct report_form {
    uint8_t band; /* enum severity_band */
    uint8_t mode; /* enum release_mode */
    uint16_t legal_basis; /* enum legal_basis */
    uint16_t week; /* of observation */
    uint16_t bucket; /* month of expiry */
    struct identity identity;
    struct report_content content;
};
WIPED_KIND(report_form)

/* Why a report is refused, beside identity.h's own reasons; X(code, sentence with remedy). */
#define REPORT_REASON_MAP(X)                                                                       \
    X(REPORT_RAGGED,                                                                               \
      "this row has more or fewer fields than the first line; correct its commas and quotes")      \
    X(REPORT_MISSING, "this is required; fill it in")                                              \
    X(REPORT_TOO_LONG, "this is too long; shorten it")                                             \
    X(REPORT_NOT_TEXT, "this is not UTF-8 or holds control characters; type it anew")              \
    X(REPORT_REFERENCE_FORM, "a reference has letters, digits and . _ - / only; correct it")       \
    X(REPORT_REFERENCE_TWICE, "this reference stands twice in the file; give each its own")        \
    X(REPORT_REFERENCE_USED,                                                                       \
      "this reference was filed before with other content; give a correction a reference of its "  \
      "own")                                                                                       \
    X(REPORT_DATE_FORM, "not a date that exists; write year-month-day, such as 2026-03-02")        \
    X(REPORT_DATE_FUTURE, "this day is still to come; correct the date")                           \
    X(REPORT_DATE_OLD, "too long ago: the report would have expired already; do not file it")      \
    X(REPORT_DOMAIN_UNKNOWN, "a word that is no life domain; see 'sein signal words'")             \
    X(REPORT_DOMAIN_ALL, "all life domains at once say nothing; name those that matter")           \
    X(REPORT_DOMAIN_CLOSED,                                                                        \
      "this organisation may not report on health or addiction; leave that domain out")            \
    X(REPORT_WORD_UNKNOWN, "a word that is not in the list; see 'sein signal words'")              \
    X(REPORT_BASIS_CLOSED, "this legal basis is not open to this sector; see 'sein signal words'") \
    X(REPORT_CONSENT_MISSING,                                                                      \
      "this rests on the resident's consent; say where the consent is kept")                       \
    X(REPORT_COLUMN_CLOSED, "this sector may not supply this; leave it out")                       \
    X(REPORT_ACUTE_BAND, "danger now is of severity acute; correct one of the two")

#define REPORT_REASON_ENUM(code, text) code,
enum report_reason { REPORT_REASON_MAP(REPORT_REASON_ENUM) REPORT_REASON_COUNT };
#undef REPORT_REASON_ENUM

const char *report_reason_text(enum report_reason reason);

/* One thing that is wrong.  Both are constants; 'reason' is an English msgid. */
struct report_problem {
    const char *field; /* the column's key */
    const char *reason;
};

enum { REPORT_PROBLEMS_MAX = 8 };

struct report_problems {
    size_t count;
    struct report_problem list[REPORT_PROBLEMS_MAX]; /* in the order of the columns */
};

void report_problems_add(struct report_problems *problems, enum column column, const char *reason);

/* The key of a column; its column by the key (ERR_NOT_FOUND); its cap in bytes; whether each report must
 * have it. */
const char *report_column_key(enum column column);
enum err report_column_by_key(const char *key, size_t len, enum column *out) MUST_CHECK;
size_t report_column_cap(enum column column);
bool report_column_is_required(enum column column, const struct report_filer *filer);

/* Whether the filer may have the column at all. */
bool report_column_is_open(enum column column, const struct report_filer *filer);

/* Checks what can be said of one field without the others, as an interactive form does.  Adds at most one
 * problem. */
void report_check_field(const struct report_filer *filer, enum column column, const char *text,
                        struct date today, struct report_problems *problems);

/* Checks and normalises a whole report.
 *
 * ERR_MALFORMED: '*problems' lists up to REPORT_PROBLEMS_MAX things that are wrong; '*out' is untouched.
 * ERR_NOMEM.
 *
 * Threads: any. */
enum err report_check(const struct report_filer *filer, const struct report_entry *entry,
                      struct date today, struct report_form *out,
                      struct report_problems *problems) MUST_CHECK;

#endif
