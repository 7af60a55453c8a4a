/* SPDX-License-Identifier: EUPL-1.2 */
#include "clients/lib/country.h"

#include <string.h>
#include <strings.h>

#include "clients/lib/country_names.h"
#include "clients/lib/identity.h"

static const char *const NONE[] = { NULL };
static const struct short_form NO_SHORT_FORMS[] = { { NULL, NULL } };
static const struct sound_step NO_LETTERS[] = { { NULL, NULL, SOUND_ANYWHERE } };

/* Tussenvoegsels of the Dutch population register as systems write them ("v.d." is two), the common
 * foreign ones with them. */
static const char *const NL_PARTICLES[] = {
    "van", "vande", "vanden", "vander", "vant",  "v",    "vd",   "vdr", "vh",
    "vt",  "de",    "den",    "der",    "des",   "het",  "t",    "s",   "d",
    "ter", "ten",   "op",     "opt",    "opde",  "aan",  "aant", "in",  "int",
    "bij", "uit",   "uijt",   "onder",  "voor",  "von",  "vom",  "zum", "zur",
    "af",  "av",    "dal",    "della",  "degli", "dela", "thoe", "toe", NULL,
};
/* These are surnames as well: "de Heer", "Los", "Du". */
static const char *const NL_WEAK_PARTICLES[] = {
    "la", "le",  "les", "lo", "l",   "da", "di", "do",  "dos", "das",  "san",  "santa", "y",
    "e",  "los", "las", "du", "del", "zu", "te", "ver", "tot", "over", "heer", "ing",   NULL,
};
static const char *const NL_JOINED_PARTICLES[] = {
    "el", "al", "ben", "bin", "ibn", "bint", "ould", "abu", "ait", "ou", NULL,
};
/* No title that is a surname as well ("de Graaf", "Baron", "Ma"). */
static const char *const NL_TITLES[] = {
    "dr",   "drs", "mr",  "ir", "ing",  "prof",    "ds",     "bc",  "bsc",
    "msc",  "phd", "dhr", "mw", "mevr", "mevrouw", "meneer", "mej", "jhr",
    "jkvr", "sr",  "jr",  "hr", "fam",  "familie", "wed",    NULL,
};
static const char *const NL_UNKNOWN_WORDS[] = {
    "onbekend", "onbek", "unknown", "nvt", "nnb", "nn", NULL,
};
/* What forms say where the first name is not known. */
static const char *const NL_NO_FIRST_NAMES[] = {
    "baby", "kind", "zoon", "dochter", "jongen", "meisje", "bewoner", "bewoonster", NULL,
};
static const char *const NL_PARTNER_WORDS[] = {
    "e v",
    "ev",
    "w v",
    "wv",
    "wed v",
    "echtgenote van",
    "echtgenoot van",
    "gehuwd met",
    "gescheiden van",
    "weduwe van",
    "weduwnaar van",
    "wed van",
    "partner van",
    NULL,
};
static const char *const NL_BIRTH_WORDS[] = { "geboren", "geb", "gebn", NULL };

/* The long y: IJsbrand and Ysbrand, Dijk and Dyk begin and go on alike. */
static const struct sound_step NL_LETTERS[] = {
    { "ij", "y", SOUND_ANYWHERE },
    { NULL, NULL, SOUND_ANYWHERE },
};

/* Dutch spelling to sounds.  Vowels that are left over go, except at the start; doubles become
 * one. */
static const struct sound_step NL_SOUNDS[] = {
    { "tsch", "s", SOUND_ANYWHERE }, { "tsj", "s", SOUND_ANYWHERE },
    { "sch", "s", SOUND_AT_END },    { "sch", "sg", SOUND_ANYWHERE },
    { "sj", "s", SOUND_ANYWHERE },   { "sh", "s", SOUND_ANYWHERE },
    { "cks", "ks", SOUND_ANYWHERE }, { "ckx", "ks", SOUND_ANYWHERE },
    { "kx", "ks", SOUND_ANYWHERE },  { "ck", "k", SOUND_ANYWHERE },
    { "ch", "g", SOUND_ANYWHERE },   { "gh", "g", SOUND_ANYWHERE },
    { "ph", "f", SOUND_ANYWHERE },   { "th", "t", SOUND_ANYWHERE },
    { "dt", "t", SOUND_AT_END },     { "tz", "s", SOUND_ANYWHERE },
    { "ts", "s", SOUND_AT_END },     { "ds", "s", SOUND_AT_END },
    { "sz", "s", SOUND_ANYWHERE },   { "qu", "k", SOUND_ANYWHERE },
    { "ce", "s", SOUND_ANYWHERE },   { "ci", "s", SOUND_ANYWHERE },
    { "cy", "s", SOUND_ANYWHERE },   { "ij", "a", SOUND_ANYWHERE },
    { "d", "t", SOUND_AT_END },      { "b", "p", SOUND_AT_END },
    { "c", "k", SOUND_ANYWHERE },    { "q", "k", SOUND_ANYWHERE },
    { "x", "ks", SOUND_ANYWHERE },   { "z", "s", SOUND_ANYWHERE },
    { "v", "f", SOUND_ANYWHERE },    { "h", "h", SOUND_AT_START },
    { "h", "", SOUND_ANYWHERE },     { NULL, NULL, SOUND_ANYWHERE },
};

