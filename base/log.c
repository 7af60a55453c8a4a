/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/log.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"

enum { LINE_ROOM = 1024 };

static _Atomic int log_level_now = LOG_INFO;

static const char *const LEVEL_NAMES[] = { "error", "warn", "info", "debug" };

void
log_set_level(enum log_level level)
{
    atomic_store(&log_level_now, (int) level);
}

enum err
log_level_parse(const char *word, enum log_level *out)
{
    for (int i = LOG_ERROR; i <= LOG_DEBUG; i++) {
        if (strcmp(word, LEVEL_NAMES[i]) == 0) {
            *out = (enum log_level) i;
            return ERR_OK;
        }
    }
    return ERR_INVALID;
}

/* Appends to 'line', cutting what does not fit. */
static void PRINTF_LIKE(3, 4) append(char *line, size_t *len, const char *format, ...)
{
    va_list args;
    int put;

    va_start(args, format);
    put = vsnprintf(line + *len, LINE_ROOM - *len, format, args);
    va_end(args);
    if (put > 0) {
        *len += (size_t) put < LINE_ROOM - *len ? (size_t) put : LINE_ROOM - 1 - *len;
    }
}

void
log_event(enum log_level level, const char *event, const struct log_field *fields, size_t count)
{
    char line[LINE_ROOM];
    char now[TIME_TEXT_ROOM];
    struct timespec ts = { 0 };
    size_t len = 0;

    if ((int) level > atomic_load(&log_level_now)) {
        return;
    }
    clock_gettime(CLOCK_REALTIME, &ts);
    time_format((uint64_t) ts.tv_sec, now);
    append(line, &len, "%s %s %s", now, LEVEL_NAMES[level], event);
    for (size_t i = 0; i < count; i++) {
        if (fields[i].text != NULL) {
            append(line, &len, " %s=\"%s\"", fields[i].name, fields[i].text);
        } else {
            append(line, &len, " %s=%" PRIu64, fields[i].name, fields[i].number);
        }
    }
    line[len] = '\n';
    /* Nothing can be done when even the log fails. */
    if (write(STDERR_FILENO, line, len + 1) < 0) {
        return;
    }
}

void
log_plain(enum log_level level, const char *event)
{
    log_event(level, event, NULL, 0);
}

void
log_failure(enum log_level level, const char *event, enum err err)
{
    const struct log_field fields[] = { LOG_TEXT("error", err_text(err)) };

    log_event(level, event, fields, 1);
}
