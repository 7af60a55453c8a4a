/* SPDX-License-Identifier: EUPL-1.2 */
#include "clients/sein/case_words.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/bytes.h"
#include "base/secret.h"
#include "clients/sein/language.h"
#include "clients/sein/say.h"
#include "seinhuis/v1/review.pb-c.h"

void
case_signal_name(const uint8_t rid[RID_LEN], char out[CASE_SIGNAL_ROOM])
{
    bytes_to_hex(rid, (CASE_SIGNAL_ROOM - 1) / 2, out);
}

void
case_week_words(uint32_t week, char out[CASE_WEEK_ROOM])
{
    enum { SUNDAY = 6 };
    struct date monday = clock_week_first_day((uint16_t) week);
    char first[DATE_TEXT_ROOM];
    char last[DATE_TEXT_ROOM];

    date_format(monday, first);
    date_format(date_from_days(date_to_days(monday) + SUNDAY), last);
    snprintf(out, CASE_WEEK_ROOM, "%s - %s", first, last);
}

struct word {
    uint32_t code;
    const char *key;
    const char *text;
};

static const struct word STATES[] = {
    { SEINHUIS__V1__CASE_STATE__CASE_STATE_FLAGGED, "flagged", N_("new") },
    { SEINHUIS__V1__CASE_STATE__CASE_STATE_TRIAGE, "triage", N_("in triage") },
    { SEINHUIS__V1__CASE_STATE__CASE_STATE_IDENTITY, "identity", N_("identity released") },
    { SEINHUIS__V1__CASE_STATE__CASE_STATE_OPENED, "opened", N_("opened") },
    { SEINHUIS__V1__CASE_STATE__CASE_STATE_CLOSED, "closed", N_("closed") },
};

static const struct word FLAGS[] = {
    { FLAG_MULTI_SOURCE, "", N_("several sectors") }, { FLAG_COMPLEX, "", N_("complex") },
    { FLAG_ESCALATING, "", N_("escalating") },        { FLAG_ACUTE, "", N_("acute") },
    { FLAG_CONSENTED, "", N_("with consent") },
};

static const struct word *
state_word(int state)
{
    for (size_t i = 0; i < sizeof STATES / sizeof STATES[0]; i++) {
        if (STATES[i].code == (uint32_t) state) {
            return &STATES[i];
        }
    }
    return NULL;
}

const char *
case_state_word_key(int state)
{
    const struct word *word = state_word(state);

    return word != NULL ? word->key : "unknown";
}

const char *
case_state_words(int state)
{
    const struct word *word = state_word(state);

    return word != NULL ? gettext(word->text) : "?";
}

void
case_flags_words(uint32_t flags, char out[CASE_FLAGS_ROOM])
{
    size_t len = 0;

    out[0] = '\0';
    for (size_t i = 0; i < sizeof FLAGS / sizeof FLAGS[0]; i++) {
        if ((flags & FLAGS[i].code) != 0 && len < CASE_FLAGS_ROOM) {
            len += (size_t) snprintf(out + len, CASE_FLAGS_ROOM - len, "%s%s", len > 0 ? ", " : "",
                                     gettext(FLAGS[i].text));
        }
    }
}

const char *
case_term_words(enum term_kind kind, uint32_t code)
{
    const struct term *term = term_by_code(kind, code);

    return term != NULL ? gettext(term->text) : "?";
}

/* The rules of the vault by their keys, each %u for the next of the explanation's numbers. */
struct rule_words {
    const char *key;
    const char *raised;
    const char *not_raised;
};