/* English spelling to sounds; x stands for ch and sh. */
static const struct sound_step AU_SOUNDS[] = {
    { "mac", "mk", SOUND_AT_START }, { "mc", "mk", SOUND_AT_START }, { "kn", "n", SOUND_AT_START },
    { "wr", "r", SOUND_AT_START },   { "wh", "w", SOUND_AT_START },  { "ps", "s", SOUND_AT_START },
    { "sch", "sk", SOUND_ANYWHERE }, { "tch", "x", SOUND_ANYWHERE }, { "ch", "x", SOUND_ANYWHERE },
    { "sh", "x", SOUND_ANYWHERE },   { "ph", "f", SOUND_ANYWHERE },  { "gh", "", SOUND_ANYWHERE },
    { "th", "t", SOUND_ANYWHERE },   { "ck", "k", SOUND_ANYWHERE },  { "dg", "j", SOUND_ANYWHERE },
    { "qu", "k", SOUND_ANYWHERE },   { "ce", "s", SOUND_ANYWHERE },  { "ci", "s", SOUND_ANYWHERE },
    { "cy", "s", SOUND_ANYWHERE },   { "c", "k", SOUND_ANYWHERE },   { "q", "k", SOUND_ANYWHERE },
    { "x", "ks", SOUND_ANYWHERE },   { "z", "s", SOUND_ANYWHERE },   { "h", "h", SOUND_AT_START },
    { "h", "", SOUND_ANYWHERE },     { "w", "w", SOUND_AT_START },   { "w", "", SOUND_ANYWHERE },
    { NULL, NULL, SOUND_ANYWHERE },
};

/* Combinations that the Dutch post does not give out. */
static const char *const NL_POSTCODE_NEVER[] = { "sa", "sd", "ss", NULL };

/* Found by search over corpora of the town generator: the most pairs of one person under 12 slots and a
 * sum of collision probabilities below 4e-8 (docs/LINKAGE.md). */
static const uint8_t NL_STRONG_KEYS[] = { 1, 2, 3, 4, 5, 6, 0 };
static const uint8_t NL_FURTHER_KEYS[] = { 7, 8, 9, 10, 11, 12, 13, 0 };

/* Found by search over the benchmark files 1 to 3: the best F1 with two lists of 5,000. */
static const uint8_t AU_STRONG_KEYS[] = { 1, 14, 15, 16, 17, 0 };
static const uint8_t AU_FURTHER_KEYS[] = { 18, 19, 20, 21, 22, 23, 24, 25, 0 };

const struct identity_rules COUNTRY_NL = {
    .country = "nl",
    .norm_version = 2,
    .age_max = 130,
    .postcode_form = "1999aa",
    .postcode_never = NL_POSTCODE_NEVER,
    .postcode_area_len = 4,
    .person_number_min_len = 8,
    .person_number_len = 9,
    .person_number_is_valid = country_nl_bsn_is_valid,
    .strong_keys = NL_STRONG_KEYS,
    .further_keys = NL_FURTHER_KEYS,
    .guards_relatives = true,
    .particles = NL_PARTICLES,
    .weak_particles = NL_WEAK_PARTICLES,
    .joined_particles = NL_JOINED_PARTICLES,
    .titles = NL_TITLES,
    .unknown_words = NL_UNKNOWN_WORDS,
    .no_first_names = NL_NO_FIRST_NAMES,
    .partner_words = NL_PARTNER_WORDS,
    .birth_words = NL_BIRTH_WORDS,
    .usual_names = NAMES_NL_USUAL,
    .usual_name_count = &NAMES_NL_USUAL_COUNT,
    .short_forms = NAMES_NL_SHORT,
    .letter_steps = NL_LETTERS,
    .sound_steps = NL_SOUNDS,
    .sound_len = 8,
};

const struct identity_rules COUNTRY_AU = {
    .country = "au",
    .norm_version = 2,
    .age_max = 200, /* the people of a benchmark never die */
    .postcode_form = "9999",
    .postcode_never = NONE,
    .postcode_area_len = 2,
    .person_number_min_len = 7,
    .person_number_len = 7,
    .strong_keys = AU_STRONG_KEYS,
    .further_keys = AU_FURTHER_KEYS,
    .particles = NONE,
    .weak_particles = NONE,
    .joined_particles = NONE,
    .titles = NONE,
    .unknown_words = NONE,
    .no_first_names = NONE,
    .partner_words = NONE,
    .birth_words = NONE,
    .usual_names = NAMES_AU_USUAL,
    .usual_name_count = &NAMES_AU_USUAL_COUNT,
    .short_forms = NO_SHORT_FORMS,
    .letter_steps = NO_LETTERS,
    .sound_steps = AU_SOUNDS,
    .sound_len = 8,
};

enum err
country_by_code(const char *code, const struct identity_rules **out)
{
    static const struct identity_rules *const ALL[] = { &COUNTRY_NL, &COUNTRY_AU };

    for (size_t i = 0; i < sizeof ALL / sizeof ALL[0]; i++) {
        if (strcasecmp(ALL[i]->country, code) == 0) {
            *out = ALL[i];
            return ERR_OK;
        }
    }
    return ERR_NOT_FOUND;
}

bool
country_nl_bsn_is_valid(const char *digits)
{
    static const int WEIGHTS[9] = { 9, 8, 7, 6, 5, 4, 3, 2, -1 };
    int sum = 0;
    bool is_zero = true;

    for (size_t i = 0; i < 9; i++) {
        if (digits[i] < '0' || digits[i] > '9') {
            return false;
        }
        sum += WEIGHTS[i] * (digits[i] - '0');
        is_zero = is_zero && digits[i] == '0';
    }
    return digits[9] == '\0' && !is_zero && sum % 11 == 0;
}
