/* SPDX-License-Identifier: EUPL-1.2 */
#include <string.h>

#include "clients/lib/normalise.h"

enum { HOUSE_DIGITS_MAX = 5 };

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Whether 'text' has the form: '9' any digit, '1' any but 0, 'a' a letter. */
static bool
has_form(const char *text, const char *form)
{
    for (; *form != '\0'; form++, text++) {
        bool fits = *form == 'a' ? *text >= 'a' && *text <= 'z' : is_digit(*text);

        if (!fits || (*form == '1' && *text == '0')) {
            return false;
        }
    }
    return *text == '\0';
}

/* "NL-1234 AB" is the same postcode. */
static void
drop_country(const struct identity_rules *rules, char *postcode)
{
    size_t len = strlen(rules->country);

    if (strncmp(postcode, rules->country, len) == 0 &&
        has_form(postcode + len, rules->postcode_form)) {
        size_t rest = strlen(postcode + len);

        memmove(postcode, postcode + len, rest);
        memset(postcode + rest, 0, len);
    }
}

static enum err
postcode(struct normaliser *self)
{
    char *out = self->identity.postcode;
    size_t len;
    enum err err = normalise_join(self, IDENTITY_POSTCODE, "", out, IDENTITY_POSTCODE_ROOM);

    if (err == ERR_MALFORMED && self->refusal.reason == IDENTITY_TOO_LONG) {
        self->refusal.reason = IDENTITY_POSTCODE_FORM;
    }
    if (err == ERR_OK) {
        drop_country(self->rules, out);
    }
    len = strlen(out);
    if (err != ERR_OK || len == 0) {
        return err;
    }
    if (!has_form(out, self->rules->postcode_form)) {
        return normalise_refuse(self, IDENTITY_POSTCODE, IDENTITY_POSTCODE_FORM);
    }
    for (const char *const *never = self->rules->postcode_never; *never != NULL; never++) {
        size_t end = strlen(*never);

        if (end <= len && strcmp(out + len - end, *never) == 0) {
            return normalise_refuse(self, IDENTITY_POSTCODE, IDENTITY_POSTCODE_LETTERS);
        }
    }
    return ERR_OK;
}

/* "12", "012", "12a", "12-2", "12 bis": the number, then an addition, to which the field of its
 * own is appended. */
static enum err
house(struct normaliser *self)
{
    struct identity *identity = &self->identity;
    char text[IDENTITY_HOUSE_ROOM + IDENTITY_HOUSE_ROOM] = "";
    char addition[IDENTITY_HOUSE_ROOM] = "";
    const char *number = text;
    size_t len;
    enum err err = normalise_join(self, IDENTITY_HOUSE_NUMBER, " ", text, sizeof text);

    if (err != ERR_OK) {
        goto out;
    }
    number += strspn(number, "0");
    len = strspn(number, "0123456789");
    if (text[0] != '\0' && (len == 0 || len > HOUSE_DIGITS_MAX)) {
        err = normalise_refuse(self, IDENTITY_HOUSE_NUMBER, IDENTITY_HOUSE_FORM);
        goto out;
    }
    memcpy(identity->house_number, number, len);
    for (number += len; *number != '\0'; number++) {
        if (*number != ' ' &&
            latin_append(identity->house_addition, IDENTITY_HOUSE_ROOM, number, 1) != ERR_OK) {
            err = normalise_refuse(self, IDENTITY_HOUSE_NUMBER, IDENTITY_HOUSE_FORM);
            goto out;
        }
    }
    err = normalise_join(self, IDENTITY_HOUSE_ADDITION, "", addition, sizeof addition);
    /* "12a" and once more "a" in the field for the addition. */
    if (err == ERR_OK && strcmp(addition, identity->house_addition) != 0 &&
        latin_append(identity->house_addition, IDENTITY_HOUSE_ROOM, addition, strlen(addition)) !=
            ERR_OK) {
        err = normalise_refuse(self, IDENTITY_HOUSE_ADDITION, IDENTITY_HOUSE_FORM);
    }
out:
    sodium_memzero(addition, sizeof addition);
    sodium_memzero(text, sizeof text);
    return err;
}

enum err
normalise_address(struct normaliser *self)
{
    struct identity *identity = &self->identity;
    char country[3] = "";
    enum err err = normalise_join(self, IDENTITY_COUNTRY, "", country, sizeof country);

    if ((err == ERR_MALFORMED && self->refusal.reason == IDENTITY_TOO_LONG) ||
        (err == ERR_OK && strlen(country) == 1) || latin_has_digit(country)) {
        return normalise_refuse(self, IDENTITY_COUNTRY, IDENTITY_COUNTRY_FORM);
    }
    /* An address abroad says nothing about who lives in the municipality. */
    if (err != ERR_OK || (country[0] != '\0' && strcmp(country, self->rules->country) != 0)) {
        return err;
    }
    err = postcode(self);
    if (err == ERR_OK) {
        err = house(self);
    }
    if (err == ERR_OK) {
        err = normalise_join(self, IDENTITY_STREET, " ", identity->street, sizeof identity->street);
    }
    if (err == ERR_OK) {
        err = normalise_join(self, IDENTITY_TOWN, " ", identity->town, sizeof identity->town);
    }
    return err;
}
