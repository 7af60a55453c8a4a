/* SPDX-License-Identifier: EUPL-1.2 */
#include "vault/case_book.h"

#include <stdlib.h>
#include <string.h>

#include "vault/case_row.h"

/* Invariants under 'lock': 'cases' is ascending by year and number, count <= room, and 'change' is the
 * highest one of all cases.  No caller's function runs under it: who calls cases_wake may hold a lock that
 * such a function takes. */
struct case_book {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct case_summary *cases;
    size_t count;
    size_t room;
    uint64_t change;
    uint64_t wakes; /* calls of cases_wake */
};

static uint64_t
rank_of(const struct case_summary *summary)
{
    return (uint64_t) summary->year << 32 | summary->number;
}

/* The place of the first case of this rank or a higher one. */
static size_t
place_of(const struct case_book *book, uint64_t rank)
{
    size_t low = 0;
    size_t high = book->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (rank_of(&book->cases[middle]) < rank) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static enum err
reserve(struct case_book *book, size_t count)
{
    size_t room = book->room == 0 ? 64 : book->room;
    struct case_summary *cases;

    while (room < book->count + count) {
        room *= 2;
    }
    if (room == book->room) {
        return ERR_OK;
    }
    cases = realloc(book->cases, room * sizeof *cases);
    if (cases == NULL) {
        return ERR_NOMEM;
    }
    book->cases = cases;
    book->room = room;
    return ERR_OK;
}

static void
put(struct case_book *book, const struct case_summary *summary)
{
    size_t at = place_of(book, rank_of(summary));

    if (at == book->count || rank_of(&book->cases[at]) != rank_of(summary)) {
        memmove(&book->cases[at + 1], &book->cases[at], (book->count - at) * sizeof book->cases[0]);
        book->count++;
    }
    book->change++;
    book->cases[at] = *summary;
    book->cases[at].change = book->change;
}

/* ---- opening ---- */

static enum err
read_page(struct vault *vault, struct case_book *book, const struct store_page *page,
          struct case_file *file)
{
    enum err err = reserve(book, page->count);

    for (size_t i = 0; i < page->count && err == ERR_OK; i++) {
        const struct store_row *stored = &page->rows[i];
        struct row row = { .data = NULL };

        err = row_open(vault, &stored->key, stored->data, stored->len, &row);
        if (err == ERR_OK) {
            err = case_row_read(row.data, row.len, file);
        }
        row_done(&row);
        if (err == ERR_OK) {
            put(book, &file->summary);
        }
    }
    return err;
}

static enum err
read_all(struct vault *vault, struct case_book *book)
{
    struct case_file *file = malloc(sizeof *file);
    struct store_range range = { .space = STORE_CASES, .limit = 100 };
    struct store_key after;
    bool is_last = false;
    enum err err = file == NULL ? ERR_NOMEM : ERR_OK;

    while (err == ERR_OK && !is_last) {
        struct store_page page = { .rows = NULL };

        err = store_scan(vault->config.store, NULL, &range, &page);
        if (err != ERR_OK) {
            break;
        }
        err = read_page(vault, book, &page, file);
        is_last = page.is_last || page.count == 0;
        if (page.count > 0) {
            after = page.rows[page.count - 1].key;
            range.after = &after;
        }
        store_page_done(&page);
    }
    free(file);
    return err;
}

enum err
case_book_open(struct vault *vault, struct case_book **out)
{
    struct case_book *book = calloc(1, sizeof *book);
    enum err err;

    if (book == NULL) {
        return ERR_NOMEM;
    }
    if (pthread_mutex_init(&book->lock, NULL) != 0) {
        free(book);
        return ERR_NOMEM;
    }
    if (pthread_cond_init(&book->changed, NULL) != 0) {
        pthread_mutex_destroy(&book->lock);
        free(book);
        return ERR_NOMEM;
    }
    err = read_all(vault, book);
    if (err != ERR_OK) {
        case_book_close(book);
        return err;
    }
    *out = book;
    return ERR_OK;
}

void
case_book_close(struct case_book *book)
{
    if (book == NULL) {
        return;
    }
    pthread_cond_destroy(&book->changed);
    pthread_mutex_destroy(&book->lock);
    free(book->cases);
    free(book);
}

/* ---- for changes ---- */

enum err
case_book_reserve(struct case_book *book, size_t count)
{
    enum err err;

    pthread_mutex_lock(&book->lock);
    err = reserve(book, count);
    pthread_mutex_unlock(&book->lock);
    return err;
}

void
case_book_put(struct case_book *book, const struct case_summary *summary)
{
    pthread_mutex_lock(&book->lock);
    put(book, summary);
    pthread_cond_broadcast(&book->changed);
    pthread_mutex_unlock(&book->lock);
}

uint32_t
case_book_last_number(struct case_book *book, uint16_t year)
{
    uint32_t number = 0;
    size_t at;

    pthread_mutex_lock(&book->lock);
    at = place_of(book, (uint64_t) (year + 1) << 32);
    if (at > 0 && book->cases[at - 1].year == year) {
        number = book->cases[at - 1].number;
    }
    pthread_mutex_unlock(&book->lock);
    return number;
}

/* ---- listing and waiting ---- */

void
cases_list(struct vault *vault, const struct case_query *query, struct case_summary *out,
           size_t cap, size_t *out_count)
{
    struct case_book *book = vault->book;
    size_t count = 0;
    size_t at;

    pthread_mutex_lock(&book->lock);
    at = query->before == 0 ? book->count : place_of(book, query->before);
    while (at > 0 && count < cap) {
        const struct case_summary *summary = &book->cases[at - 1];

        at--;
        if ((query->include_closed || summary->state != CASE_CLOSED) &&
            (query->changed_after_s == 0 || summary->changed_at > query->changed_after_s)) {
            out[count] = *summary;
            count++;
        }
    }
    pthread_mutex_unlock(&book->lock);
    *out_count = count;
}

uint64_t
cases_now(struct vault *vault)
{
    uint64_t change;

    pthread_mutex_lock(&vault->book->lock);
    change = vault->book->change;
    pthread_mutex_unlock(&vault->book->lock);
    return change;
}

/* The case that changed next after 'cursor'; NULL: none. */
static const struct case_summary *
next_change(const struct case_book *book, uint64_t cursor)
{
    const struct case_summary *next = NULL;

    for (size_t i = 0; i < book->count; i++) {
        if (book->cases[i].change > cursor &&
            (next == NULL || book->cases[i].change < next->change)) {
            next = &book->cases[i];
        }
    }
    return next;
}

void
cases_changes(struct vault *vault, uint64_t *cursor, struct case_summary *out, size_t cap,
              size_t *out_count)
{
    struct case_book *book = vault->book;
    size_t count = 0;

    pthread_mutex_lock(&book->lock);
    while (count < cap) {
        const struct case_summary *next = next_change(book, *cursor);

        if (next == NULL) {
            break;
        }
        out[count] = *next;
        *cursor = next->change;
        count++;
    }
    pthread_mutex_unlock(&book->lock);
    *out_count = count;
}

bool
cases_wait(struct vault *vault, uint64_t cursor, bool (*is_over)(void *context), void *context)
{
    struct case_book *book = vault->book;
    bool has_changed;
    bool has_ended = false;

    pthread_mutex_lock(&book->lock);
    while (book->change <= cursor && !has_ended) {
        uint64_t wakes = book->wakes;

        pthread_mutex_unlock(&book->lock);
        has_ended = is_over(context);
        pthread_mutex_lock(&book->lock);
        while (!has_ended && book->change <= cursor && book->wakes == wakes) {
            pthread_cond_wait(&book->changed, &book->lock);
        }
    }
    has_changed = book->change > cursor;
    pthread_mutex_unlock(&book->lock);
    return has_changed;
}

void
cases_wake(struct vault *vault)
{
    pthread_mutex_lock(&vault->book->lock);
    vault->book->wakes++;
    pthread_cond_broadcast(&vault->book->changed);
    pthread_mutex_unlock(&vault->book->lock);
}
