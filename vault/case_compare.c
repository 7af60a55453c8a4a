/* SPDX-License-Identifier: EUPL-1.2 */
/* What the comparison of capsules does to a case: links are cut for good, and what is left is looked at
 * anew.  In three steps, each of which can be repeated: what is counted, the cut links, then the case. */
#include <stdlib.h>
#include <string.h>

#include "proto/escrow/audit_record.h"
#include "vault/case_edit.h"
#include "vault/case_flag.h"
#include "vault/component.h"
#include "vault/quality_count.h"
#include "vault/store/audit.h"

enum { LINKS_MAX = COMPONENT_MAX * (COMPONENT_MAX - 1) / 2, CUTS_PER_BATCH = 60 };

/* The case as a component of its own: its records that still live, in its order. */
static enum err
component_of(struct vault *vault, const struct case_file *file, struct component **out)
{
    struct component *component = calloc(1, sizeof *component);
    enum err err = component == NULL ? ERR_NOMEM : ERR_OK;

    for (size_t i = 0; i < file->record_count && err == ERR_OK; i++) {
        err = record_read_meta(vault, NULL, &file->records[i].rid,
                               &component->metas[component->count]);
        if (err == ERR_OK) {
            component->count++;
        } else if (err == ERR_NOT_FOUND || err == ERR_EXPIRED) {
            err = ERR_OK;
        }
    }
    if (err == ERR_OK) {
        err = component_link(vault, NULL, component);
    }
    if (err == ERR_OK) {
        *out = component;
        component = NULL;
    }
    free(component);
    return err;
}

static size_t
place_in(const struct component *component, const struct rid *rid)
{
    size_t at = 0;

    while (at < component->count &&
           sodium_memcmp(component->metas[at].header.rid.bytes, rid->bytes, RID_LEN) != 0) {
        at++;
    }
    return at;
}

/* ---- first step: the cut links ---- */

static enum err
check_links(const struct case_file *file, const struct case_link *links, size_t count)
{
    if (file->summary.state != CASE_IDENTITY && file->summary.state != CASE_OPENED) {
        return ERR_STATE;
    }
    if (count > LINKS_MAX) {
        return ERR_INVALID;
    }
    for (size_t i = 0; i < count; i++) {
        size_t a = case_find(file, &links[i].a);
        size_t b = case_find(file, &links[i].b);

        if (a == file->record_count || b == file->record_count || a == b ||
            !file->records[a].is_released || !file->records[b].is_released) {
            return ERR_INVALID;
        }
    }
    return ERR_OK;
}

/* A batch of cut links with its leaf. */
struct cutting {
    struct vault *vault;
    const struct case_file *file;
    const struct audit_record *who;
    struct store_batch *batch;
    uint32_t count;
};

static enum err
cutting_flush(struct cutting *cutting)
{
    struct audit_record record = *cutting->who;
    struct store_result result;
    enum err err;

    if (cutting->count == 0) {
        return ERR_OK;
    }
    memcpy(record.type, "links_cut", sizeof "links_cut");
    record.action = AUDIT_UPDATE;
    memset(record.event_id, 0, sizeof record.event_id);
    record.object_type = AUDIT_OBJECT_CASE;
    record.object_len = CASE_ID_LEN;
    memcpy(record.object, cutting->file->summary.id.bytes, CASE_ID_LEN);
    record.count = cutting->count;
    err = audit_append(cutting->vault->config.audit, cutting->batch, &record);
    if (err == ERR_OK) {
        err = store_apply(cutting->vault->config.store, cutting->batch, &result);
    }
    store_batch_free(cutting->batch);
    cutting->batch = NULL;
    cutting->count = 0;
    return err;
}

static enum err
cut(struct cutting *cutting, const struct pair_end *a, const struct pair_end *b, enum cut by)
{
    struct store_id id;
    enum err err = ERR_OK;

    if (cutting->batch == NULL) {
        store_id_random(&id);
        err = store_batch_new(&id, &cutting->batch);
    }
    if (err == ERR_OK) {
        err = cut_put(cutting->vault, cutting->batch, a, b, by);
    }
    if (err == ERR_OK) {
        cutting->count++;
    }
    return err == ERR_OK && cutting->count == CUTS_PER_BATCH ? cutting_flush(cutting) : err;
}

