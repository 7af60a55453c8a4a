/* SPDX-License-Identifier: EUPL-1.2 */
/* Exchanges notes, checkpoints and proofs with Go's sumdb (tests/peers/ledger/main.go).
 * Usage: test_ledger_peer PATH-OF-THE-PEER */
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "base/bytes.h"
#include "base/file.h"
#include "proto/escrow/checkpoint.h"
#include "proto/escrow/tree.h"
#include "tests/lib/cmocka_all.h"
#include "tests/lib/temp.h"

enum { LEAF_COUNT = 41, LEVELS = 6, FILE_MAX = 1 << 20, HASH_TEXT_ROOM = 45 };

static char *peer_path;

struct log {
    struct tree_hash nodes[LEVELS][LEAF_COUNT];
    struct tree_hash roots[LEAF_COUNT + 1];
};

static struct log the_log;

static enum err
log_read(void *context, uint8_t level, uint64_t index, struct tree_hash *out)
{
    const struct log *log = context;

    assert_true(level < LEVELS && index < LEAF_COUNT);
    *out = log->nodes[level][index];
    return ERR_OK;
}

static struct tree_reader
log_fill(struct log *log)
{
    struct tree_frontier frontier;

    tree_frontier_init(&frontier);
    for (unsigned int i = 0; i < LEAF_COUNT; i++) {
        struct tree_completed completed;
        struct tree_hash leaf;
        char text[32];

        tree_leaf_hash(text, (size_t) snprintf(text, sizeof text, "leaf %u", i), &leaf);
        assert_ok(tree_frontier_append(&frontier, &leaf, &completed));
        for (size_t n = 0; n < completed.count; n++) {
            log->nodes[completed.nodes[n].level][completed.nodes[n].index] =
                completed.nodes[n].hash;
        }
        tree_frontier_root(&frontier, &log->roots[i + 1]);
    }
    return (struct tree_reader) { log_read, log };
}

static void
run_peer(const char *command, char *folder)
{
    char verb[16];
    char *const arguments[] = { peer_path, verb, folder, NULL };
    char *const environment[] = { NULL };
    pid_t pid = 0;
    int status = -1;

    snprintf(verb, sizeof verb, "%s", command);
    assert_int_equal(posix_spawn(&pid, peer_path, NULL, NULL, arguments, environment), 0);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void
write_file(const char *folder, const char *name, const char *text, size_t len)
{
    char *path = temp_path(folder, name);

    assert_ok(file_create(path, text, len, 0600));
    free(path);
}

static char *
read_file(const char *folder, const char *name, size_t *len)
{
    char *path = temp_path(folder, name);
    char *text = NULL;

    assert_ok(file_read(path, FILE_MAX, &text, len));
    free(path);
    return text;
}

static void
write_line(FILE *out, const char *kind, const uint64_t between[2], const struct tree_proof *proof)
{
    fprintf(out, "%s %llu %llu", kind, (unsigned long long) between[0],
            (unsigned long long) between[1]);
    for (size_t i = 0; i < proof->count; i++) {
        char text[HASH_TEXT_ROOM];

        bytes_to_base64(proof->hashes[i].bytes, TREE_HASH_LEN, text);
        fprintf(out, " %s", text);
    }
    fputc('\n', out);
}

static void
write_proofs(const char *folder, const struct tree_reader *reader)
{
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);

    assert_non_null(out);
    for (uint64_t size = 1; size <= LEAF_COUNT; size++) {
        for (uint64_t i = 0; i < size; i++) {
            struct tree_proof proof;

            assert_ok(tree_prove_inclusion(i, size, reader, &proof));
            write_line(out, "inclusion", (uint64_t[]) { i, size }, &proof);
            assert_ok(tree_prove_consistency(i + 1, size, reader, &proof));
            write_line(out, "consistency", (uint64_t[]) { i + 1, size }, &proof);
        }
    }
    assert_int_equal(fclose(out), 0);
    write_file(folder, "c.proofs", text, len);
    free(text);
}

/* With a witness's cosignature, a type that the peer does not know and must skip. */
static void
write_checkpoint(const char *folder, const struct log *log)
{
    WIPED(note_skey) struct note_skey skey = { .name = "" };
    WIPED(note_skey) struct note_skey witness = { .name = "" };
    struct checkpoint checkpoint = { .origin = "c.example/log", .size = LEAF_COUNT };
    struct note_vkey vkey;
    char vkey_text[NOTE_VKEY_ROOM];
    char *note = NULL;
    char *cosigned = NULL;
    size_t len = 0;

    assert_ok(note_skey_new("c.example/log", NOTE_ED25519, &skey));
    assert_ok(note_skey_new("c.example/witness", NOTE_COSIGNATURE, &witness));
    checkpoint.root = log->roots[LEAF_COUNT];
    assert_ok(checkpoint_sign(&checkpoint, &skey, &note, &len));
    assert_ok(note_add_signature(note, len, &witness, 1790000000, &cosigned, &len));
    write_file(folder, "c.note", cosigned, len);
    note_vkey_of(&skey, &vkey);
    note_vkey_format(&vkey, vkey_text);
    write_file(folder, "c.vkey", vkey_text, strlen(vkey_text));
    free(note);
    free(cosigned);
}

