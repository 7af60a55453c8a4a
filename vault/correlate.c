/* SPDX-License-Identifier: EUPL-1.2 */
#include "vault/correlate.h"

#include <stdlib.h>
#include <string.h>

#include "proto/escrow/hash.h"
#include "vault/case_flag.h"
#include "vault/component.h"
#include "vault/record_rows.h"

enum {
    TASKS_PER_PAGE = 64,
    BATCH_OPS = 120,
    OPS_OF_TASK = 2,
    STALE_TRIES = 5,
    SAME_MAX = COMPONENT_MAX
};

/* A task of the outbox. */
struct task {
    struct store_key key;
    uint64_t version;
    struct rid rid;
};

/* Tasks without a match, which share a batch. */
struct quiet {
    struct store_batch *batch;
    uint32_t tasks;
    size_t ops;
    size_t count;
    struct hash32 slots[BATCH_OPS]; /* index values that the batch will put */
};

struct run {
    struct vault *vault;
    const struct correlate_gate *gate;
    struct correlate_report *report;
    struct live_months live;
    struct quiet quiet;
    bool is_gate_away; /* it is not asked again in this run */
};

/* ---- finishing tasks ---- */

static void
finish_task(struct store_batch *batch, const struct task *task, const struct component *component)
{
    store_batch_expect_version(batch, &task->key, task->version);
    store_batch_delete(batch, &task->key);
    for (size_t i = 0; component != NULL && i < component->end_count; i++) {
        index_add(batch, &component->ends[i], &task->rid);
    }
}

static void
count_done(struct run *run, uint32_t tasks)
{
    run->report->done += tasks;
    atomic_fetch_sub(&run->vault->outstanding, tasks);
}

static enum err
flush_quiet(struct run *run)
{
    struct quiet *quiet = &run->quiet;
    struct store_result result;
    enum err err = ERR_OK;

    if (quiet->tasks > 0) {
        err = store_apply(run->vault->config.store, quiet->batch, &result);
    }
    if (err == ERR_OK) {
        count_done(run, quiet->tasks);
    }
    store_batch_free(quiet->batch);
    *quiet = (struct quiet) { .batch = NULL };
    return err;
}

/* Ends a task without a case; 'component' NULL: its report is gone, and so are its index rows. */
static enum err
finish_quietly(struct run *run, const struct task *task, const struct component *component)
{
    struct quiet *quiet = &run->quiet;
    size_t ops = OPS_OF_TASK + (component == NULL ? 0 : component->end_count);
    enum err err = quiet->ops + ops > BATCH_OPS ? flush_quiet(run) : ERR_OK;

    if (err == ERR_OK && quiet->batch == NULL) {
        struct store_id id;

        store_id_random(&id);
        err = store_batch_new(&id, &quiet->batch);
    }
    if (err != ERR_OK) {
        return err;
    }
    finish_task(quiet->batch, task, component);
    for (unsigned int i = 0; component != NULL && i < component->end_count; i++) {
        quiet->slots[quiet->count] = *header_slot(&component->metas[0].header, i);
        quiet->count++;
    }
    quiet->ops += ops;
    quiet->tasks++;
    return ERR_OK;
}

static bool
is_quiet_slot(const struct quiet *quiet, const struct hash32 *slot)
{
    for (size_t i = 0; i < quiet->count; i++) {
        if (hash32_compare(&quiet->slots[i], slot) == 0) {
            return true;
        }
    }
    return false;
}

/* Whether a report that waits in the batch shares an index value with one of these: it belongs to the
 * component and was not found, since its rows are not in the store yet. */
static bool
meets_quiet(const struct run *run, const struct component *component)
{
    for (size_t i = 0; i < component->count && run->quiet.count > 0; i++) {
        const struct report_header *header = &component->metas[i].header;
        const struct hash32 *slot = NULL;

        for (unsigned int at = 0; (slot = header_slot(header, at)) != NULL; at++) {
            if (is_quiet_slot(&run->quiet, slot)) {
                return true;
            }
        }
    }
    return false;
}

/* ---- one component of a report ---- */

