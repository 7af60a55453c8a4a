/* SPDX-License-Identifier: EUPL-1.2 */
#include "tools/town/story.h"

#include <stdio.h>
#include <string.h>

enum { SENTENCES = 2, TRIES = 4 };

static const char *const SEEN[DOMAIN_COUNT][SENTENCES] = {
    [DOMAIN_MONEY] = { "Er is al enkele maanden een betalingsachterstand.",
                       "Ongeopende post en aanmaningen op tafel." },
    [DOMAIN_WORK] = { "Komt niet meer op de dagbesteding.",
                      "Heeft het werk kort geleden verloren." },
    [DOMAIN_HOUSING] = { "De woning is slecht onderhouden; het ruikt er naar gas en vuil.",
                         "Dreigt de woning te verliezen." },
    [DOMAIN_RELATIONS] = { "Vaak harde ruzies in huis, een paar keer per week.",
                           "Spanning tussen de gezinsleden loopt op." },
    [DOMAIN_MENTAL] = { "Maakt een sombere en verwarde indruk.",
                        "Zegt dat de muren luisteren en slaapt nauwelijks." },
    [DOMAIN_PHYSICAL] = { "Is zichtbaar afgevallen en loopt moeilijk.",
                          "Neemt de medicijnen niet zoals afgesproken." },
    [DOMAIN_ADDICTION] = { "Ruikt overdag naar alcohol.", "Veel lege flessen, ook 's morgens." },
    [DOMAIN_DAILY] = { "Verzorgt zichzelf en het huishouden niet meer.",
                       "Geen eten in huis, koelkast staat uit." },
    [DOMAIN_NETWORK] = { "Krijgt geen bezoek meer en doet de deur niet open.",
                         "Is na een verlies helemaal alleen." },
    [DOMAIN_PARTICIPATION] = { "Is met alle activiteiten in de buurt gestopt.",
                               "Komt het huis bijna niet uit." },
    [DOMAIN_JUSTICE] = { "Meldingen van geluidsoverlast uit de buurt, \"elke nacht\".",
                         "Schelden en dreigen tegen buren." },
    [DOMAIN_CHILDREN] = { "De kinderen komen vaak te laat op school, soms zonder ontbijt.",
                          "Er is weinig toezicht op de kinderen." },
};

static const char *const TRIED[TRIES] = {
    "Twee keer aangebeld en een brief gestuurd.",
    "Gesprek aan huis gevoerd; geen verandering.",
    "Gebeld, geen gehoor; kaartje in de bus gedaan.",
    "Hulp aangeboden, voorlopig afgehouden.",
};

static void
put(const struct org *org, struct row *row, enum column column, const char *text)
{
    if ((org->columns >> column & 1) != 0) {
        (void) snprintf(row->text[column], ROW_FIELD_ROOM, "%s", text);
    }
}

static void
put_domains(const struct org *org, const struct event *event, struct row *row)
{
    char text[ROW_FIELD_ROOM] = "";
    size_t len = 0;

    for (uint32_t code = 0; code < DOMAIN_COUNT; code++) {
        if ((event->domains >> code & 1) != 0) {
            len += (size_t) snprintf(text + len, sizeof text - len, "%s%s", len == 0 ? "" : " ",
                                     term_key(TERM_DOMAIN, code));
        }
    }
    put(org, row, COLUMN_DOMAINS, text);
}

/* A basis that is open to the sector. */
static enum legal_basis
basis_for(struct rng *rng, const struct event *event)
{
    bool is_first = rng_chance(rng, 600);
    bool consents = event->mode == MODE_CONSENTED;

    switch (ORGS[event->org].sector) {
        case SECTOR_POLICE:
            return is_first ? BASIS_WPG_20 : BASIS_WPG_19;
        case SECTOR_HOUSING:
            return (event->domains >> DOMAIN_MONEY & 1) != 0 ? BASIS_AVG_6_1_B : BASIS_AVG_6_1_F;
        case SECTOR_CARE:
            return consents || is_first ? BASIS_BW_7_457 : BASIS_CONFLICT;
        case SECTOR_WELFARE:
            return consents || is_first ? BASIS_WMO_CONSENT : BASIS_WMO_CONFLICT;
        case SECTOR_LOKET:
            return consents ? BASIS_UNAMBIGUOUS : BASIS_WMO_5_1_1;
        case SECTOR_SUPPORT:
            return is_first ? BASIS_WMO_5_1_2 : BASIS_WMO_5_2_2;
        case SECTOR_VOLUNTEER:
            return consents ? BASIS_VOLUNTEER_CONSENT : BASIS_SUPERVISOR;
    }
    return BASIS_SUPERVISOR;
}

static void
put_narrative(struct rng *rng, const struct org *org, const struct event *event, struct row *row)
{
    char text[ROW_FIELD_ROOM] = "";
    size_t len = 0;

    for (uint32_t code = 0; code < DOMAIN_COUNT; code++) {
        if ((event->domains >> code & 1) != 0) {
            len += (size_t) snprintf(text + len, sizeof text - len, "%s%s", len == 0 ? "" : " ",
                                     SEEN[code][rng_below(rng, SENTENCES)]);
        }
    }
    put(org, row, COLUMN_NARRATIVE, text);
    put(org, row, COLUMN_ALREADY_TRIED, TRIED[rng_below(rng, TRIES)]);
}

void
story_tell(struct rng *rng, const struct event *event, struct row *row)
{
    const struct org *org = &ORGS[event->org];
    enum legal_basis basis = basis_for(rng, event);
    bool has_consent =
        term_basis_rests_on_consent((uint32_t) basis) || event->mode == MODE_CONSENTED;
    bool is_told = rng_chance(rng, 500);
    bool has_wish = rng_chance(rng, 300);
    char text[ROW_FIELD_ROOM];

    (void) snprintf(text, sizeof text, "%s-%u-%05u", org->prefix, event->observed.year,
                    event->number);
    put(org, row, COLUMN_REFERENCE, text);
    if (has_consent) {
        (void) snprintf(text, sizeof text, "toestemming %s-%05u", org->prefix, event->number);
        put(org, row, COLUMN_CONSENT_REFERENCE, text);
    }
    date_format(event->observed, text);
    put(org, row, COLUMN_OBSERVED_ON, text);
    put_domains(org, event, row);
    put(org, row, COLUMN_SEVERITY, term_key(TERM_BAND, (uint32_t) event->severity));
    put(org, row, COLUMN_MODE, term_key(TERM_MODE, (uint32_t) event->mode));
    put(org, row, COLUMN_LEGAL_BASIS, term_key(TERM_BASIS, (uint32_t) basis));
    put(org, row, COLUMN_INFORMED, has_consent ? "agrees" : is_told ? "knows" : "does_not_know");
    put_narrative(rng, org, event, row);
    if (has_wish) {
        put(org, row, COLUMN_WISHES, "Wil graag in de eigen woning blijven.");
    }
    (void) snprintf(text, sizeof text, "%s, meldpunt", org->name);
    put(org, row, COLUMN_CONTACT, text);
}