static const struct rule_words RULES[] = {
    { "multi_source",
      N_("%u organisations of %u sectors reported on %u life domains within %u weeks.  Needed are "
         "%u "
         "organisations, %u sectors and %u life domains within %u weeks."),
      N_("Not enough: %u organisations of %u sectors reported on %u life domains within %u weeks.  "
         "Needed are %u organisations, %u sectors and %u life domains within %u weeks.") },
    { "complex",
      N_("%u organisations of %u sectors reported on %u life domains within %u weeks.  Needed are "
         "%u "
         "organisations, %u sectors and %u life domains within %u weeks."),
      N_("Not enough: %u organisations of %u sectors reported on %u life domains within %u weeks.  "
         "Needed are %u organisations, %u sectors and %u life domains within %u weeks.") },
    { "escalating_severity", N_("The severity rose from band %u to band %u in %u weeks."),
      N_("The severity did not rise within %u weeks.") },
    { "escalating_signals", N_("There were %u signals within %u weeks.  Needed are %u."),
      N_("There were only %u signals within %u weeks.  Needed are %u.") },
    { "escalating_sector",
      N_("A new sector joined: number %u, %u weeks after the signal before.  Needed are %u "
         "sectors, "
         "within %u weeks."),
      N_("No new sector joined: there are %u.  Needed are %u, within %u weeks of the signal "
         "before.") },
    { "acute", N_("%u signals say that there is danger now; the gravest is of band %u."),
      N_("No signal says that there is danger now.") },
    { "consented",
      N_("%u signals say that the resident agrees to contact; the gravest is of band %u."),
      N_("No signal says that the resident agrees to contact.") },
};

/* Puts the numbers into the places of %u.  False: more places than numbers, or no room. */
static bool
fill_in(const char *text, const uint32_t *numbers, size_t count, char out[CASE_RULE_ROOM])
{
    size_t used = 0;
    size_t len = 0;

    while (*text != '\0') {
        bool is_place = text[0] == '%' && text[1] == 'u';

        if ((is_place && used == count) || len + 12 >= CASE_RULE_ROOM) {
            return false;
        }
        if (is_place) {
            len += (size_t) snprintf(out + len, CASE_RULE_ROOM - len, "%u", numbers[used]);
            used++;
            text += 2;
        } else {
            out[len++] = *text++;
        }
    }
    out[len] = '\0';
    return true;
}

bool
case_rule_words(const char *rule, bool is_raised, const uint32_t *numbers, size_t count,
                char out[CASE_RULE_ROOM])
{
    for (size_t i = 0; i < sizeof RULES / sizeof RULES[0]; i++) {
        if (strcmp(RULES[i].key, rule) == 0) {
            return fill_in(gettext(is_raised ? RULES[i].raised : RULES[i].not_raised), numbers,
                           count, out);
        }
    }
    return false;
}

void
case_print_text(const char *indent, const char *text, FILE *out)
{
    struct line {
        char text[2048];
    };
    struct line raw = { "" };
    struct line clean = { "" };

    do {
        size_t len = strcspn(text, "\n");
        size_t taken = len < sizeof raw.text ? len : sizeof raw.text - 1;

        memcpy(raw.text, text, taken);
        raw.text[taken] = '\0';
        say_clean(raw.text, clean.text);
        fprintf(out, "%s%s\n", indent, clean.text);
        text += text[len] == '\n' ? len + 1 : len;
    } while (*text != '\0');
    sodium_memzero(&raw, sizeof raw);
    sodium_memzero(&clean, sizeof clean);
}

/* An allocator that wipes what it takes back: the length stands in front. */
enum { FRONT_LEN = 16 };

static void *
wiping_malloc(size_t len)
{
    uint8_t *memory = len > SIZE_MAX - FRONT_LEN ? NULL : malloc(len + FRONT_LEN);

    if (memory == NULL) {
        return NULL;
    }
    memcpy(memory, &len, sizeof len);
    return memory + FRONT_LEN;
}

static void
wiping_free(void *pointer)
{
    uint8_t *memory = pointer;
    size_t len = 0;

    if (memory == NULL) {
        return;
    }
    memory -= FRONT_LEN;
    memcpy(&len, memory, sizeof len);
    sodium_memzero(memory + FRONT_LEN, len);
    free(memory);
}

static char print_buffer[BUFSIZ];

void
case_print_begin(void)
{
    json_set_alloc_funcs(wiping_malloc, wiping_free);
    setvbuf(stdout, print_buffer, _IOFBF, sizeof print_buffer);
}

void
case_print_end(void)
{
    fflush(stdout);
    sodium_memzero(print_buffer, sizeof print_buffer);
}
