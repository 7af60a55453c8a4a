/* SPDX-License-Identifier: EUPL-1.2 */
#include "clients/lib/registry_draft.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/file.h"

enum {
    TEXT_MAX = 400,
    SERVICE_FILE_MAX = 64 * 1024,
    SERVICES_MAX = 8,
    SERVICE_KEYS_MAX = 8,
    QUARTERS_MAX = 64,
};

/* ---- the description as it is written ---- */

struct draft_key {
    char *quarter; /* "2026-4" */
    char *key;
};

struct draft_person {
    char *id;
    char *name;
    char *last_day; /* NULL: that of the registry */
    char **keys;
    unsigned int keys_count;
};

struct draft_party {
    char *oin;
    char *name;
    char *role;
    char *serial;
    char *sector;
    char *entity;
    char *host;
    char *bsn;
    char *last_day; /* NULL: that of the registry */
    char **keys;
    unsigned int keys_count;
};

struct draft {
    char *tenant;
    char *municipality;
    char *version;
    char *first_day;
    char *last_day;
    char *demonstration;
    char *retention_months;
    char *normaliser;
    char **services;
    unsigned int services_count;
    struct draft_key *team_keys;
    unsigned int team_keys_count;
    struct draft_party *parties;
    unsigned int parties_count;
    struct draft_person *members;
    unsigned int members_count;
};

#define TEXT(type, name) CYAML_FIELD_STRING_PTR(#name, CYAML_FLAG_POINTER, type, name, 1, TEXT_MAX)
#define OPTIONAL(type, name)                                                                       \
    CYAML_FIELD_STRING_PTR(#name, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, type, name, 1, TEXT_MAX)

static const cyaml_schema_value_t TEXT_ENTRY = {
    CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 1, TEXT_MAX),
};

static const cyaml_schema_field_t KEY_FIELDS[] = {
    TEXT(struct draft_key, quarter),
    TEXT(struct draft_key, key),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t KEY_ENTRY = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct draft_key, KEY_FIELDS),
};

static const cyaml_schema_field_t PERSON_FIELDS[] = {
    TEXT(struct draft_person, id),
    TEXT(struct draft_person, name),
    OPTIONAL(struct draft_person, last_day),
    CYAML_FIELD_SEQUENCE("keys", CYAML_FLAG_POINTER, struct draft_person, keys, &TEXT_ENTRY, 1,
                         REGISTRY_MAX_KEYS),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t PERSON_ENTRY = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct draft_person, PERSON_FIELDS),
};

static const cyaml_schema_field_t PARTY_FIELDS[] = {
    TEXT(struct draft_party, oin),
    TEXT(struct draft_party, name),
    TEXT(struct draft_party, role),
    OPTIONAL(struct draft_party, serial),
    OPTIONAL(struct draft_party, sector),
    OPTIONAL(struct draft_party, entity),
    OPTIONAL(struct draft_party, host),
    OPTIONAL(struct draft_party, bsn),
    OPTIONAL(struct draft_party, last_day),
    CYAML_FIELD_SEQUENCE("keys", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct draft_party, keys,
                         &TEXT_ENTRY, 0, REGISTRY_MAX_KEYS),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t PARTY_ENTRY = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct draft_party, PARTY_FIELDS),
};

static const cyaml_schema_field_t DRAFT_FIELDS[] = {
    TEXT(struct draft, tenant),
    TEXT(struct draft, municipality),
    TEXT(struct draft, version),
    TEXT(struct draft, first_day),
    TEXT(struct draft, last_day),
    OPTIONAL(struct draft, demonstration),
    TEXT(struct draft, retention_months),
    TEXT(struct draft, normaliser),
    CYAML_FIELD_SEQUENCE("services", CYAML_FLAG_POINTER, struct draft, services, &TEXT_ENTRY, 1,
                         SERVICES_MAX),
    CYAML_FIELD_SEQUENCE("team_keys", CYAML_FLAG_POINTER, struct draft, team_keys, &KEY_ENTRY, 1,
                         QUARTERS_MAX),
    CYAML_FIELD_SEQUENCE("parties", CYAML_FLAG_POINTER, struct draft, parties, &PARTY_ENTRY, 1,
                         REGISTRY_MAX_PARTIES),
    CYAML_FIELD_SEQUENCE("members", CYAML_FLAG_POINTER, struct draft, members, &PERSON_ENTRY, 1,
                         REGISTRY_MAX_MEMBERS),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t DRAFT_SCHEMA = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct draft, DRAFT_FIELDS),
};

