/* SPDX-License-Identifier: EUPL-1.2 */
#include "clients/lib/log_check.h"

#include <string.h>

const char *
log_fault_key(enum log_fault fault)
{
#define FAULT_KEY(code, key, text) [code] = (key),
    static const char *const keys[] = { LOG_FAULT_MAP(FAULT_KEY) };
#undef FAULT_KEY

    return (size_t) fault < sizeof keys / sizeof keys[0] ? keys[fault] : "unknown";
}

const char *
log_fault_text(enum log_fault fault)
{
#define FAULT_TEXT(code, key, text) [code] = (text),
    static const char *const texts[] = { LOG_FAULT_MAP(FAULT_TEXT) };
#undef FAULT_TEXT

    return (size_t) fault < sizeof texts / sizeof texts[0] ? texts[fault] : "unknown";
}

static enum err
fail(struct log_check *check, enum log_fault fault)
{
    check->fault = fault;
    return ERR_AUTH;
}

/* The entry that is due is the first that is wrong. */
static enum err
fail_here(struct log_check *check, enum log_fault fault)
{
    check->bad_index = check->frontier.size;
    check->has_bad_index = true;
    return fail(check, fault);
}

static bool
is_equal(const struct tree_hash *a, const struct tree_hash *b)
{
    return memcmp(a->bytes, b->bytes, TREE_HASH_LEN) == 0;
}

/* Whether the log seen before is the front of this one, when its size is reached. */
static enum err
check_before(struct log_check *check)
{
    struct tree_hash root;

    if (check->before.size == 0 || check->frontier.size != check->before.size) {
        return ERR_OK;
    }
    tree_frontier_root(&check->frontier, &root);
    return is_equal(&root, &check->before.root) ? ERR_OK : fail(check, LOG_FORKED);
}

enum err
log_check_begin(const struct checkpoint *now, const struct checkpoint *before,
                struct log_check *out)
{
    memset(out, 0, sizeof *out);
    out->now = *now;
    tree_frontier_init(&out->frontier);
    if (before == NULL) {
        return ERR_OK;
    }
    out->before = *before;
    if (before->size > now->size) {
        return fail(out, LOG_SHRUNK);
    }
    if (before->size == now->size && !is_equal(&before->root, &now->root)) {
        return fail(out, LOG_FORKED);
    }
    return ERR_OK;
}

/* Whether the record, when it was not erased, is the one that the leaf commits to. */
static enum err
check_record(struct log_check *check, const struct log_entry *entry, struct audit_record *out)
{
    uint8_t leaf[AUDIT_LEAF_LEN];
    enum err err;

    memset(out, 0, sizeof *out);
    if (entry->salt.len == 0 && entry->record.len == 0) {
        check->erased_count++;
        return ERR_OK;
    }
    if (entry->salt.len != AUDIT_SALT_LEN || entry->record.len > AUDIT_RECORD_MAX) {
        return fail_here(check, LOG_FORM);
    }
    audit_leaf(entry->salt.data, entry->record.data, entry->record.len, leaf);
    if (memcmp(leaf, entry->leaf.data, AUDIT_LEAF_LEN) != 0) {
        return fail_here(check, LOG_LEAF);
    }
    err = audit_record_decode(entry->record.data, entry->record.len, out);
    if (err != ERR_OK) {
        return err == ERR_NOMEM ? err : fail_here(check, LOG_FORM);
    }
    check->refused_count += out->refusal[0] != '\0' ? out->count : 0;
    return ERR_OK;
}

enum err
log_check_entry(struct log_check *check, const struct log_entry *entry, struct audit_record *out)
{
    struct audit_record record;
    struct tree_hash leaf;
    enum err err;

    if (check->fault != LOG_FINE) {
        return ERR_AUTH;
    }
    if (entry->index != check->frontier.size || entry->index >= check->now.size) {
        return fail_here(check, LOG_ORDER);
    }
    if (entry->leaf.len != AUDIT_LEAF_LEN || entry->leaf.data[0] != AUDIT_LEAF_VERSION) {
        return fail_here(check, LOG_FORM);
    }
    err = check_record(check, entry, out != NULL ? out : &record);
    if (err != ERR_OK) {
        return err;
    }
    tree_leaf_hash(entry->leaf.data, entry->leaf.len, &leaf);
    err = tree_frontier_append(&check->frontier, &leaf, NULL);
    return err != ERR_OK ? fail_here(check, LOG_ORDER) : check_before(check);
}

enum err
log_check_end(struct log_check *check)
{
    struct tree_hash root;

    if (check->fault != LOG_FINE) {
        return ERR_AUTH;
    }
    if (check->frontier.size != check->now.size) {
        return fail_here(check, LOG_SHORT);
    }
    tree_frontier_root(&check->frontier, &root);
    return is_equal(&root, &check->now.root) ? ERR_OK : fail(check, LOG_ROOT);
}
