/* SPDX-License-Identifier: EUPL-1.2 */
#include "clients/lib/normalise.h"

#include <string.h>

enum err
normalise_refuse(struct normaliser *self, enum identity_field field, enum identity_reason reason)
{
    self->refusal = (struct identity_refusal) { .field = field, .reason = reason };
    return ERR_MALFORMED;
}

/* What a symbol or a foreign letter means in a field that is no name. */
static enum identity_reason
reason_in(enum identity_field field, enum identity_reason reason)
{
    static const enum identity_reason FORMS[IDENTITY_FIELD_COUNT] = {
        [IDENTITY_BIRTH_DATE] = IDENTITY_DATE_FORM,
        [IDENTITY_SEX] = IDENTITY_SEX_FORM,
        [IDENTITY_POSTCODE] = IDENTITY_POSTCODE_FORM,
        [IDENTITY_HOUSE_NUMBER] = IDENTITY_HOUSE_FORM,
        [IDENTITY_HOUSE_ADDITION] = IDENTITY_HOUSE_FORM,
        [IDENTITY_COUNTRY] = IDENTITY_COUNTRY_FORM,
        [IDENTITY_PERSON_NUMBER] = IDENTITY_NUMBER_FORM,
    };
    bool is_about_letters = reason == IDENTITY_NOT_A_NAME || reason == IDENTITY_NOT_LATIN;

    return is_about_letters && FORMS[field] != IDENTITY_ACCEPTED ? FORMS[field] : reason;
}

enum err
normalise_fold(struct normaliser *self, enum identity_field field, struct latin *out)
{
    enum identity_reason reason = IDENTITY_ACCEPTED;
    size_t first, len;
    enum err err = latin_fold(self->input->text[field], out, &reason);

    if (err == ERR_MALFORMED) {
        return normalise_refuse(self, field, reason_in(field, reason));
    }
    if (err != ERR_OK) {
        return err;
    }
    first = strcspn(out->text, "abcdefghijklmnopqrstuvwxyz0123456789");
    len = strspn(out->text + first, "abcdefghijklmnopqrstuvwxyz");
    if (out->text[first] == '\0' ||
        (strpbrk(out->text + first + len, "abcdefghijklmnopqrstuvwxyz0123456789") == NULL &&
         latin_word_is_in(out->text + first, len, self->rules->unknown_words))) {
        out->text[0] = '\0';
    }
    return ERR_OK;
}

enum err
normalise_cut(struct normaliser *self, enum identity_field field, struct latin *latin,
              struct latin_words *out)
{
    enum err err = normalise_fold(self, field, latin);

    if (err == ERR_OK && latin_cut(latin, out) != ERR_OK) {
        err = normalise_refuse(self, field, IDENTITY_TOO_LONG);
    }
    return err;
}

enum err
normalise_join(struct normaliser *self, enum identity_field field, const char *joint, char *out,
               size_t room)
{
    WIPED(latin) struct latin latin = { { 0 } };
    struct latin_words words = { 0 };
    enum err err = normalise_cut(self, field, &latin, &words);

    for (size_t i = 0; err == ERR_OK && i < words.count; i++) {
        if ((i > 0 && latin_append(out, room, joint, strlen(joint)) != ERR_OK) ||
            latin_append(out, room, words.at[i].text, words.at[i].len) != ERR_OK) {
            err = normalise_refuse(self, field, IDENTITY_TOO_LONG);
        }
    }
    if (err == ERR_OK && latin_word_is_in(out, strlen(out), self->rules->unknown_words)) {
        memset(out, 0, room);
    }
    return err;
}

bool
normalise_is_no_name(const struct identity_rules *rules, const char *name)
{
    size_t len = strlen(name);

    return latin_word_is_in(name, len, rules->particles) ||
        latin_word_is_in(name, len, rules->titles) ||
        latin_word_is_in(name, len, rules->unknown_words) ||
        latin_word_is_in(name, len, rules->partner_words) ||
        latin_word_is_in(name, len, rules->birth_words);
}

static enum err
normalise_sex(struct normaliser *self)
{
    static const char *const MALE[] = { "m", "man", "male", NULL };
    static const char *const FEMALE[] = { "f", "v", "vrouw", "female", "woman", NULL };
    static const char *const OTHER[] = { "x", NULL };
    WIPED(latin) struct latin latin = { { 0 } };
    enum err err = normalise_fold(self, IDENTITY_SEX, &latin);
    size_t len = strlen(latin.text);

    if (err != ERR_OK || len == 0) {
        return err;
    }
    if (latin_word_is_in(latin.text, len, MALE)) {
        self->identity.sex = 'm';
    } else if (latin_word_is_in(latin.text, len, FEMALE)) {
        self->identity.sex = 'f';
    } else if (latin_word_is_in(latin.text, len, OTHER)) {
        self->identity.sex = 'x';
    } else {
        return normalise_refuse(self, IDENTITY_SEX, IDENTITY_SEX_FORM);
    }
    return ERR_OK;
}

enum err
normalise_number(struct normaliser *self)
{
    const struct identity_rules *rules = self->rules;
    struct identity *identity = &self->identity;
    char digits[IDENTITY_NUMBER_ROOM] = "";
    size_t len;
    enum err err = normalise_join(self, IDENTITY_PERSON_NUMBER, "", digits, sizeof digits);

    if (err == ERR_MALFORMED && self->refusal.reason == IDENTITY_TOO_LONG) {
        self->refusal.reason = IDENTITY_NUMBER_FORM;
    }
    len = strlen(digits);
    if (err != ERR_OK || len == 0) {
        goto out;
    }
    if (!self->input->may_use_person_number) {
        err = normalise_refuse(self, IDENTITY_PERSON_NUMBER, IDENTITY_NUMBER_NOT_ALLOWED);
        goto out;
    }
    if (len < rules->person_number_min_len || len > rules->person_number_len ||
        strspn(digits, "0123456789") != len) {
        err = normalise_refuse(self, IDENTITY_PERSON_NUMBER, IDENTITY_NUMBER_FORM);
        goto out;
    }
    memset(identity->person_number, '0', rules->person_number_len - len);
    memcpy(identity->person_number + rules->person_number_len - len, digits, len);
    if (rules->person_number_is_valid != NULL &&
        !rules->person_number_is_valid(identity->person_number)) {
        err = normalise_refuse(self, IDENTITY_PERSON_NUMBER, IDENTITY_NUMBER_CHECK);
    }
out:
    sodium_memzero(digits, sizeof digits);
    return err;
}

enum err
identity_normalise(const struct identity_rules *rules, const struct identity_input *input,
                   struct date today, struct identity *out, struct identity_refusal *refusal)
{
    static enum err (*const PARTS[])(struct normaliser *) = {
        normalise_first_names, normalise_surnames, normalise_birth_date,
        normalise_sex,         normalise_address,  normalise_number,
    };
    WIPED(normaliser)
    struct normaliser self = { .rules = rules, .input = input, .today = today };

    for (size_t i = 0; i < sizeof PARTS / sizeof PARTS[0]; i++) {
        enum err err = PARTS[i](&self);

        if (err == ERR_MALFORMED) {
            *refusal = self.refusal;
        }
        if (err != ERR_OK) {
            return err;
        }
    }
    *out = self.identity;
    return ERR_OK;
}