/* ---- the facts made of it ---- */

/* Owns all that the facts point to. */
struct builder {
    const struct draft *draft;
    const char *folder; /* of the description */
    struct draft_error *error;
    struct registry_facts facts;
    struct registry_service_key service_keys[SERVICE_KEYS_MAX];
    struct registry_box_key team_keys[QUARTERS_MAX];
    struct registry_box_key gate_keys[REGISTRY_MAX_PERIODS];
    struct registry_party *parties;
    struct registry_key (*party_keys)[REGISTRY_MAX_KEYS];
    struct registry_member *members;
    struct registry_key (*member_keys)[REGISTRY_MAX_KEYS];
    char *audit_vkey;
};

static enum err
fail(struct builder *builder, const char *subject, const char *reason)
{
    snprintf(builder->error->subject, sizeof builder->error->subject, "%s", subject);
    builder->error->reason = reason;
    return ERR_MALFORMED;
}

static enum err
take_number(struct builder *builder, const char *name, const char *text, uint32_t most,
            uint32_t *out)
{
    size_t len = strlen(text);
    unsigned long long value;

    errno = 0;
    value = strtoull(text, NULL, 10);
    if (len == 0 || strspn(text, "0123456789") != len || errno != 0 || value > most) {
        return fail(builder, name, "not a whole number within its bounds");
    }
    *out = (uint32_t) value;
    return ERR_OK;
}

static enum err
take_day(struct builder *builder, const char *name, const char *text, uint32_t *out)
{
    struct date date;

    if (date_parse(text, &date) != ERR_OK || date.year < 1970) {
        return fail(builder, name, "not a day of the form YYYY-MM-DD");
    }
    *out = (uint32_t) date_to_days(date);
    return ERR_OK;
}

/* "yes" or "no"; absent means no. */
static enum err
take_flag(struct builder *builder, const char *name, const char *text, bool *out)
{
    if (text != NULL && strcmp(text, "yes") != 0 && strcmp(text, "no") != 0) {
        return fail(builder, name, "neither yes nor no");
    }
    *out = text != NULL && strcmp(text, "yes") == 0;
    return ERR_OK;
}

static enum err
take_key(struct builder *builder, const char *subject, const char *text, uint8_t *out)
{
    uint8_t key[REGISTRY_KEY_LEN];
    size_t len = 0;

    if (bytes_from_base64(text, strlen(text), key, sizeof key, &len) != ERR_OK ||
        len != sizeof key) {
        return fail(builder, subject, "not a public key of 32 bytes in base64");
    }
    memcpy(out, key, sizeof key);
    return ERR_OK;
}

/* ---- services ---- */

static enum err
add_service_key(struct builder *builder, const char *file, const char *use, uint32_t period,
                const char *text)
{
    static const struct {
        const char *word;
        enum registry_service_key_use use;
    } uses[] = {
#define USE_ROW(code, word) { word, code },
        REGISTRY_SERVICE_KEY_MAP(USE_ROW)
#undef USE_ROW
    };
    struct registry_facts *facts = &builder->facts;

    if (strcmp(use, "voprf") == 0) {
        return take_key(builder, file, text, facts->ctxs[0].voprf_key);
    }
    if (strcmp(use, "gate") == 0) {
        struct registry_box_key *key = &builder->gate_keys[facts->gate_key_count];

        if (facts->gate_key_count == REGISTRY_MAX_PERIODS) {
            return fail(builder, file, "too many gate keys");
        }
        key->period = (uint16_t) period;
        facts->gate_key_count++;
        return take_key(builder, file, text, key->key);
    }
    for (size_t i = 0; i < sizeof uses / sizeof uses[0]; i++) {
        struct registry_service_key *key = &builder->service_keys[facts->service_key_count];

        if (strcmp(use, uses[i].word) != 0) {
            continue;
        }
        if (facts->service_key_count == SERVICE_KEYS_MAX) {
            return fail(builder, file, "too many service keys");
        }
        key->use = uses[i].use;
        key->key.term = facts->term;
        facts->service_key_count++;
        return take_key(builder, file, text, key->key.key);
    }
    return fail(builder, file, "a key for a use that is not known");
}

