/* SPDX-License-Identifier: EUPL-1.2 */
#include "clients/lib/soundcode.h"

#include <string.h>

static bool
is_vowel(char c)
{
    return strchr("aeiouy", c) != NULL;
}

/* Whether 'step' fits at 'at' of 'name'. */
static bool
fits(const struct sound_step *step, const char *name, const char *at)
{
    size_t len = strlen(step->from);

    if (strncmp(at, step->from, len) != 0) {
        return false;
    }
    switch (step->where) {
        case SOUND_ANYWHERE:
            return true;
        case SOUND_AT_START:
            return at == name;
        case SOUND_AT_END:
            return at[len] == '\0' && at != name;
    }
    return false;
}

/* Appends one sound unless it repeats the last one. */
static void
put(struct sound *out, size_t *len, size_t cap, char c)
{
    if (*len < cap && (*len == 0 || out->text[*len - 1] != c)) {
        out->text[(*len)++] = c;
    }
}

void
sound_of(const struct identity_rules *rules, const char *name, struct sound *out)
{
    size_t cap = rules->sound_len < SOUND_ROOM - 1 ? rules->sound_len : SOUND_ROOM - 1;
    struct sound sound = { { 0 } };
    size_t len = 0;

    for (const char *at = name; *at != '\0';) {
        const struct sound_step *step = rules->sound_steps;
        char self[2] = { *at, '\0' };
        const char *to = self;
        size_t taken = 1;

        while (step->from != NULL && !fits(step, name, at)) {
            step++;
        }
        if (step->from != NULL) {
            to = step->to;
            taken = strlen(step->from);
        }
        for (; *to != '\0'; to++) {
            if (!is_vowel(*to)) {
                put(&sound, &len, cap, *to);
            } else if (len == 0) {
                put(&sound, &len, cap, 'a');
            }
        }
        at += taken;
    }
    *out = sound;
    sound_wipe(&sound);
}

void
prefix_of(const char *name, size_t len, struct sound *out)
{
    size_t take = strnlen(name, len < SOUND_ROOM ? len : SOUND_ROOM - 1);

    memset(out, 0, sizeof *out);
    memcpy(out->text, name, take);
}