/* The linked records of the component and those attached to it. */
struct group {
    size_t count;
    size_t places[COMPONENT_MAX]; /* in the component */
    struct case_record records[COMPONENT_MAX];
};

static void
group_of(const struct component *component, uint8_t number, struct group *out)
{
    uint64_t members = links_members(&component->links, number);
    uint64_t attached = links_attached_to(&component->links, number);

    out->count = 0;
    for (size_t i = 0; i < component->count; i++) {
        if (((members | attached) >> i & 1) != 0) {
            out->records[out->count] = case_record_of(&component->metas[i]);
            out->records[out->count].facts.is_attached = (members >> i & 1) == 0;
            out->places[out->count] = i;
            out->count++;
        }
    }
}

static void
facts_of(const struct group *group, struct rule_record out[COMPONENT_MAX])
{
    for (size_t i = 0; i < group->count; i++) {
        out[i] = group->records[i].facts;
    }
}

static bool
needs_tags(const struct run *run, const struct group *group)
{
    struct rule_record facts[COMPONENT_MAX];

    facts_of(group, facts);
    return rules_need_tags(run->vault->config.policy, facts, group->count);
}

static bool
is_flagged(const struct run *run, const struct group *group)
{
    struct rule_record facts[COMPONENT_MAX];
    struct rule_result result;

    facts_of(group, facts);
    rules_apply(run->vault->config.policy, facts, group->count, &result);
    return (result.flags & FLAG_MULTI_SOURCE) != 0;
}

/* Whether an error is about what was asked, so that another question may well be answered. */
static bool
is_about_question(enum err err)
{
    switch (err) {
        case ERR_INVALID:
        case ERR_MALFORMED:
        case ERR_STATE:
        case ERR_NOT_FOUND:
        case ERR_EXPIRED:
        case ERR_CORRUPT:
            return true;
        default:
            return false;
    }
}

/* Asks for the tags; '*rejected' are places in the component. */
static enum err
ask_gate(struct run *run, struct group *group, uint64_t *rejected)
{
    struct rid rids[COMPONENT_MAX];
    uint16_t tags[COMPONENT_MAX] = { 0 };
    uint64_t bad = 0;
    enum err err = ERR_OK;

    if (run->is_gate_away) {
        return run->report->gate_err;
    }
    for (size_t i = 0; i < group->count; i++) {
        rids[i] = group->records[i].rid;
    }
    err = run->gate->assess(run->gate->context, rids, group->count, tags, &bad);
    if (err != ERR_OK) {
        run->report->gate_err = err;
        run->is_gate_away = !is_about_question(err);
        return err;
    }
    for (size_t i = 0; i < group->count; i++) {
        group->records[i].facts.is_assessed = true;
        group->records[i].facts.tags = tags[i];
        *rejected |= (bad >> i & 1) << group->places[i];
    }
    return ERR_OK;
}

/* ---- one report ---- */

/* What is found about one report, for the case or cases that it belongs to. */
struct finding {
    struct task task;
    struct record_meta meta;
    struct component *component;
    bool waits_for_gate;
    size_t group_count;
    struct group *groups; /* flagged ones; room for one more than the component has components */
};

/* The report's own component, or those to which it is attached. */
static bool
concerns_report(const struct component *component, uint8_t number)
{
    return component->links.component[0] == number ||
        (links_attached_to(&component->links, number) & 1) != 0;
}

/* Assesses the report's components one after the other.  '*rejected' not 0: to be done again without
 * those records. */
static enum err
assess_groups(struct run *run, struct finding *finding, uint64_t *rejected)
{
    const struct component *component = finding->component;

    finding->group_count = 0;
    for (uint8_t i = 0; i < component->links.component_count; i++) {
        struct group *group = &finding->groups[finding->group_count];
        enum err err;

        if (!concerns_report(component, i)) {
            continue;
        }
        group_of(component, i, group);
        if (!needs_tags(run, group)) {
            continue;
        }
        err = flush_quiet(run);
        if (err != ERR_OK) {
            return err;
        }
        if (ask_gate(run, group, rejected) != ERR_OK) {
            finding->waits_for_gate = true;
            return ERR_OK;
        }
        if (*rejected != 0) {
            return ERR_OK;
        }
        finding->group_count += is_flagged(run, group);
    }
    return ERR_OK;
}