static void
the_peer_verifies_our_checkpoint_and_proofs(void **state)
{
    struct tree_reader reader = log_fill(&the_log);
    char *folder = temp_folder();

    (void) state;
    write_checkpoint(folder, &the_log);
    write_proofs(folder, &reader);
    run_peer("check", folder);
    temp_remove(folder);
}

/* Reads the next word of a line as a hash; returns whether there was one. */
static bool
next_hash(char **rest, struct tree_hash *out)
{
    const char *word = strsep(rest, " ");
    size_t len = 0;

    if (word == NULL) {
        return false;
    }
    assert_ok(bytes_from_base64(word, strlen(word), out->bytes, TREE_HASH_LEN, &len));
    assert_int_equal(len, TREE_HASH_LEN);
    return true;
}

static void
check_line(char *line, const struct log *log)
{
    const char *kind = strsep(&line, " ");
    uint64_t first = strtoull(strsep(&line, " "), NULL, 10);
    uint64_t size = strtoull(strsep(&line, " "), NULL, 10);
    struct tree_proof proof = { .count = 0 };

    assert_true(first <= size && size <= LEAF_COUNT);
    while (next_hash(&line, &proof.hashes[proof.count])) {
        proof.count++;
        assert_true(proof.count < TREE_PROOF_MAX);
    }
    if (strcmp(kind, "inclusion") == 0) {
        assert_ok(
            tree_verify_inclusion(&log->nodes[0][first], first, size, &log->roots[size], &proof));
    } else {
        assert_ok(
            tree_verify_consistency(first, &log->roots[first], size, &log->roots[size], &proof));
    }
}

static void
we_verify_the_checkpoint_and_proofs_of_the_peer(void **state)
{
    struct checkpoint_seen seen;
    struct note_vkey vkey;
    struct checkpoint_policy policy = { .origin = "go.example/log", .log = &vkey };
    char *folder = temp_folder();
    size_t len = 0;
    size_t count = 0;
    char *vkey_text;
    char *note;
    char *proofs;
    char *rest;

    (void) state;
    log_fill(&the_log);
    run_peer("make", folder);
    vkey_text = read_file(folder, "go.vkey", &len);
    assert_ok(note_vkey_parse(vkey_text, &vkey));
    note = read_file(folder, "go.note", &len);
    assert_ok(checkpoint_verify(note, len, &policy, &seen));
    assert_int_equal(seen.checkpoint.size, LEAF_COUNT);
    assert_memory_equal(seen.checkpoint.root.bytes, the_log.roots[LEAF_COUNT].bytes, TREE_HASH_LEN);
    proofs = read_file(folder, "go.proofs", &len);
    rest = proofs;
    for (char *line = strsep(&rest, "\n"); rest != NULL; line = strsep(&rest, "\n")) {
        check_line(line, &the_log);
        count++;
    }
    assert_int_equal(count, LEAF_COUNT * (LEAF_COUNT + 1));
    free(vkey_text);
    free(note);
    free(proofs);
    temp_remove(folder);
}

/* The secret key's text is the peer's too: the same key signs the same note. */
static void
a_secret_key_of_the_peer_signs_as_the_peer_does(void **state)
{
    WIPED(note_skey) struct note_skey skey = { .name = "" };
    struct checkpoint checkpoint = { .origin = "go.example/log", .size = LEAF_COUNT };
    char *folder = temp_folder();
    char *skey_text;
    char *theirs;
    char *ours = NULL;
    size_t theirs_len = 0;
    size_t ours_len = 0;

    (void) state;
    log_fill(&the_log);
    checkpoint.root = the_log.roots[LEAF_COUNT];
    run_peer("make", folder);
    skey_text = read_file(folder, "go.skey", &theirs_len);
    assert_ok(note_skey_parse(skey_text, &skey));
    theirs = read_file(folder, "go.note", &theirs_len);
    assert_ok(checkpoint_sign(&checkpoint, &skey, &ours, &ours_len));
    assert_string_equal(ours, theirs);
    free(skey_text);
    free(theirs);
    free(ours);
    temp_remove(folder);
}

int
main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_peer_verifies_our_checkpoint_and_proofs),
        cmocka_unit_test(we_verify_the_checkpoint_and_proofs_of_the_peer),
        cmocka_unit_test(a_secret_key_of_the_peer_signs_as_the_peer_does),
    };

    if (argc != 2 || sodium_init() < 0) {
        fprintf(stderr, "usage: test_ledger_peer PATH-OF-THE-PEER\n");
        return 2;
    }
    peer_path = argv[1];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
