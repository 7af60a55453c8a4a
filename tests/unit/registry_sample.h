/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef TESTS_UNIT_REGISTRY_SAMPLE_H
#define TESTS_UNIT_REGISTRY_SAMPLE_H

/* The JSON of a registry, byte for byte as it is written.  All parties and persons are
 * fictitious; the keys are one repeated byte each. */
#define REGISTRY_SAMPLE                                                                            \
    "{\n"                                                                                          \
    " \"format\": \"sein1/registry\",\n"                                                           \
    " \"tenant\": 1963,\n"                                                                         \
    " \"municipality\": \"Voorbeeldwaard\",\n"                                                     \
    " \"version\": 7,\n"                                                                           \
    " \"first_day\": \"2026-01-01\",\n"                                                            \
    " \"last_day\": \"2027-12-31\",\n"                                                             \
    " \"demonstration\": true,\n"                                                                  \
    " \"retention_months\": 24,\n"                                                                 \
    " \"audit_vkey\": \"voorbeeldwaard.example/log+3c1d41cc+AeL+Kjm3MmZCgn1tgtSXYizWwpf+"          \
    "eCcOqkNrAfCGtvPL\",\n"                                                                        \
    " \"witness_vkey\": \"voorbeeldwaard.example/getuige+47653fac+"                                \
    "BFtkicnH/Q3PUFRefBZIhu9ASR7AbH8bEjBBeX6BF1Ne\",\n"                                            \
    " \"ctxs\": [\n"                                                                               \
    "  {\n"                                                                                        \
    "   \"epoch\": 2,\n"                                                                           \
    "   \"norm_version\": 1,\n"                                                                    \
    "   \"threshold\": 2,\n"                                                                       \
    "   \"voprf_key\": \"4vKuCmq8TnGohKlhxQBRX1jjC2qlgt2NtqZZReCNLXY=\",\n"                        \
    "   \"last_bucket\": 340\n"                                                                    \
    "  },\n"                                                                                       \
    "  {\n"                                                                                        \
    "   \"epoch\": 1,\n"                                                                           \
    "   \"norm_version\": 1,\n"                                                                    \
    "   \"threshold\": 2,\n"                                                                       \
    "   \"voprf_key\": \"akkyEPdJnNF/7LUQrgzqI6EQ6NW5AfisrdMJXHOjuRk=\",\n"                        \
    "   \"last_bucket\": 330\n"                                                                    \
    "  }\n"                                                                                        \
    " ],\n"                                                                                        \
    " \"service_keys\": [\n"                                                                       \
    "  {\n"                                                                                        \
    "   \"use\": \"ticket\",\n"                                                                    \
    "   \"key\": \"ISEhISEhISEhISEhISEhISEhISEhISEhISEhISEhISE=\",\n"                              \
    "   \"first_day\": \"2026-01-01\",\n"                                                          \
    "   \"last_day\": \"2026-06-30\"\n"                                                            \
    "  },\n"                                                                                       \
    "  {\n"                                                                                        \
    "   \"use\": \"ticket\",\n"                                                                    \
    "   \"key\": \"IiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiI=\",\n"                              \
    "   \"first_day\": \"2026-07-01\",\n"                                                          \
    "   \"last_day\": \"2027-12-31\"\n"                                                            \
    "  },\n"                                                                                       \
    "  {\n"                                                                                        \
    "   \"use\": \"receipt\",\n"                                                                   \
    "   \"key\": \"IyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyM=\",\n"                              \
    "   \"first_day\": \"2026-01-01\",\n"                                                          \
    "   \"last_day\": \"2027-12-31\"\n"                                                            \
    "  },\n"                                                                                       \
    "  {\n"                                                                                        \
    "   \"use\": \"answer\",\n"                                                                    \
    "   \"key\": \"JCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQ=\",\n"                              \
    "   \"first_day\": \"2026-01-01\",\n"                                                          \
    "   \"last_day\": \"2027-12-31\"\n"                                                            \
    "  }\n"                                                                                        \
    " ],\n"                                                                                        \
    " \"gate_keys\": [\n"                                                                          \
    "  {\n"                                                                                        \
    "   \"period\": 318,\n"                                                                        \
    "   \"key\": \"MTExMTExMTExMTExMTExMTExMTExMTExMTExMTExMTE=\"\n"                               \
    "  },\n"                                                                                       \
    "  {\n"                                                                                        \
    "   \"period\": 319,\n"                                                                        \
    "   \"key\": \"MjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjIyMjI=\"\n"                               \
    "  }\n"                                                                                        \
    " ],\n"                                                                                        \
    " \"team_keys\": [\n"                                                                          \
    "  {\n"                                                                                        \
    "   \"period\": 105,\n"                                                                        \
    "   \"key\": \"QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=\"\n"                               \
    "  },\n"                                                                                       \
    "  {\n"                                                                                        \
    "   \"period\": 106,\n"                                                                        \
    "   \"key\": \"QkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkI=\"\n"                               \
    "  }\n"                                                                                        \
    " ],\n"                                                                                        \
    " \"parties\": [\n"                                                                            \
    "  {\n"                                                                                        \
    "   \"oin\": \"00000099000000001000\",\n"                                                      \
    "   \"name\": \"Woonstichting Voorbeeld\",\n"                                                  \
    "   \"role\": \"partner\",\n"                                                                  \
    "   \"first_day\": \"2026-01-01\",\n"                                                          \
    "   \"last_day\": \"2027-12-31\",\n"                                                           \
    "   \"serial\": 1,\n"                                                                          \
    "   \"sector\": \"housing_corporation\",\n"                                                    \
    "   \"entity\": 11,\n"                                                                         \
    "   \"host\": false,\n"                                                                        \
    "   \"bsn\": false,\n"                                                                         \
    "   \"keys\": [\n"                                                                             \
    "    {\n"                                                                                      \
    "     \"key\": \"UVFRUVFRUVFRUVFRUVFRUVFRUVFRUVFRUVFRUVFRUVE=\",\n"                            \
    "     \"first_day\": \"2026-01-01\",\n"                                                        \
    "     \"last_day\": \"2026-06-30\"\n"                                                          \
    "    },\n"                                                                                     \
    "    {\n"                                                                                      \
    "     \"key\": \"UlJSUlJSUlJSUlJSUlJSUlJSUlJSUlJSUlJSUlJSUlI=\",\n"                            \
    "     \"first_day\": \"2026-07-01\",\n"                                                        \
    "     \"last_day\": \"2027-12-31\"\n"                                                          \
    "    }\n"                                                                                      \
    "   ]\n"                                                                                       \
    "  },\n"                                                                                       \
    "  {\n"                                                                                        \
    "   \"oin\": \"00000099000000002000\",\n"                                                      \
    "   \"name\": \"Huisartsenpraktijk De Proef\",\n"                                              \
    "   \"role\": \"partner\",\n"                                                                  \
    "   \"first_day\": \"2026-01-01\",\n"                                                          \
    "   \"last_day\": \"2027-12-31\",\n"                                                           \
    "   \"serial\": 2,\n"                                                                          \
    "   \"sector\": \"health_care\",\n"                                                            \
    "   \"entity\": 12,\n"                                                                         \
    "   \"host\": false,\n"                                                                        \
    "   \"bsn\": true,\n"                                                                          \
    "   \"keys\": [\n"                                                                             \
    "    {\n"                                                                                      \
    "     \"key\": \"U1NTU1NTU1NTU1NTU1NTU1NTU1NTU1NTU1NTU1NTU1M=\",\n"                            \
    "     \"first_day\": \"2026-01-01\",\n"                                                        \
    "     \"last_day\": \"2027-12-31\"\n"                                                          \
    "    }\n"                                                                                      \
    "   ]\n"                                                                                       \
    "  },\n"                                                                                       \
    "  {\n"                                                                                        \
    "   \"oin\": \"00000099000000003000\",\n"                                                      \
    "   \"name\": \"Kluis Voorbeeldwaard\",\n"                                                     \
    "   \"role\": \"vault\",\n"                                                                    \
    "   \"first_day\": \"2026-01-01\",\n"                                                          \
    "   \"last_day\": \"2026-12-31\"\n"                                                            \
    "  }\n"                                                                                        \
    " ],\n"                                                                                        \
    " \"members\": [\n"                                                                            \
    "  {\n"                                                                                        \
    "   \"id\": \"cmz-1\",\n"                                                                      \
    "   \"name\": \"A. Voorbeeld\",\n"                                                             \
    "   \"first_day\": \"2026-01-01\",\n"                                                          \
    "   \"last_day\": \"2027-12-31\",\n"                                                           \
    "   \"keys\": [\n"                                                                             \
    "    {\n"                                                                                      \
    "     \"key\": \"YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE=\",\n"                            \
    "     \"first_day\": \"2026-01-01\",\n"                                                        \
    "     \"last_day\": \"2027-12-31\"\n"                                                          \
    "    }\n"                                                                                      \
    "   ]\n"                                                                                       \
    "  },\n"                                                                                       \
    "  {\n"                                                                                        \
    "   \"id\": \"cmz-2\",\n"                                                                      \
    "   \"name\": \"B. Voorbeeld\",\n"                                                             \
    "   \"first_day\": \"2026-01-01\",\n"                                                          \
    "   \"last_day\": \"2027-12-31\",\n"                                                           \
    "   \"keys\": [\n"                                                                             \
    "    {\n"                                                                                      \
    "     \"key\": \"YmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmI=\",\n"                            \
    "     \"first_day\": \"2026-01-01\",\n"                                                        \
    "     \"last_day\": \"2027-12-31\"\n"                                                          \
    "    }\n"                                                                                      \
    "   ]\n"                                                                                       \
    "  }\n"                                                                                        \
    " ]\n"                                                                                         \
    "}\n"

#endif