static enum err
assess(struct run *run, struct finding *finding)
{
    uint64_t rejected = 0;
    enum err err = ERR_OK;

    do {
        rejected = 0;
        err = assess_groups(run, finding, &rejected);
        if (err == ERR_OK && (rejected & 1) != 0) {
            /* The report itself: it takes part in nothing. */
            finding->group_count = 0;
            return ERR_OK;
        }
        if (err == ERR_OK && rejected != 0) {
            err = component_drop(finding->component, rejected);
        }
    } while (err == ERR_OK && rejected != 0);
    return err;
}

static bool
stands_alone(const struct finding *finding)
{
    return finding->meta.header.mode != MODE_ESCROW && finding->group_count == 0;
}

/* An acute or consented report is a case by itself, at once, unless it has one already. */
static enum err
flag_alone(struct case_edit *edit, const struct finding *finding, struct case_change *out)
{
    const struct case_record record = case_record_of(&finding->meta);
    struct case_id id;
    enum err err = case_membership(edit->vault, NULL, record.bucket, &record.rid, &id);

    if (err == ERR_OK) {
        return ERR_OK;
    }
    return err == ERR_NOT_FOUND ? case_flag(edit, &record, 1, out) : err;
}

static void
count_change(struct run *run, const struct case_change *change)
{
    run->report->flagged += change->is_new;
    run->report->changed += change->is_changed;
}

/* Puts what was found into cases and ends the task, all in one batch; while the gate is waited for,
 * only the report's own case is made.  ERR_CONFLICT: links were cut meanwhile. */
static enum err
settle(struct run *run, const struct finding *finding, unsigned int cuts)
{
    struct case_change changes[COMPONENT_MAX] = { { .is_new = false } };
    size_t count = 0;
    struct case_edit edit;
    enum err err = case_edit_begin(run->vault, &edit);

    if (err == ERR_OK && atomic_load(&run->vault->cuts) != cuts) {
        err = ERR_CONFLICT;
    }
    for (; count < finding->group_count && err == ERR_OK; count++) {
        const struct group *group = &finding->groups[count];

        err = case_flag(&edit, group->records, group->count, &changes[count]);
    }
    if (err == ERR_OK && stands_alone(finding)) {
        err = flag_alone(&edit, finding, &changes[0]);
        count = 1;
    }
    if (err == ERR_OK && !finding->waits_for_gate) {
        finish_task(edit.batch, &finding->task, finding->component);
    }
    if (err == ERR_OK && (!finding->waits_for_gate || changes[0].is_new)) {
        err = case_edit_apply(&edit);
    }
    case_edit_end(&edit);
    if (err != ERR_OK) {
        return err;
    }
    for (size_t i = 0; i < count; i++) {
        count_change(run, &changes[i]);
    }
    if (!finding->waits_for_gate) {
        count_done(run, 1);
    }
    return ERR_OK;
}

/* Gathers around the report, with no report of a waiting batch left out. */
static enum err
gather(struct run *run, struct finding *finding)
{
    enum err err = ERR_OK;

    for (;;) {
        struct store_snapshot *snapshot = NULL;
        struct component *component = NULL;

        err = store_snapshot_begin(run->vault->config.store, &snapshot);
        if (err == ERR_OK) {
            err = component_gather(run->vault, snapshot, &run->live, &finding->meta, &component);
        }
        store_snapshot_end(snapshot);
        if (err != ERR_OK) {
            return err;
        }
        if (!meets_quiet(run, component)) {
            finding->component = component;
            return ERR_OK;
        }
        free(component);
        err = flush_quiet(run);
        if (err != ERR_OK) {
            return err;
        }
    }
}

