/* SPDX-License-Identifier: EUPL-1.2 */
#include "tools/town/row.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "tools/town/spelling.h"
#include "tools/town/story.h"

enum { SURNAME_ROOM = 48, SHORT_PREFIX_PERMILLE = 400 };

static const char UNKNOWN[] = "onbekend";

/* What goes into a row. */
struct source {
    struct rng *rng;
    const struct people *people;
    const struct event *event;
    const struct org *org;
    const struct resident *resident;
};

static bool
has(const struct source *source, enum column column)
{
    return (source->org->columns >> column & 1) != 0;
}

static void
set(const struct source *source, struct row *row, enum column column, const char *text)
{
    if (has(source, column)) {
        (void) snprintf(row->text[column], ROW_FIELD_ROOM, "%s", text);
    }
}

/* "van den Berg", or "Berg, van den" where the system wants it so. */
static void
write_surname(const struct surname *name, bool has_comma, char *out, size_t room)
{
    if (name->core == NULL) {
        out[0] = '\0';
    } else if (name->prefix[0] == '\0') {
        (void) snprintf(out, room, "%s", name->core);
    } else if (has_comma) {
        (void) snprintf(out, room, "%s, %s", name->core, name->prefix);
    } else {
        (void) snprintf(out, room, "%s %s", name->prefix, name->core);
    }
}

static bool
uses_two(const struct resident *resident)
{
    return resident->partner.core != NULL &&
        (resident->use == USE_PARTNER_OWN || resident->use == USE_OWN_PARTNER);
}

/* The surname in daily life of a person who uses one. */
static const struct surname *
used_surname(const struct resident *resident)
{
    return resident->partner.core == NULL || resident->use == USE_OWN ? &resident->birth
                                                                      : &resident->partner;
}

/* The name in daily life: own, partner's, or both in the order that this person uses. */
static void
write_used_surname(const struct resident *resident, bool has_comma, char *out, size_t room)
{
    char own[SURNAME_ROOM];
    char partner[SURNAME_ROOM];

    if (!uses_two(resident)) {
        write_surname(used_surname(resident), has_comma, out, room);
        return;
    }
    write_surname(&resident->birth, false, own, sizeof own);
    write_surname(&resident->partner, false, partner, sizeof partner);
    (void) snprintf(out, room, "%s-%s", resident->use == USE_PARTNER_OWN ? partner : own,
                    resident->use == USE_PARTNER_OWN ? own : partner);
}

/* The name of the register: "own", or for those who use a partner's name "partner e/v own". */
static void
write_register_surname(const struct resident *resident, char *out, size_t room)
{
    char own[SURNAME_ROOM];
    char partner[SURNAME_ROOM];

    write_surname(&resident->birth, false, own, sizeof own);
    write_surname(&resident->partner, false, partner, sizeof partner);
    if (resident->partner.core != NULL && resident->use != USE_OWN && resident->sex == 'f') {
        (void) snprintf(out, room, "%s e/v %s", own, partner);
    } else {
        (void) snprintf(out, room, "%s", own);
    }
}

/* "v.d. Berg" for "van den Berg", "El-Amrani" for "el Amrani": as clerks write what registers spell
 * out. */
static void
write_short_prefix(const struct surname *name, char *out, size_t room)
{
    static const struct {
        const char *prefix;
        const char *as;
    } SHORT[] = { { "van", "v." },       { "van de", "v.d." },  { "van der", "v.d. " },
                  { "van den", "v/d " }, { "van 't", "v.'t " }, { "el", "El-" },
                  { "al", "Al-" },       { "ben", "Ben-" },     { "ait", "Ait-" } };

    write_surname(name, false, out, room);
    for (size_t i = 0; i < sizeof SHORT / sizeof SHORT[0]; i++) {
        if (name->core != NULL && strcmp(name->prefix, SHORT[i].prefix) == 0) {
            (void) snprintf(out, room, "%s%s", SHORT[i].as, name->core);
        }
    }
}