/* Takes what one daemon printed; only the vault's audit key stands in the registry. */
static enum err
take_service(struct builder *builder, const char *file, json_t *root)
{
    json_t *keys = json_object_get(root, "keys");
    json_t *epoch = json_object_get(root, "epoch");
    const char *audit = json_string_value(json_object_get(root, "audit_vkey"));
    json_t *row;
    size_t i;

    if (!json_is_array(keys) || audit == NULL) {
        return fail(builder, file, "not what --make-keys prints");
    }
    if (epoch != NULL) {
        builder->facts.ctxs[0].epoch = (uint16_t) json_integer_value(epoch);
        builder->facts.ctx_count = 1;
    }
    json_array_foreach(keys, i, row)
    {
        const char *use = json_string_value(json_object_get(row, "use"));
        const char *key = json_string_value(json_object_get(row, "key"));
        json_int_t period = json_integer_value(json_object_get(row, "period"));
        enum err err;

        if (use == NULL || key == NULL || period < 0 || period > UINT16_MAX) {
            return fail(builder, file, "not what --make-keys prints");
        }
        err = add_service_key(builder, file, use, (uint32_t) period, key);
        if (err != ERR_OK) {
            return err;
        }
        if (strcmp(use, "receipt") == 0) {
            free(builder->audit_vkey);
            builder->audit_vkey = strdup(audit);
        }
    }
    return ERR_OK;
}

static enum err
take_services(struct builder *builder)
{
    enum err err = ERR_OK;

    for (unsigned int i = 0; err == ERR_OK && i < builder->draft->services_count; i++) {
        const char *name = builder->draft->services[i];
        json_error_t problem;
        json_t *root = NULL;
        char *path = NULL;
        char *text = NULL;
        size_t len = 0;

        err = file_join(builder->folder, name, &path);
        if (err == ERR_OK) {
            err = file_read(path, SERVICE_FILE_MAX, &text, &len);
        }
        if (err != ERR_OK) {
            fail(builder, name, "cannot be read");
        } else {
            root = json_loadb(text, len, JSON_REJECT_DUPLICATES, &problem);
            err =
                root == NULL ? fail(builder, name, "not JSON") : take_service(builder, name, root);
        }
        json_decref(root);
        free(text);
        free(path);
    }
    if (err == ERR_OK && builder->audit_vkey == NULL) {
        err = fail(builder, "services", "the vault's keys are missing");
    }
    return err;
}

/* ---- parties, members, team ---- */

static enum err
take_keys(struct builder *builder, const char *subject, char *const *texts, unsigned int count,
          struct registry_key *out)
{
    enum err err = ERR_OK;

    for (unsigned int i = 0; err == ERR_OK && i < count; i++) {
        out[i].term = builder->facts.term;
        err = take_key(builder, subject, texts[i], out[i].key);
    }
    return err;
}