static enum err
correlate(struct run *run, struct finding *finding)
{
    unsigned int cuts = atomic_load(&run->vault->cuts);
    enum err err = gather(run, finding);

    if (err == ERR_OK) {
        /* An organisation that has filed so often on one person fills no more chains: what lies behind
         * its reports must still be reached. */
        if (finding->component->same_count >= SAME_MAX) {
            finding->component->end_count = 0;
        }
        finding->groups =
            calloc(finding->component->links.component_count + 1, sizeof *finding->groups);
        err = finding->groups == NULL ? ERR_NOMEM : assess(run, finding);
    }
    if (err != ERR_OK) {
        return err;
    }
    if (!finding->waits_for_gate && finding->group_count == 0 && !stands_alone(finding)) {
        return finish_quietly(run, &finding->task, finding->component);
    }
    /* With the gate away, what was assessed before it went waits too. */
    if (finding->waits_for_gate) {
        finding->group_count = 0;
        run->report->deferred++;
    }
    err = flush_quiet(run);
    return err == ERR_OK ? settle(run, finding, cuts) : err;
}

/* ---- the run ---- */

/* A month's key may have been made since the run began. */
static enum err
ensure_live(struct run *run, uint16_t month)
{
    struct live_months live;
    enum err err;

    for (size_t i = 0; i < run->live.count; i++) {
        if (run->live.months[i] == month) {
            return ERR_OK;
        }
    }
    err = live_months_open(run->vault, &live);
    if (err == ERR_OK) {
        live_months_close(&run->live);
        run->live = live;
    }
    return err;
}

static enum err
do_task(struct run *run, const struct task *task)
{
    struct finding finding = { .task = *task };
    enum err err = record_read_meta(run->vault, NULL, &task->rid, &finding.meta);

    if (err == ERR_OK && finding.meta.header.bucket < core_month(run->vault)) {
        err = ERR_EXPIRED;
    }
    if (err == ERR_OK) {
        err = ensure_live(run, finding.meta.header.bucket);
    }
    if (err == ERR_NOT_FOUND || err == ERR_EXPIRED) {
        run->report->dropped++;
        return finish_quietly(run, task, NULL);
    }
    if (err == ERR_OK) {
        err = correlate(run, &finding);
    }
    free(finding.component);
    free(finding.groups);
    /* A bucket's key went while this was under way: its records are left out when looked at again. */
    return err == ERR_EXPIRED ? ERR_CONFLICT : err;
}

static enum err
do_row(struct run *run, const struct store_row *row)
{
    struct task task = { .key = row->key, .version = row->version };
    enum err err = record_task_read(run->vault, row->data, row->len, &task.rid);

    if (err != ERR_OK) {
        return err;
    }
    err = ERR_CONFLICT;
    for (unsigned int i = 0; i < STALE_TRIES && err == ERR_CONFLICT; i++) {
        err = do_task(run, &task);
    }
    return err;
}

static enum err
do_outbox(struct run *run, size_t max_tasks)
{
    struct store_range range = { .space = STORE_OUTBOX, .limit = TASKS_PER_PAGE };
    struct store_key after;
    bool is_last = false;
    enum err err = ERR_OK;

    while (err == ERR_OK && !is_last && run->report->done + run->quiet.tasks < max_tasks) {
        struct store_page page = { .rows = NULL };

        err = store_scan(run->vault->config.store, NULL, &range, &page);
        if (err != ERR_OK) {
            break;
        }
        for (size_t i = 0;
             i < page.count && err == ERR_OK && run->report->done + run->quiet.tasks < max_tasks;
             i++) {
            err = do_row(run, &page.rows[i]);
        }
        is_last = page.is_last || page.count == 0;
        if (page.count > 0) {
            after = page.rows[page.count - 1].key;
            range.after = &after;
        }
        store_page_done(&page);
    }
    return err;
}

enum err
correlate_run(struct vault *vault, const struct correlate_gate *gate, size_t max_tasks,
              struct correlate_report *out)
{
    struct run run = { .vault = vault, .gate = gate, .report = out };
    enum err flushed;
    enum err err;

    *out = (struct correlate_report) { .done = 0 };
    pthread_mutex_lock(&vault->correlating);
    err = live_months_open(vault, &run.live);
    if (err == ERR_OK) {
        err = do_outbox(&run, max_tasks);
    }
    flushed = flush_quiet(&run);
    live_months_close(&run.live);
    pthread_mutex_unlock(&vault->correlating);
    return err != ERR_OK ? err : flushed;
}