static void
fill_surname(const struct source *source, struct row *row)
{
    const struct resident *resident = source->resident;
    char text[ROW_FIELD_ROOM / 2];

    if (rng_chance(source->rng, source->org->no_surname_permille)) {
        return;
    }
    switch (source->org->last) {
        case LAST_USED:
            write_used_surname(resident, source->org->has_comma, text, sizeof text);
            if (source->people->is_varied && source->org->abbreviates && !uses_two(resident) &&
                rng_chance(source->rng, SHORT_PREFIX_PERMILLE)) {
                write_short_prefix(used_surname(resident), text, sizeof text);
            }
            set(source, row, COLUMN_SURNAME, text);
            break;
        case LAST_REGISTER:
            write_register_surname(resident, text, sizeof text);
            set(source, row, COLUMN_SURNAME, text);
            break;
        case LAST_APART:
            write_surname(&resident->birth, false, text, sizeof text);
            set(source, row, COLUMN_BIRTH_SURNAME, text);
            write_surname(&resident->partner, false, text, sizeof text);
            set(source, row, COLUMN_PARTNER_SURNAME, text);
            break;
    }
}

/* "J.M." of all given names. */
static void
write_initials(const struct resident *resident, char *out, size_t room)
{
    size_t len = (size_t) snprintf(out, room, "%c.", resident->first.given[0]);

    for (size_t i = 0; i < GIVEN_MAX - 1 && resident->more_given[i] != NULL; i++) {
        len += (size_t) snprintf(out + len, room - len, "%c.", resident->more_given[i][0]);
    }
}

static void
fill_first_name(const struct source *source, struct row *row)
{
    const struct resident *resident = source->resident;
    char text[ROW_FIELD_ROOM / 2];
    size_t len = 0;

    write_initials(resident, text, sizeof text);
    set(source, row, COLUMN_INITIALS, text);
    set(source, row, COLUMN_CALL_NAME, resident->first.call);
    len = (size_t) snprintf(text, sizeof text, "%s", resident->first.given);
    for (size_t i = 0; i < GIVEN_MAX - 1 && resident->more_given[i] != NULL; i++) {
        len += (size_t) snprintf(text + len, sizeof text - len, " %s", resident->more_given[i]);
    }
    set(source, row, COLUMN_GIVEN_NAMES, text);
}

/* The date of birth as far as known: whole, without its day, the year alone, or not at all. */
static void
fill_birth(const struct source *source, struct row *row)
{
    const struct resident *resident = source->resident;
    const struct org *org = source->org;
    char text[DATE_TEXT_ROOM];
    char sex[] = { resident->sex, '\0' };
    bool is_known = !rng_chance(source->rng, org->no_date_permille);
    bool is_full = rng_chance(source->rng, org->full_date_permille);
    bool has_month = rng_chance(source->rng, 200);

    if (is_known) {
        date_format(resident->born, text);
        if (!is_full) {
            memcpy(text + 8, "00", 2);
        }
        if (!is_full && !has_month) {
            memcpy(text + 5, "00", 2);
        }
        set(source, row, COLUMN_DATE_OF_BIRTH, text);
    }
    set(source, row, COLUMN_SEX, sex);
    if (rng_chance(source->rng, org->bsn_permille)) {
        set(source, row, COLUMN_BSN, resident->bsn);
    }
}

static void
fill_address(const struct source *source, struct row *row)
{
    const struct people *people = source->people;
    struct date day = source->event->observed;
    bool is_stale = rng_chance(source->rng, 300);
    const struct address *address = NULL;
    char number[16];
    char postcode[POSTCODE_ROOM];

    /* After a move, three systems in ten still have the old address for three months. */
    if (is_stale && source->org->owner == OWNER_PRIVATE) {
        day = date_from_days(date_to_days(day) - 90);
    }
    address = people_address_on(people, source->resident, day);
    (void) snprintf(number, sizeof number, "%u", address->number);
    place_postcode(&people->place, address, postcode);
    set(source, row, COLUMN_STREET, people->place.streets[address->street].name);
    set(source, row, COLUMN_HOUSE_NUMBER, number);
    set(source, row, COLUMN_HOUSE_ADDITION, address->addition);
    set(source, row, COLUMN_PLACE, place_village(&people->place, address));
    if (!rng_chance(source->rng, source->org->no_postcode_permille)) {
        set(source, row, COLUMN_POSTCODE, postcode);
    }
}

