/* SPDX-License-Identifier: EUPL-1.2 */
#include "clients/lib/institution.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LABEL_MAX = 100, FIRST_DAY_YEAR = 2000 };

/* An entry as it is written. */
struct entry {
    char *postcode;
    char *house_number;
    char *street;
    char *note;
};

struct file {
    char *name;
    char *version;
    struct entry *addresses;
    unsigned int addresses_count;
};

struct institution {
    char postcode[IDENTITY_POSTCODE_ROOM];
    char house_number[IDENTITY_HOUSE_ROOM];
    char street[IDENTITY_NAME_ROOM];
};

struct institution_list {
    size_t count;
    struct institution *at;
};

#define ENTRY_FIELD(name, flags)                                                                   \
    CYAML_FIELD_STRING_PTR(#name, CYAML_FLAG_POINTER | (flags), struct entry, name, 1,             \
                           IDENTITY_INPUT_MAX)

static const cyaml_schema_field_t ENTRY_FIELDS[] = {
    ENTRY_FIELD(postcode, CYAML_FLAG_DEFAULT),
    ENTRY_FIELD(house_number, CYAML_FLAG_OPTIONAL),
    ENTRY_FIELD(street, CYAML_FLAG_OPTIONAL),
    ENTRY_FIELD(note, CYAML_FLAG_OPTIONAL),
    CYAML_FIELD_END,
};

static const cyaml_schema_value_t ENTRY = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct entry, ENTRY_FIELDS),
};

static const cyaml_schema_field_t FIELDS[] = {
    CYAML_FIELD_STRING_PTR("name", CYAML_FLAG_POINTER, struct file, name, 1, LABEL_MAX),
    CYAML_FIELD_STRING_PTR("version", CYAML_FLAG_POINTER, struct file, version, 1, LABEL_MAX),
    CYAML_FIELD_SEQUENCE("addresses", CYAML_FLAG_POINTER, struct file, addresses, &ENTRY, 0,
                         INSTITUTIONS_MAX),
    CYAML_FIELD_END,
};

static const cyaml_schema_value_t SCHEMA = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct file, FIELDS),
};

static enum err
normalise(const struct identity_rules *rules, const struct entry *entry, struct institution *out,
          struct identity_refusal *refusal)
{
    const struct identity_input input = { .text = { [IDENTITY_POSTCODE] = entry->postcode,
                                                    [IDENTITY_HOUSE_NUMBER] = entry->house_number,
                                                    [IDENTITY_STREET] = entry->street } };
    const struct date any_day = { FIRST_DAY_YEAR, 1, 1 }; /* no date of birth is looked at */
    struct identity identity;
    enum err err = identity_normalise(rules, &input, any_day, &identity, refusal);

    if (err != ERR_OK) {
        return err;
    }
    if (identity.postcode[0] == '\0') {
        *refusal = (struct identity_refusal) { .field = IDENTITY_POSTCODE };
        return ERR_MALFORMED;
    }
    memcpy(out->postcode, identity.postcode, sizeof out->postcode);
    memcpy(out->house_number, identity.house_number, sizeof out->house_number);
    memcpy(out->street, identity.street, sizeof out->street);
    return ERR_OK;
}

static enum err
normalise_all(const struct identity_rules *rules, const struct file *file,
              struct institution_list *list, struct yaml_error *error)
{
    for (unsigned int i = 0; i < file->addresses_count; i++) {
        struct identity_refusal refusal = { .field = IDENTITY_POSTCODE };
        enum err err = normalise(rules, &file->addresses[i], &list->at[i], &refusal);

        if (err == ERR_MALFORMED) {
            *error = (struct yaml_error) { .kind = YAML_BAD_VALUE };
            snprintf(error->field, sizeof error->field, "addresses[%u].%s", i + 1,
                     identity_field_key(refusal.field));
        }
        if (err != ERR_OK) {
            return err;
        }
        list->count++;
    }
    return ERR_OK;
}

enum err
institution_list_load(const char *path, const struct identity_rules *rules,
                      struct institution_list **out, struct yaml_error *error)
{
    struct institution_list *list = NULL;
    const struct file *file = NULL;
    void *data = NULL;
    enum err err = yaml_load(path, &SCHEMA, &data, error);

    if (err != ERR_OK) {
        return err;
    }
    file = data;
    list = calloc(1, sizeof *list);
    if (list != NULL) {
        list->at = calloc(file->addresses_count + 1, sizeof *list->at);
    }
    if (list == NULL || list->at == NULL) {
        err = ERR_NOMEM;
        goto out;
    }
    err = normalise_all(rules, file, list, error);
    if (err != ERR_OK) {
        goto out;
    }
    *out = list;
    list = NULL;
out:
    institution_list_free(list);
    yaml_free(&SCHEMA, data);
    return err;
}

void
institution_list_free(struct institution_list *list)
{
    if (list != NULL) {
        free(list->at);
    }
    free(list);
}

size_t
institution_list_count(const struct institution_list *list)
{
    return list == NULL ? 0 : list->count;
}

/* A missing house number fits every one: in doubt the address does not count. */
static bool
is_at(const struct institution *it, const struct identity *identity)
{
    bool fits_house = it->house_number[0] == '\0' || identity->house_number[0] == '\0' ||
        strcmp(it->house_number, identity->house_number) == 0;

    if (identity->postcode[0] != '\0') {
        return fits_house && strcmp(it->postcode, identity->postcode) == 0;
    }
    return fits_house && it->street[0] != '\0' && strcmp(it->street, identity->street) == 0;
}

bool
institution_list_has(const struct institution_list *list, const struct identity *identity)
{
    for (size_t i = 0; list != NULL && i < list->count; i++) {
        if (is_at(&list->at[i], identity)) {
            return true;
        }
    }
    return false;
}
