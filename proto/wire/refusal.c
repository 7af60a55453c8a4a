/* SPDX-License-Identifier: EUPL-1.2 */
#include "proto/wire/refusal.h"

#include <stdio.h>
#include <string.h>

struct entry {
    const char *token;
    enum err err;
    const char *field;
    const char *sentence;
};

#define REFUSAL_ENTRY(token, error, field, sentence)                                               \
    [REFUSAL_##token] = { #token, error, field, sentence },
static const struct entry entries[REFUSAL_COUNT] = { [REFUSAL_NONE] = { "", ERR_OK, "", "" },
                                                     REFUSAL_MAP(REFUSAL_ENTRY) };
#undef REFUSAL_ENTRY

/* "TOKEN: sentence" and its NUL fit for each entry. */
#define REFUSAL_FITS(token, error, field, sentence)                                                \
    _Static_assert(sizeof #token + sizeof(sentence) + 1 <= REFUSAL_MESSAGE_ROOM, "too long");
REFUSAL_MAP(REFUSAL_FITS)
#undef REFUSAL_FITS

static const struct entry *
entry_of(enum refusal refusal)
{
    return &entries[(unsigned int) refusal < REFUSAL_COUNT ? refusal : REFUSAL_INTERNAL];
}

const char *
refusal_token(enum refusal refusal)
{
    return entry_of(refusal)->token;
}

enum err
refusal_err(enum refusal refusal)
{
    return entry_of(refusal)->err;
}

const char *
refusal_field(enum refusal refusal)
{
    return entry_of(refusal)->field;
}

const char *
refusal_sentence(enum refusal refusal)
{
    return entry_of(refusal)->sentence;
}

enum refusal
refusal_of_err(enum err err)
{
    switch (err) {
        case ERR_OK:
            return REFUSAL_NONE;
        case ERR_NOMEM:
            return REFUSAL_NO_MEMORY;
        case ERR_INVALID:
        case ERR_AUTH:
        case ERR_EXPIRED:
            return REFUSAL_INVALID;
        case ERR_MALFORMED:
            return REFUSAL_MESSAGE_MALFORMED;
        case ERR_NOT_FOUND:
            return REFUSAL_NOT_FOUND;
        case ERR_EXISTS:
        case ERR_CONFLICT:
        case ERR_REPLAY:
        case ERR_STATE:
            return REFUSAL_CONFLICT;
        case ERR_FULL:
            return REFUSAL_STORAGE_FULL;
        case ERR_TOO_BIG:
            return REFUSAL_MESSAGE_TOO_LONG;
        case ERR_DENIED:
            return REFUSAL_ROLE_NOT_ALLOWED;
        case ERR_QUOTA:
            return REFUSAL_BUSY;
        case ERR_UNAVAILABLE:
            return REFUSAL_UNAVAILABLE;
        case ERR_UNKNOWN:
            return REFUSAL_OUTCOME_UNKNOWN;
        case ERR_UNSUPPORTED:
        case ERR_ROLLBACK:
        case ERR_CORRUPT:
        case ERR_IO:
        case ERR_INTERNAL:
            return REFUSAL_INTERNAL;
    }
    return REFUSAL_INTERNAL;
}

size_t
refusal_message(enum refusal refusal, char out[REFUSAL_MESSAGE_ROOM])
{
    const struct entry *entry = entry_of(refusal);
    int len = snprintf(out, REFUSAL_MESSAGE_ROOM, "%s: %s", entry->token, entry->sentence);

    return len < 0 ? 0 : (size_t) len;
}

bool
refusal_parse(const char *text, size_t len, enum refusal *out)
{
    const char *colon = memchr(text, ':', len);

    if (colon == NULL) {
        return false;
    }
    for (unsigned int i = REFUSAL_NONE + 1; i < REFUSAL_COUNT; i++) {
        size_t token_len = strlen(entries[i].token);

        if (token_len == (size_t) (colon - text) &&
            memcmp(entries[i].token, text, token_len) == 0) {
            *out = (enum refusal) i;
            return true;
        }
    }
    return false;
}