static const enum column NAME_COLUMNS[] = { COLUMN_GIVEN_NAMES,   COLUMN_CALL_NAME,
                                            COLUMN_INITIALS,      COLUMN_SURNAME,
                                            COLUMN_BIRTH_SURNAME, COLUMN_PARTNER_SURNAME,
                                            COLUMN_STREET,        COLUMN_PLACE };

static enum err
spell_as_system(const struct org *org, struct row *row)
{
    enum err err = ERR_OK;

    for (size_t i = 0; i < sizeof NAME_COLUMNS / sizeof NAME_COLUMNS[0]; i++) {
        char *text = row->text[NAME_COLUMNS[i]];

        if (org->is_ascii) {
            err = spelling_to_ascii(text, ROW_FIELD_ROOM);
        }
        if (err == ERR_OK && org->is_upper_case) {
            err = spelling_to_upper(text, ROW_FIELD_ROOM);
        }
        if (err != ERR_OK) {
            return err;
        }
    }
    return ERR_OK;
}

/* A slip in a name; a prefix behind a comma was chosen from a list and has none. */
static bool
slip_in_name(struct rng *rng, char *text)
{
    char prefix[SURNAME_ROOM] = "";
    char *comma = strstr(text, ", ");
    bool has_slipped = false;

    if (comma != NULL) {
        (void) snprintf(prefix, sizeof prefix, "%s", comma);
        *comma = '\0';
    }
    has_slipped = spelling_slip_name(rng, text, ROW_FIELD_ROOM - sizeof prefix);
    memcpy(text + strlen(text), prefix, strlen(prefix) + 1);
    return has_slipped;
}

/* The finger beside the key, or two digits in the wrong order. */
static bool
slip_on_keys(const struct source *source, enum column column, char *text)
{
    if (column == COLUMN_DATE_OF_BIRTH) {
        return strstr(text, "-00") == NULL &&
            spelling_swap_in_date(source->rng, text, source->event->observed.year);
    }
    if (column == COLUMN_POSTCODE || column == COLUMN_HOUSE_NUMBER) {
        return spelling_swap_digits(source->rng, text);
    }
    return spelling_slip_key(source->rng, text);
}

/* One typing error in one of the fields that are typed by hand. */
static bool
slip_once(const struct source *source, struct row *row)
{
    static const enum column PLACES[] = {
        COLUMN_GIVEN_NAMES,   COLUMN_CALL_NAME,     COLUMN_SURNAME,       COLUMN_SURNAME,
        COLUMN_BIRTH_SURNAME, COLUMN_BIRTH_SURNAME, COLUMN_DATE_OF_BIRTH, COLUMN_DATE_OF_BIRTH,
        COLUMN_STREET,        COLUMN_HOUSE_NUMBER,  COLUMN_POSTCODE
    };
    enum column column = PLACES[rng_below(source->rng, sizeof PLACES / sizeof PLACES[0])];
    char *text = row->text[column];

    if (text[0] == '\0') {
        return false;
    }
    if (source->people->is_varied && rng_chance(source->rng, 400)) {
        return slip_on_keys(source, column, text);
    }
    if (column == COLUMN_DATE_OF_BIRTH) {
        return strstr(text, "-00") == NULL &&
            spelling_slip_date(source->rng, text, source->event->observed.year);
    }
    if (column == COLUMN_POSTCODE) {
        return spelling_slip_postcode(source->rng, text);
    }
    if (column == COLUMN_HOUSE_NUMBER) {
        return spelling_slip_number(source->rng, text, ROW_FIELD_ROOM);
    }
    return slip_in_name(source->rng, text);
}

static void
add_typing_errors(const struct source *source, uint32_t typo_permille, struct row *row)
{
    uint32_t wanted = 0;

    if (rng_chance(source->rng, typo_permille)) {
        wanted = rng_chance(source->rng, 200) ? 2 : 1;
    }
    for (int i = 0; i < 100 && row->typing_errors < wanted; i++) {
        row->typing_errors += slip_once(source, row);
    }
}

static bool
is_name(const char *text)
{
    return text[0] != '\0' && strcasecmp(text, UNKNOWN) != 0;
}

