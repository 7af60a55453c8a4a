# SPDX-License-Identifier: EUPL-1.2
# How the demonstration speaks: two languages, plain words.  Sourced.

# The language: --lang, else the first of LC_ALL, LC_MESSAGES, LANG that is set.
choose_language() {
    local wish=${1:-${LC_ALL:-${LC_MESSAGES:-${LANG:-en}}}}
    case $wish in nl*) lang=nl ;; *) lang=en ;; esac
    export SEIN_LANG=$lang
}

# say ENGLISH DUTCH: one line for people, in their language.
say() { if [ "$lang" = nl ]; then printf '%s\n' "$2"; else printf '%s\n' "$1"; fi; }

# head ENGLISH DUTCH: the title of a step.
title() {
    printf '\n'
    if [ -t 1 ]; then printf '\033[1m'; fi
    say "$1" "$2"
    if [ -t 1 ]; then printf '\033[0m'; fi
}

# What goes wrong, and what to do.
fail() {
    say "$1" "$2" >&2
    exit 1
}
