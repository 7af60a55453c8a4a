/* SPDX-License-Identifier: EUPL-1.2 */
#include "clients/sein/say.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <unistr.h>

#include "clients/sein/language.h"

/* Control characters, and those that reorder or hide text. */
static bool
may_stand(ucs4_t character)
{
    if (character < 0x20 || (character >= 0x7f && character < 0xa0)) {
        return false;
    }
    if (character >= 0x200b && character <= 0x200f) {
        return false;
    }
    if (character >= 0x2028 && character <= 0x202e) {
        return false;
    }
    return !(character >= 0x2066 && character <= 0x2069) && character != 0xfeff;
}

void
say_clean(const char *text, char *out)
{
    const uint8_t *at = (const uint8_t *) text;
    size_t left = strlen(text);

    while (left > 0) {
        ucs4_t character = 0;
        int len = u8_mbtoucr(&character, at, left);
        size_t step = len > 0 ? (size_t) len : 1;

        if (len > 0 && may_stand(character)) {
            memcpy(out, at, step);
            out += step;
        } else {
            *out++ = '?';
        }
        at += step;
        left -= step;
    }
    *out = '\0';
}

/* Formats and cleans; NULL when memory is short.  free() it. */
static char *PRINTF_LIKE(1, 0) cleaned(const char *format, va_list args)
{
    char *raw = NULL;
    char *clean;

    if (vasprintf(&raw, format, args) < 0) {
        return NULL;
    }
    clean = malloc(strlen(raw) + 1);
    if (clean != NULL) {
        say_clean(raw, clean);
    }
    free(raw);
    return clean;
}

void
say_error(const char *field, const char *remedy, const char *format, ...)
{
    va_list args;
    char *text;

    va_start(args, format);
    text = cleaned(format, args);
    va_end(args);
    fflush(stdout);
    fprintf(stderr, "%s %s\n", _("Error:"), text != NULL ? text : format);
    if (field != NULL) {
        fprintf(stderr, "  %s %s\n", _("Field:"), field);
    }
    if (remedy != NULL) {
        fprintf(stderr, "  %s %s\n", _("What to do:"), remedy);
    }
    free(text);
}

void
say_note(const char *format, ...)
{
    va_list args;
    char *text;

    va_start(args, format);
    text = cleaned(format, args);
    va_end(args);
    fflush(stdout);
    fprintf(stderr, "%s\n", text != NULL ? text : format);
    free(text);
}
