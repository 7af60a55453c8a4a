/* SPDX-License-Identifier: EUPL-1.2 */
#include "clients/lib/identity.h"

#include <stdio.h>
#include <string.h>

#define FIELD_KEY(code, key) [code] = key,
static const char *const FIELD_KEYS[] = { IDENTITY_FIELD_MAP(FIELD_KEY) };
#undef FIELD_KEY

#define REASON_TEXT(code, text) [code] = text,
static const char *const REASON_TEXTS[] = { IDENTITY_REASON_MAP(REASON_TEXT) };
#undef REASON_TEXT

const char *
identity_field_key(enum identity_field field)
{
    return (unsigned int) field < IDENTITY_FIELD_COUNT ? FIELD_KEYS[field] : "?";
}

const char *
identity_reason_text(enum identity_reason reason)
{
    return (unsigned int) reason < IDENTITY_REASON_COUNT ? REASON_TEXTS[reason] : "?";
}

enum err
identity_field_by_key(const char *key, enum identity_field *out)
{
    for (unsigned int i = 0; i < IDENTITY_FIELD_COUNT; i++) {
        if (strcmp(FIELD_KEYS[i], key) == 0) {
            *out = (enum identity_field) i;
            return ERR_OK;
        }
    }
    return ERR_NOT_FOUND;
}

void
identity_as_input(const struct identity *identity, struct identity_text *text,
                  struct identity_input *out)
{
    const struct birth_date *date = &identity->birth_date;

    text->birth_date[0] = '\0';
    if (date->year != 0 || date->month != 0 || date->day != 0) {
        snprintf(text->birth_date, sizeof text->birth_date, "%04u-%02u-%02u", date->year % 10000U,
                 date->month % 100U, date->day % 100U);
    }
    memset(text->initials, 0, sizeof text->initials);
    for (size_t i = 0; i + 1 < sizeof identity->initials && identity->initials[i] != '\0'; i++) {
        text->initials[2 * i] = identity->initials[i];
        text->initials[2 * i + 1] = '.';
    }
    text->sex[0] = identity->sex;
    text->sex[1] = '\0';
    *out = (struct identity_input) {
        .text = { [IDENTITY_GIVEN_NAMES] = identity->given_names,
                  [IDENTITY_CALL_NAME] = identity->call_name,
                  [IDENTITY_INITIALS] = text->initials,
                  [IDENTITY_BIRTH_NAME] = identity->surname,
                  [IDENTITY_PARTNER_NAME] = identity->other_surname,
                  [IDENTITY_BIRTH_DATE] = text->birth_date,
                  [IDENTITY_SEX] = text->sex,
                  [IDENTITY_POSTCODE] = identity->postcode,
                  [IDENTITY_HOUSE_NUMBER] = identity->house_number,
                  [IDENTITY_HOUSE_ADDITION] = identity->house_addition,
                  [IDENTITY_STREET] = identity->street,
                  [IDENTITY_TOWN] = identity->town,
                  [IDENTITY_PERSON_NUMBER] = identity->person_number },
        .may_use_person_number = true,
    };
}

static bool
is_made_of(const char *text, size_t room, const char *letters)
{
    size_t len = strnlen(text, room);

    return len < room && strspn(text, letters) == len;
}

enum err
identity_check(const struct identity *identity)
{
    static const char WORDS[] = "abcdefghijklmnopqrstuvwxyz0123456789 ";
    static const char NAMES[] = "abcdefghijklmnopqrstuvwxyz ";
    static const char LETTERS[] = "abcdefghijklmnopqrstuvwxyz";
    static const char DIGITS[] = "0123456789";
    static const char BOTH[] = "abcdefghijklmnopqrstuvwxyz0123456789";
    const struct birth_date *date = &identity->birth_date;
    struct date whole = {
        .year = date->year == 0 ? 2000 : date->year,
        .month = date->month == 0 ? 1 : date->month,
        .day = date->day == 0 ? 1 : date->day,
    };
    bool is_sex = identity->sex == '\0' || strchr("mfx", identity->sex) != NULL;

    if (is_made_of(identity->given_names, sizeof identity->given_names, NAMES) &&
        is_made_of(identity->call_name, sizeof identity->call_name, LETTERS) &&
        is_made_of(identity->initials, sizeof identity->initials, LETTERS) &&
        is_made_of(identity->surname, sizeof identity->surname, LETTERS) &&
        is_made_of(identity->other_surname, sizeof identity->other_surname, LETTERS) &&
        is_made_of(identity->postcode, sizeof identity->postcode, BOTH) &&
        is_made_of(identity->house_number, sizeof identity->house_number, DIGITS) &&
        is_made_of(identity->house_addition, sizeof identity->house_addition, BOTH) &&
        is_made_of(identity->street, sizeof identity->street, WORDS) &&
        is_made_of(identity->town, sizeof identity->town, WORDS) &&
        is_made_of(identity->person_number, sizeof identity->person_number, DIGITS) && is_sex &&
        date->year <= 9999 && date_is_valid(whole)) {
        return ERR_OK;
    }
    return ERR_MALFORMED;
}