/* A member's word about a link that the software cut before: from now on it is the member's. */
static enum err
take_over(struct cutting *cutting, const struct pair_end *a, const struct pair_end *b)
{
    enum cut by = CUT_NONE;
    enum err err = cut_read(cutting->vault, NULL, a, b, &by);

    return err == ERR_OK && by == CUT_BY_SOFTWARE ? cut(cutting, a, b, CUT_BY_HUMAN) : err;
}

/* Stores one refused pair; '*is_new': it was linked until now. */
static enum err
cut_link(struct cutting *cutting, struct component *component, const struct case_link *link,
         bool *is_new)
{
    size_t at_a = place_in(component, &link->a);
    size_t at_b = place_in(component, &link->b);
    struct pair_end a;
    struct pair_end b;
    enum err err;

    *is_new = false;
    if (at_a == component->count || at_b == component->count) {
        return ERR_OK;
    }
    a = component_end(component, at_a);
    b = component_end(component, at_b);
    if (((component->cut[at_a] >> at_b | component->cut[at_b] >> at_a) & 1) != 0) {
        return link->is_by_human ? take_over(cutting, &a, &b) : ERR_OK;
    }
    if ((component->links.linked[at_a] >> at_b & 1) == 0) {
        return ERR_OK;
    }
    err = cut(cutting, &a, &b, link->is_by_human ? CUT_BY_HUMAN : CUT_BY_SOFTWARE);
    if (err == ERR_OK) {
        component->cut[at_a] |= UINT64_C(1) << at_b;
        component->cut[at_b] |= UINT64_C(1) << at_a;
        *is_new = true;
    }
    return err;
}

/* Stores the refused pairs, and takes their links out of 'component'. */
static enum err
cut_all(struct cutting *cutting, struct component *component, const struct case_link *links,
        size_t count, uint32_t *out_cut)
{
    uint32_t done = 0;
    enum err err = ERR_OK;

    for (size_t i = 0; i < count && err == ERR_OK; i++) {
        bool is_new = false;

        if (links[i].verdict == CASE_REFUSED) {
            err = cut_link(cutting, component, &links[i], &is_new);
        }
        done += is_new ? 1 : 0;
    }
    if (err == ERR_OK) {
        err = cutting_flush(cutting);
    }
    store_batch_free(cutting->batch);
    cutting->batch = NULL;
    if (err == ERR_OK) {
        atomic_fetch_add(&cutting->vault->cuts, 1);
        *out_cut = done;
    }
    return err == ERR_OK ? component_drop(component, 0) : err;
}

/* ---- second step: the case ---- */

/* The case's records of one component, with the tags known from before. */
static size_t
collect(const struct case_file *file, const struct component *component, uint64_t members,
        uint64_t attached, struct case_record out[COMPONENT_MAX])
{
    size_t count = 0;

    for (size_t i = 0; i < component->count; i++) {
        size_t at = case_find(file, &component->metas[i].header.rid);

        if (((members | attached) >> i & 1) != 0) {
            out[count] = file->records[at];
            out[count].facts.is_attached = (members >> i & 1) == 0;
            count++;
        }
    }
    return count;
}

static bool
is_multi_source(const struct vault *vault, const struct case_record *records, size_t count)
{
    struct rule_record facts[COMPONENT_MAX];
    struct rule_result result;

    for (size_t i = 0; i < count; i++) {
        facts[i] = records[i].facts;
    }
    rules_apply(vault->config.policy, facts, count, &result);
    return (result.flags & FLAG_MULTI_SOURCE) != 0;
}

/* A case of its own for records that leave. */
static enum err
found_case(struct case_edit *edit, struct case_record *records, size_t count)
{
    struct case_file *file = NULL;
    enum err err = case_edit_new(edit, &file);

    if (err != ERR_OK) {
        return err;
    }
    for (size_t i = 0; i < count; i++) {
        records[i].is_released = false;
        records[i].is_opened = false;
    }
    case_set_records(file, records, count);
    case_evaluate(edit->vault, file);
    for (size_t i = 0; i < count && err == ERR_OK; i++) {
        if (!records[i].facts.is_attached) {
            err = case_membership_put(edit, &records[i], &file->summary.id);
        }
    }
    return err == ERR_OK ? case_edit_record(edit, file, NULL, "case_flagged") : err;
}

