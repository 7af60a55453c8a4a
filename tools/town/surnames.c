/* SPDX-License-Identifier: EUPL-1.2 */
#include "tools/town/surnames.h"

#include <stdio.h>
#include <string.h>

#define COUNT_OF(list) (sizeof(list) / sizeof(list)[0])

enum { RARE_PERMILLE = 650 };

/* "Groeneveld", "Westerhof", "van Hazelaar". */
static const char *const FRONTS[] = { "Groene", "Olden",  "Nieuwe", "Hoge",  "Lage",   "Wester",
                                      "Ooster", "Zuider", "Noorde", "Witte", "Zwarte", "Linde",
                                      "Eiken",  "Elze",   "Berken", "Kerk",  "Molen",  "Heide",
                                      "Koren",  "Water",  "Steen",  "Zand",  "Veen",   "Duin",
                                      "Hazel",  "Wilgen", "Roze",   "Vogel", "Paarde", "Schape" };
static const char *const ENDS[] = { "veld",  "burg", "berg", "kamp", "hof",  "broek", "man",
                                    "horst", "boom", "huis", "dam",  "meer", "poort", "laar",
                                    "hoek",  "beek", "stra", "land", "daal", "wijk" };

/* "Wouterse", "Roelofsma". */
static const char *const FATHERS[] = { "Wouter",   "Roelof",   "Harm",  "Berend",  "Lammert",
                                       "Tjeerd",   "Jelle",    "Sipke", "Aart",    "Cors",
                                       "Floris",   "Gijsbert", "Huib",  "Joost",   "Krijn",
                                       "Leendert", "Maarten",  "Nanne", "Otto",    "Quirijn",
                                       "Reinier",  "Steven",   "Tiede", "Ulbe",    "Volkert",
                                       "Wessel",   "Ysbrand",  "Zeger", "Barteld", "Dirk" };
static const char *const SONS[] = { "s", "sen", "se", "sma", "ink", "inga" };

static const struct surname FROM_ELSEWHERE[] = {
    { "el", "Idrissi" }, { "el", "Khattabi" },   { "el", "Bakkali" }, { "el", "Ouali" },
    { "al", "Khatib" },  { "al", "Hassani" },    { "ben", "Haddou" }, { "ben", "Salah" },
    { "ait", "Lahcen" }, { "ait", "Brahim" },    { "", "Demirtaş" },  { "", "Öztürk" },
    { "", "Çelik" },     { "", "Şahin" },        { "", "Aydın" },     { "", "Kowalczyk" },
    { "", "Zieliński" }, { "", "Wójcik" },       { "", "Ramlakhan" }, { "", "Jagroep" },
    { "", "Soekhoe" },   { "", "Wirjosentono" }, { "", "Martina" },   { "", "Sambo" },
    { "", "Nguyễn" },    { "", "Trần" },         { "", "Tesfay" },    { "", "Gebremariam" },
    { "", "Haile" },     { "", "Ahmadi" },       { "", "Popa" },      { "", "Ionescu" },
};

/* Adds front and end joined; one in three has a prefix, by its place. */
static void
add(struct surnames *out, const char *front, const char *end, bool may_have_prefix)
{
    static const char *const PREFIXES[] = { "van", "", "", "van de", "", "" };
    size_t at = out->rare_count;

    if (at == SURNAMES_RARE_MOST) {
        return;
    }
    (void) snprintf(out->cores[at], sizeof out->cores[at], "%s%s", front, end);
    out->rare[at] = (struct surname) {
        .prefix = may_have_prefix ? PREFIXES[at % COUNT_OF(PREFIXES)] : "",
        .core = out->cores[at],
    };
    out->rare_count++;
}

void
surnames_make(struct surnames *out)
{
    memset(out, 0, sizeof *out);
    for (size_t i = 0; i < COUNT_OF(FRONTS); i++) {
        for (size_t k = 0; k < COUNT_OF(ENDS); k++) {
            add(out, FRONTS[i], ENDS[k], true);
        }
    }
    for (size_t i = 0; i < COUNT_OF(FATHERS); i++) {
        for (size_t k = 0; k < COUNT_OF(SONS); k++) {
            add(out, FATHERS[i], SONS[k], false);
        }
    }
    for (size_t i = 0; i < COUNT_OF(FROM_ELSEWHERE); i++) {
        add(out, FROM_ELSEWHERE[i].core, "", false);
        out->rare[out->rare_count - 1].prefix = FROM_ELSEWHERE[i].prefix;
    }
}

struct surname
surnames_draw(const struct surnames *surnames, struct rng *rng)
{
    uint32_t count = 0;
    const struct surname *common = names_surnames(&count);

    if (rng_chance(rng, RARE_PERMILLE)) {
        return surnames->rare[rng_below(rng, (uint32_t) surnames->rare_count)];
    }
    return common[rng_skewed(rng, count)];
}
