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

/* The step that fits at 'at' of 'name'; NULL when none does. */
static const struct sound_step *
step_at(const struct sound_step *steps, const char *name, const char *at)
{
    while (steps->from != NULL && !fits(steps, name, at)) {
        steps++;
    }
    return steps->from == NULL ? NULL : steps;
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
        const struct sound_step *step = step_at(rules->sound_steps, name, at);
        char self[2] = { *at, '\0' };
        const char *to = step == NULL ? self : step->to;
        size_t taken = step == NULL ? 1 : strlen(step->from);

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
letters_of(const struct identity_rules *rules, const char *name, size_t len, struct sound *out)
{
    size_t cap = len < SOUND_ROOM ? len : SOUND_ROOM - 1;
    size_t count = 0;

    memset(out, 0, sizeof *out);
    for (const char *at = name; *at != '\0' && count < cap;) {
        const struct sound_step *step = step_at(rules->letter_steps, name, at);

        if (step == NULL) {
            out->text[count++] = *at++;
            continue;
        }
        for (const char *to = step->to; *to != '\0' && count < cap; to++) {
            out->text[count++] = *to;
        }
        at += strlen(step->from);
    }
}

void
prefix_of(const char *text, size_t len, struct sound *out)
{
    size_t take = strnlen(text, len < SOUND_ROOM ? len : SOUND_ROOM - 1);

    memset(out, 0, sizeof *out);
    memcpy(out->text, text, take);
}
