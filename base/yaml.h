/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef BASE_YAML_H
#define BASE_YAML_H

#include <stddef.h>

#include <cyaml/cyaml.h>

#include "base/attr.h"
#include "base/err.h"

/* The one loader of YAML: configuration, policies, a user's signal file.  Schemas are libcyaml's; put
 * numbers, dates and flags as strings in them and read them with our own parsers, since libcyaml takes
 * "4abc" for 4 and any word for a boolean. */

enum { YAML_FIELD_ROOM = 64, YAML_MAX_LEN = 256 * 1024 };

/* What is wrong with a file, in parts, so that the caller can say it in the user's language. */
struct yaml_error {
    enum {
        YAML_OK,
        YAML_UNREADABLE, /* no such file, or not allowed */
        YAML_TOO_LARGE, /* more than YAML_MAX_LEN */
        YAML_NOT_TEXT, /* not UTF-8 */
        YAML_SYNTAX, /* not YAML */
        YAML_EMPTY, /* nothing in it */
        YAML_UNKNOWN_KEY, /* 'field' is not a key here */
        YAML_MISSING_KEY, /* 'field' is needed and absent */
        YAML_DUPLICATE_KEY, /* 'field' stands there twice */
        YAML_BAD_VALUE /* 'field' has a value of the wrong form, too long, or not in its list */
    } kind;
    char field[YAML_FIELD_ROOM]; /* "" when not known */
    unsigned int line; /* 1-based; 0 when not known */
};

/* Reads 'path' (at most YAML_MAX_LEN bytes) by 'schema' into '*out'; free with yaml_free.
 * ERR_MALFORMED (or ERR_NOT_FOUND, ERR_DENIED, ERR_IO, ERR_TOO_BIG): '*error' says what. */
enum err yaml_load(const char *path, const cyaml_schema_value_t *schema, void **out,
                   struct yaml_error *error) MUST_CHECK;

/* The same from memory. */
enum err yaml_load_text(const char *text, size_t len, const cyaml_schema_value_t *schema,
                        void **out, struct yaml_error *error) MUST_CHECK;

/* Wipes nothing: a file with secrets does not belong in YAML.  Takes NULL. */
void yaml_free(const cyaml_schema_value_t *schema, void *data);

/* A constant English sentence for 'error->kind'. */
const char *yaml_error_text(const struct yaml_error *error);

#endif
