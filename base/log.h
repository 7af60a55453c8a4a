/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* One line per event on standard error: "2026-01-31T12:00:00Z info event key=value ...".
 *
 * Only services and main programs log.  What can be logged is a constant, a number or an error's text:
 * there is no way to hand in a payload, a name or an identifier, at any level (AVG art. 5(1)(c)). */
enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

/* Lines above this level are dropped.  The default is LOG_INFO. */
void log_set_level(enum log_level level);

/* Reads "error", "warn", "info" or "debug"; ERR_INVALID for another word. */
enum err log_level_parse(const char *word, enum log_level *out) MUST_CHECK;

/* One field of a line.  'name' and 'text' must be string literals or err_text(). */
struct log_field {
    const char *name;
    const char *text; /* NULL: the number */
    uint64_t number;
};

#define LOG_TEXT(field_name, constant)                                                             \
    {                                                                                              \
        .name = (field_name), .text = (constant)                                                   \
    }
#define LOG_NUMBER(field_name, value)                                                              \
    {                                                                                              \
        .name = (field_name), .number = (uint64_t) (value)                                         \
    }

/* Threads: any; a line is written by one write(). */
void log_event(enum log_level level, const char *event, const struct log_field *fields,
               size_t count);

/* An event without fields, and one that failed with 'err'. */
void log_plain(enum log_level level, const char *event);
void log_failure(enum log_level level, const char *event, enum err err);

#endif