static bool
has_first_name(const struct row *row)
{
    return is_name(row->text[COLUMN_GIVEN_NAMES]) || is_name(row->text[COLUMN_CALL_NAME]);
}

/* What a row says of a person, as far as keys need it. */
struct known {
    bool name;
    bool initial;
    bool surname;
    bool any_surname; /* one name alone counts as one */
    bool year;
    bool month;
    bool whole_date;
    bool postcode;
    bool house;
};

static struct known
known_of(const struct row *row)
{
    const char *date = row->text[COLUMN_DATE_OF_BIRTH];
    struct known known = {
        .name = has_first_name(row),
        .surname =
            row->text[COLUMN_SURNAME][0] != '\0' || row->text[COLUMN_BIRTH_SURNAME][0] != '\0',
        .year = date[0] != '\0',
        .month = date[0] != '\0' && strncmp(date + 4, "-00", 3) != 0,
        .whole_date = date[0] != '\0' && strstr(date, "-00") == NULL,
        .postcode = row->text[COLUMN_POSTCODE][0] != '\0',
        .house = row->text[COLUMN_HOUSE_NUMBER][0] != '\0',
    };

    known.any_surname = known.surname || known.name;
    known.initial = known.name || row->text[COLUMN_INITIALS][0] != '\0';
    return known;
}

/* The least of what any match key needs (the Dutch types of clients/lib/matchkeys.h). */
static bool
is_identifiable(const struct row *row)
{
    struct known known = known_of(row);
    bool has_home = known.postcode && known.house;

    return row->text[COLUMN_BSN][0] != '\0' || (known.name && known.surname && has_home) ||
        (known.initial && known.whole_date && has_home) ||
        (known.any_surname && known.year && has_home) ||
        (known.initial && known.surname && known.whole_date) ||
        (known.any_surname && known.whole_date && known.postcode) ||
        (known.name && known.year && has_home) ||
        (known.name && known.surname && known.month && known.house);
}

/* Whether somebody who knows the town could tell who is meant, whatever the keys of the day need. */
static bool
is_described(const struct row *row)
{
    struct known known = known_of(row);
    bool has_home = known.postcode && known.house;

    return row->text[COLUMN_BSN][0] != '\0' ||
        (known.whole_date && known.surname && (known.initial || known.house)) ||
        (known.whole_date && known.postcode) || (known.name && known.surname && known.postcode) ||
        (known.name && has_home) || (known.initial && known.surname && has_home);
}

/* A register keeps one name as the surname; others as the first name, as both, or with a word for what
 * is missing. */
static void
split_one_name(const struct source *source, struct row *row)
{
    static const uint8_t HABITS[] = { 6, 2, 1, 1 };
    uint32_t habit = rng_weighted(source->rng, HABITS, sizeof HABITS);

    if (habit == 0 || habit == 3) {
        row->text[COLUMN_GIVEN_NAMES][0] = '\0';
        row->text[COLUMN_CALL_NAME][0] = '\0';
        row->text[COLUMN_INITIALS][0] = '\0';
    }
    if (habit == 1 && has_first_name(row)) {
        row->text[COLUMN_SURNAME][0] = '\0';
        row->text[COLUMN_BIRTH_SURNAME][0] = '\0';
    }
    if (habit == 3) {
        set(source, row, COLUMN_CALL_NAME, UNKNOWN);
        set(source, row, COLUMN_GIVEN_NAMES, UNKNOWN);
    }
}

enum err
row_make(struct rng *rng, const struct people *people, const struct event *event,
         uint32_t typo_permille, struct row *row)
{
    struct source source = { rng, people, event, &ORGS[event->org],
                             &people->residents[event->resident] };
    enum err err = ERR_OK;

    memset(row, 0, sizeof *row);
    fill_first_name(&source, row);
    fill_surname(&source, row);
    if (source.resident->has_one_name) {
        split_one_name(&source, row);
    }
    fill_birth(&source, row);
    fill_address(&source, row);
    err = spell_as_system(source.org, row);
    if (err != ERR_OK) {
        return err;
    }
    add_typing_errors(&source, typo_permille, row);
    row->is_identifiable = is_identifiable(row);
    row->is_described = is_described(row);
    story_tell(rng, event, row);
    return ERR_OK;
}
