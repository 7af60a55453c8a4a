/* SPDX-License-Identifier: EUPL-1.2 */
#include "tools/measure/figures.h"

#include <stdio.h>
#include <time.h>

#include <jansson.h>

#include "tools/measure/meter.h"

static struct {
    FILE *text;
    json_t *list; /* NULL: no JSON is wanted */
    const char *part;
    int missed;
} state;

void
figures_begin(bool as_json)
{
    state.text = as_json ? stderr : stdout;
    state.list = as_json ? json_array() : NULL;
}

void
figures_part(const char *name, const char *title)
{
    state.part = name;
    fprintf(state.text, "\n%s\n", title);
    fflush(state.text);
}

void
figures_note(const char *text)
{
    fprintf(state.text, "  %s\n", text);
    fflush(state.text);
}

static int
decimals(double value)
{
    if (value < 10) {
        return 2;
    }
    return value < 100 ? 1 : 0;
}

static void
remember(const char *name, double value, const char *unit, enum figure_aim aim, double bound,
         bool is_met)
{
    json_t *row = NULL;

    if (state.list == NULL) {
        return;
    }
    row = json_pack("{s:s, s:s, s:f, s:s}", "part", state.part, "name", name, "value", value,
                    "unit", unit);
    if (row == NULL) {
        meter_fail("figures", "out of memory");
    }
    if (aim != FIGURE_NO_AIM) {
        json_object_set_new(row, aim == FIGURE_AT_LEAST ? "at_least" : "at_most", json_real(bound));
        json_object_set_new(row, "is_met", json_boolean(is_met));
    }
    json_array_append_new(state.list, row);
}

void
figure_aimed(const char *name, double value, const char *unit, enum figure_aim aim, double bound)
{
    bool is_met =
        aim == FIGURE_NO_AIM || (aim == FIGURE_AT_LEAST ? value >= bound : value <= bound);

    fprintf(state.text, "  %-58s %12.*f %s", name, decimals(value), value, unit);
    if (aim != FIGURE_NO_AIM) {
        fprintf(state.text, "   (aim: %s %g: %s)", aim == FIGURE_AT_LEAST ? "at least" : "at most",
                bound, is_met ? "met" : "MISSED");
        state.missed += is_met ? 0 : 1;
    }
    fprintf(state.text, "\n");
    fflush(state.text);
    remember(name, value, unit, aim, bound, is_met);
}

void
figure(const char *name, double value, const char *unit)
{
    figure_aimed(name, value, unit, FIGURE_NO_AIM, 0);
}

int
figures_end(void)
{
    if (state.list != NULL) {
        json_t *whole =
            json_pack("{s:i, s:I, s:o, s:i}", "format", 1, "taken_at", (json_int_t) time(NULL),
                      "figures", state.list, "aims_missed", state.missed);

        if (whole == NULL || json_dumpf(whole, stdout, JSON_INDENT(2)) != 0) {
            meter_fail("figures", "could not be written");
        }
        printf("\n");
        json_decref(whole);
    }
    return state.missed;
}