/* What only a reporting organisation has. */
static enum err
take_partner(struct builder *builder, const struct draft_party *from, struct registry_party *out)
{
    const struct term *sector =
        from->sector == NULL ? NULL : term_by_key(TERM_SECTOR, from->sector);
    enum err err;

    if (from->serial == NULL || from->entity == NULL || sector == NULL) {
        return fail(builder, from->name, "a partner needs serial, entity and a known sector");
    }
    out->sector = (uint8_t) sector->code;
    err = take_number(builder, from->name, from->serial, UINT32_MAX, &out->serial);
    if (err == ERR_OK) {
        err = take_number(builder, from->name, from->entity, UINT32_MAX, &out->entity);
    }
    if (err == ERR_OK) {
        err = take_flag(builder, from->name, from->host, &out->is_host);
    }
    return err == ERR_OK ? take_flag(builder, from->name, from->bsn, &out->may_use_bsn) : err;
}

static enum err
take_party(struct builder *builder, const struct draft_party *from, struct registry_key *keys,
           struct registry_party *out)
{
    const struct term *role = term_by_key(TERM_ROLE, from->role);
    enum err err = ERR_OK;

    if (strlen(from->oin) != REGISTRY_OIN_LEN) {
        return fail(builder, from->name, "an OIN has 20 digits");
    }
    if (role == NULL) {
        return fail(builder, from->name, "a role that is not known");
    }
    memcpy(out->oin, from->oin, REGISTRY_OIN_ROOM);
    out->name = from->name;
    out->role = (enum party_role) role->code;
    out->term = builder->facts.term;
    out->keys = keys;
    out->key_count = from->keys_count;
    if (from->last_day != NULL) {
        err = take_day(builder, from->name, from->last_day, &out->term.last_day);
    }
    if (err == ERR_OK) {
        err = take_keys(builder, from->name, from->keys, from->keys_count, keys);
    }
    if (err == ERR_OK && out->role == ROLE_PARTNER) {
        err = take_partner(builder, from, out);
    }
    return err;
}

static enum err
take_parties(struct builder *builder)
{
    const struct draft *draft = builder->draft;
    enum err err = ERR_OK;

    builder->parties = calloc(draft->parties_count, sizeof *builder->parties);
    builder->party_keys = calloc(draft->parties_count, sizeof *builder->party_keys);
    builder->members = calloc(draft->members_count, sizeof *builder->members);
    builder->member_keys = calloc(draft->members_count, sizeof *builder->member_keys);
    if (builder->parties == NULL || builder->party_keys == NULL || builder->members == NULL ||
        builder->member_keys == NULL) {
        return ERR_NOMEM;
    }
    for (unsigned int i = 0; err == ERR_OK && i < draft->parties_count; i++) {
        err = take_party(builder, &draft->parties[i], builder->party_keys[i], &builder->parties[i]);
    }
    for (unsigned int i = 0; err == ERR_OK && i < draft->members_count; i++) {
        const struct draft_person *from = &draft->members[i];
        struct registry_member *out = &builder->members[i];

        if (strlen(from->id) > REGISTRY_ID_MAX) {
            return fail(builder, from->name, "an id of more than 64 characters");
        }
        memcpy(out->id, from->id, strlen(from->id) + 1);
        out->name = from->name;
        out->term = builder->facts.term;
        out->keys = builder->member_keys[i];
        out->key_count = from->keys_count;
        if (from->last_day != NULL) {
            err = take_day(builder, from->name, from->last_day, &out->term.last_day);
        }
        if (err == ERR_OK) {
            err = take_keys(builder, from->name, from->keys, from->keys_count,
                            builder->member_keys[i]);
        }
    }
    builder->facts.parties = builder->parties;
    builder->facts.party_count = draft->parties_count;
    builder->facts.members = builder->members;
    builder->facts.member_count = draft->members_count;
    return err;
}