/* Records that are in no component any more: one in mode acute or consented is a case by itself, the
 * others go back to waiting. */
static enum err
let_go(struct case_edit *edit, const struct case_file *before, uint64_t stay)
{
    enum err err = ERR_OK;

    for (size_t i = 0; i < before->record_count && err == ERR_OK; i++) {
        struct case_record record = before->records[i];

        if ((stay >> i & 1) != 0) {
            continue;
        }
        record.facts.is_attached = false;
        if (record.facts.mode != MODE_ESCROW && edit->count < CASE_EDIT_MAX) {
            err = found_case(edit, &record, 1);
        } else if (!before->records[i].facts.is_attached) {
            case_membership_delete(edit, &record);
        }
    }
    return err;
}

static uint64_t
positions(const struct case_file *file, const struct case_record *records, size_t count)
{
    uint64_t mask = 0;

    for (size_t i = 0; i < count; i++) {
        mask |= UINT64_C(1) << case_find(file, &records[i].rid);
    }
    return mask;
}

/* Divides the case's records over what still stands: the first component stays, others are founded. */
static enum err
divide(struct case_edit *edit, struct case_file *file, const struct component *component,
       const struct audit_record *who)
{
    const struct links *links = &component->links;
    struct case_record records[COMPONENT_MAX];
    struct case_record first[COMPONENT_MAX];
    size_t first_count = 0;
    uint64_t placed = 0;
    enum err err = ERR_OK;

    for (uint8_t i = 0; i < links->component_count && err == ERR_OK; i++) {
        size_t count =
            collect(file, component, links_members(links, i), links_attached_to(links, i), records);

        if (!is_multi_source(edit->vault, records, count)) {
            continue;
        }
        placed |= positions(file, records, count);
        if (first_count == 0) {
            memcpy(first, records, count * sizeof first[0]);
            first_count = count;
        } else {
            err = found_case(edit, records, count);
        }
    }
    if (err == ERR_OK) {
        err = let_go(edit, file, placed);
    }
    if (err != ERR_OK) {
        return err;
    }
    file->confirmation_count = 0;
    if (first_count == 0) {
        file->summary.state = CASE_CLOSED;
        file->summary.close_reason = CASE_NOT_ONE_PERSON;
        file->record_count = 0;
        file->explanation_count = 0;
    } else {
        case_set_records(file, first, first_count);
        case_evaluate(edit->vault, file);
    }
    return case_edit_record(edit, file, who, "capsules_compared");
}

static bool
has_cuts(const struct component *component)
{
    for (size_t i = 0; i < component->count; i++) {
        if (component->cut[i] != 0) {
            return true;
        }
    }
    return false;
}

static enum err
compare(struct case_edit *edit, struct case_file *file, const struct case_link *links, size_t count,
        const struct audit_record *who, struct case_comparison *out)
{
    struct cutting cutting = { .vault = edit->vault, .file = file, .who = who };
    struct component *component = NULL;
    uint32_t done = 0;
    enum err err = component_of(edit->vault, file, &component);

    if (err == ERR_OK) {
        err = quality_count(edit->vault, component, links, count);
    }
    if (err == ERR_OK) {
        err = cut_all(&cutting, component, links, count, &done);
    }
    if (err == ERR_OK && has_cuts(component)) {
        err = divide(edit, file, component, who);
    } else if (err == ERR_OK) {
        err = case_edit_record(edit, file, who, "capsules_compared");
    }
    free(component);
    if (err == ERR_OK) {
        err = case_edit_apply(edit);
    }
    if (err == ERR_OK) {
        *out = (struct case_comparison) {
            .links_cut = done,
            .records_left = file->summary.record_count,
        };
    }
    return err;
}

enum err
cases_compare(struct vault *vault, const struct case_id *id, const struct case_link *links,
              size_t count, const struct audit_record *who, struct case_comparison *out)
{
    struct case_file *file = NULL;
    struct case_edit edit;
    enum err err = case_edit_begin(vault, &edit);

    if (err == ERR_OK) {
        err = case_edit_load(&edit, id, &file);
    }
    if (err == ERR_OK) {
        err = check_links(file, links, count);
    }
    if (err == ERR_OK) {
        err = compare(&edit, file, links, count, who, out);
    }
    case_edit_end(&edit);
    return err;
}