/* "2026-4" */
static enum err
take_team_keys(struct builder *builder)
{
    enum err err = ERR_OK;

    for (unsigned int i = 0; err == ERR_OK && i < builder->draft->team_keys_count; i++) {
        const struct draft_key *from = &builder->draft->team_keys[i];
        const char *text = from->quarter;

        if (strlen(text) != 6 || strspn(text, "0123456789") != 4 || text[4] != '-' ||
            text[5] < '1' || text[5] > '4' || strtoul(text, NULL, 10) < 2000) {
            return fail(builder, text, "not a quarter of the form 2026-4");
        }
        builder->team_keys[i].period =
            (uint16_t) (4 * (strtoul(text, NULL, 10) - 2000) + (unsigned long) (text[5] - '1'));
        err = take_key(builder, text, from->key, builder->team_keys[i].key);
    }
    builder->facts.team_keys = builder->team_keys;
    builder->facts.team_key_count = builder->draft->team_keys_count;
    return err;
}

static enum err
take_general(struct builder *builder)
{
    const struct draft *draft = builder->draft;
    struct registry_facts *facts = &builder->facts;
    uint32_t tenant = 0;
    uint32_t months = 0;
    uint32_t normaliser = 0;
    enum err err = take_number(builder, "tenant", draft->tenant, UINT16_MAX, &tenant);

    if (err == ERR_OK) {
        err = take_number(builder, "version", draft->version, UINT32_MAX, &facts->version);
    }
    if (err == ERR_OK) {
        err = take_number(builder, "retention_months", draft->retention_months,
                          REGISTRY_MAX_RETENTION_MONTHS, &months);
    }
    if (err == ERR_OK) {
        err = take_number(builder, "normaliser", draft->normaliser, UINT8_MAX, &normaliser);
    }
    if (err == ERR_OK) {
        err = take_day(builder, "first_day", draft->first_day, &facts->term.first_day);
    }
    if (err == ERR_OK) {
        err = take_day(builder, "last_day", draft->last_day, &facts->term.last_day);
    }
    if (err == ERR_OK) {
        err = take_flag(builder, "demonstration", draft->demonstration, &facts->is_demonstration);
    }
    facts->tenant = (uint16_t) tenant;
    facts->municipality = draft->municipality;
    facts->retention_months = (uint8_t) months;
    facts->ctxs[0].norm_version = (uint8_t) normaliser;
    facts->ctxs[0].threshold = 2;
    return err;
}

static enum err
build(struct builder *builder, char **out, size_t *out_len)
{
    struct registry_facts *facts = &builder->facts;
    enum err err = take_general(builder);

    if (err == ERR_OK) {
        err = take_services(builder);
    }
    if (err == ERR_OK) {
        err = take_parties(builder);
    }
    if (err == ERR_OK) {
        err = take_team_keys(builder);
    }
    if (err != ERR_OK) {
        return err;
    }
    facts->audit_vkey = builder->audit_vkey;
    facts->service_keys = builder->service_keys;
    facts->gate_keys = builder->gate_keys;
    /* One context: it lives as long as the last bucket that the gate has a key for. */
    if (facts->gate_key_count > 0) {
        facts->ctxs[0].last_bucket = builder->gate_keys[facts->gate_key_count - 1].period;
    }
    return registry_build(facts, out, out_len, &builder->error->registry);
}

static void
builder_free(struct builder *builder)
{
    if (builder == NULL) {
        return;
    }
    free(builder->parties);
    free(builder->party_keys);
    free(builder->members);
    free(builder->member_keys);
    free(builder->audit_vkey);
    free(builder);
}

enum err
registry_draft_build(const char *path, char **out, size_t *out_len, struct draft_error *error)
{
    struct builder *builder = calloc(1, sizeof *builder);
    char *folder = NULL;
    void *draft = NULL;
    enum err err = builder == NULL ? ERR_NOMEM : ERR_OK;

    *error = (struct draft_error) { .reason = NULL };
    if (err == ERR_OK) {
        err = yaml_load(path, &DRAFT_SCHEMA, &draft, &error->yaml);
    }
    if (err == ERR_OK) {
        err = file_folder_of(path, &folder);
    }
    if (err == ERR_OK) {
        builder->draft = draft;
        builder->folder = folder;
        builder->error = error;
        err = build(builder, out, out_len);
    }
    builder_free(builder);
    yaml_free(&DRAFT_SCHEMA, draft);
    free(folder);
    return err;
}
