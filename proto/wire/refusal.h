/* SPDX-License-Identifier: EUPL-1.2 */
#ifndef PROTO_WIRE_REFUSAL_H
#define PROTO_WIRE_REFUSAL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"

/* All that a service says to a caller whom it refuses: X(token, error, field, sentence with
 * remedy).
 *
 * The token is part of the wire contract: it is never renamed and never used for something else. 
 * The sentence is constant, so nothing of a request or of the store can leak through it; a client
 * finds the entry by its token and shows the sentence in the user's language.  The field is the
 * name in the .proto file, "" when none is to blame.  The error decides the gRPC status. */

/* Connection, message and call: any service. */
#define REFUSAL_MAP_CALL(X)                                                                        \
    X(NO_OIN, ERR_AUTH, "",                                                                        \
      "The certificate does not name exactly one OIN of 20 digits; ask for a new certificate.")    \
    X(CERTIFICATE_EXPIRED, ERR_AUTH, "",                                                           \
      "The certificate has expired; install its successor and connect again.")                     \
    X(UNKNOWN_PARTY, ERR_DENIED, "",                                                               \
      "The OIN of the certificate is not in the registry; ask governance to add it.")              \
    X(PARTY_ENDED, ERR_DENIED, "",                                                                 \
      "The registry entry of this party has ended; ask governance to renew it.")                   \
    X(REGISTRY_EXPIRED, ERR_UNAVAILABLE, "",                                                       \
      "The service's registry has run out; its operator must install the successor.")              \
    X(ROLE_NOT_ALLOWED, ERR_DENIED, "",                                                            \
      "The role of this party in the registry does not allow this call.")                          \
    X(UNKNOWN_METHOD, ERR_UNSUPPORTED, "",                                                         \
      "This service has no such method; compare the versions of client and service.")              \
    X(NO_MESSAGE, ERR_MALFORMED, "", "The call carries no message; send one.")                     \
    X(MESSAGE_COMPRESSED, ERR_UNSUPPORTED, "", "The message is compressed; send it uncompressed.") \
    X(MESSAGE_TOO_LONG, ERR_TOO_BIG, "",                                                           \
      "The message is longer than this method takes; send less at a time.")                        \
    X(MESSAGE_TOO_COSTLY, ERR_TOO_BIG, "",                                                         \
      "The message needs more memory than this method grants; send fewer elements.")               \
    X(MESSAGE_MALFORMED, ERR_MALFORMED, "",                                                        \
      "The message cannot be decoded; encode it by the published .proto file.")                    \
    X(UNKNOWN_FIELD, ERR_MALFORMED, "",                                                            \
      "The message has a field this version does not know; use the .proto file of this version.")  \
    X(UNKNOWN_VALUE, ERR_MALFORMED, "",                                                            \
      "A choice in the message has a value outside its list; use the .proto file of this "         \
      "version.")                                                                                  \
    X(BAD_TEXT, ERR_MALFORMED, "", "A text in the message is not UTF-8; correct its encoding.")    \
    X(NOT_CANONICAL, ERR_MALFORMED, "",                                                            \
      "The message is not encoded canonically: send each field once, no default values, "          \
      "and no zero byte within a text.")                                                           \
    X(BUSY, ERR_QUOTA, "", "The service has too many calls waiting; try again in a moment.")       \
    X(STOPPING, ERR_UNAVAILABLE, "", "The service is stopping; try again later.")                  \
    X(TOO_LATE, ERR_UNAVAILABLE, "",                                                               \
      "The call waited too long for its turn; surely nothing was done. Try again later.")          \
    X(CANCELLED, ERR_STATE, "", "The caller gave the call up.")                                    \
    X(UNAVAILABLE, ERR_UNAVAILABLE, "",                                                            \
      "The service cannot do this now; surely nothing was done. Try again later.")                 \
    X(OUTCOME_UNKNOWN, ERR_UNKNOWN, "",                                                            \
      "The service could not learn whether it was done; send the same again.")                     \
    X(NO_MEMORY, ERR_NOMEM, "", "The service is out of memory; try again later.")                  \
    X(STORAGE_FULL, ERR_FULL, "", "The service has no room left; its operator must make some.")    \
    X(INTERNAL, ERR_INTERNAL, "", "The service failed; its operator finds the reason in its log.") \
    X(BAD_USER, ERR_MALFORMED, "user",                                                             \
      "The user id must be 1 to 64 letters, digits, dots, hyphens or underscores.")                \
    X(INVALID, ERR_INVALID, "", "The request cannot be met as it stands; correct it.")             \
    X(NOT_FOUND, ERR_NOT_FOUND, "", "What the request names does not exist, or not for you.")      \
    X(CONFLICT, ERR_CONFLICT, "", "Somebody changed it meanwhile; look again and repeat.")

/* Pseudonym service. */
#define REFUSAL_MAP_PSEUDONYM(X)                                                                   \
    X(BAD_CONTEXT, ERR_MALFORMED, "context",                                                       \
      "The context must be the 11 bytes of this protocol version; update the client.")             \
    X(UNKNOWN_CONTEXT, ERR_INVALID, "context",                                                     \
      "The registry has no such context now; load the newest registry and try again.")             \
    X(BAD_ELEMENTS, ERR_MALFORMED, "blinded",                                                      \
      "Send 1 to 16 blinded elements of 32 bytes, each a valid group element.")                    \
    X(QUOTA_USED, ERR_QUOTA, "",                                                                   \
      "The quota of this organisation or person is used up; go on later or ask for more.")         \
    X(KEY_MISSING, ERR_UNAVAILABLE, "",                                                            \
      "The service does not hold the key it needs; its operator must put it back.")

/* Release gate. */
#define REFUSAL_MAP_GATE(X)                                                                        \
    X(BAD_RECORD, ERR_MALFORMED, "records",                                                        \
      "A record has not the form of this protocol version; compare the versions.")                 \
    X(BAD_RECORD_COUNT, ERR_INVALID, "records", "Name 2 to 64 records, each once.")                \
    X(NOT_ONE_COMPONENT, ERR_INVALID, "records",                                                   \
      "The records are not linked by two sectors to one whole; leave out what is not linked.")     \
    X(UNKNOWN_MEMBER, ERR_DENIED, "member",                                                        \
      "The registry has no such member of the CMZ team now; ask governance to add the member.")    \
    X(BAD_MEMBER_SIGNATURE, ERR_AUTH, "signature",                                                 \
      "The member's signature does not fit the request; sign with the member's current key.")      \
    X(SAME_MEMBER, ERR_DENIED, "confirmations",                                                    \
      "Two different members must confirm; ask a colleague.")                                      \
    X(NOT_RELEASED, ERR_STATE, "release_answer_hash",                                              \
      "The gate has not released all of these records; ask for their release first.")              \
    X(RELEASE_RATE, ERR_QUOTA, "member",                                                           \
      "This member has asked for too many releases today; go on tomorrow or ask the officer.")     \
    X(OLD_WISH, ERR_REPLAY, "nonce",                                                               \
      "This release was asked for on another day; the member must ask for it anew.")               \
    X(NOT_WAITING, ERR_NOT_FOUND, "rid", "No such record waits for the officer; list them again.") \
    X(BAD_GROUND, ERR_INVALID, "ground", "Name one of the grounds of this protocol version.")      \
    X(BAD_CASE, ERR_MALFORMED, "case_id", "The id of a case has 16 bytes; take it from the list.")

/* Review of flagged cases. */
#define REFUSAL_MAP_REVIEW(X)                                                                      \
    X(CASE_NOT_FOUND, ERR_NOT_FOUND, "case_id", "There is no such case; list the cases again.")    \
    X(CASE_STATE, ERR_STATE, "case_id",                                                            \
      "The case is not in a state in which this can be done; look at the case again.")             \
    X(NOT_IN_CASE, ERR_INVALID, "header_hashes",                                                   \
      "Not all of these signals belong to the case now; look at the case again.")                  \
    X(GATE_DOWN, ERR_UNAVAILABLE, "",                                                              \
      "The release gate cannot be reached; nothing was released. Try again later.")                \
    X(GATE_FAILED, ERR_INTERNAL, "",                                                               \
      "The release gate gave no valid answer; ask the operators of vault and gate to look.")       \
    X(RECORD_REJECTED, ERR_STATE, "",                                                              \
      "The gate does not accept one of the signals; ask the officer to look at the gate's log.")   \
    X(BAD_PURPOSE, ERR_INVALID, "purpose", "Name one of the purposes of this protocol version.")   \
    X(PARTED, ERR_STATE, "header_hashes",                                                          \
      "Two of these signals are not about the same person, as a member decided; release the "      \
      "case again and part one of them from the others.")                                          \
    X(BAD_LINKS, ERR_MALFORMED, "links",                                                           \
      "Each compared pair names two signals of the case and one verdict; at most 2016 pairs.")

/* Intake. */
#define REFUSAL_MAP_INTAKE(X)                                                                      \
    X(BAD_SUBMISSION, ERR_MALFORMED, "header",                                                     \
      "A part of the signal has not the length or form of this protocol version; update "          \
      "the client.")                                                                               \
    X(NOT_YOUR_SERIAL, ERR_DENIED, "header",                                                       \
      "The signal names another organisation than the certificate does; use the "                  \
      "certificate of the organisation that filed it.")                                            \
    X(BAD_SIGNATURE, ERR_AUTH, "signature",                                                        \
      "The signature does not fit the signal; sign with a key of the organisation that "           \
      "is valid in the registry.")                                                                 \
    X(RID_USED, ERR_EXISTS, "header",                                                              \
      "Another signal was filed under this number; file this one anew.")                           \
    X(REGISTRY_NOT_CURRENT, ERR_STATE, "header",                                                   \
      "The signal was made by another registry than the vault accepts; load the newest "           \
      "registry and file the signal anew.")                                                        \
    X(WRONG_CONTEXT, ERR_STATE, "header",                                                          \
      "The signal does not have a block for each context of the registry; load the "               \
      "newest registry and file the signal anew.")                                                 \
    X(BAD_TICKET, ERR_AUTH, "tickets",                                                             \
      "A ticket is not of this organisation, context and pseudonym service; file the "             \
      "signal anew.")                                                                              \
    X(TICKET_EXPIRED, ERR_EXPIRED, "tickets",                                                      \
      "A ticket is older than 7 days; file the signal anew.")                                      \
    X(TICKET_USED, ERR_EXISTS, "tickets", "A ticket was used before; file the signal anew.")       \
    X(SENT_TOO_FAR_OFF, ERR_INVALID, "sent",                                                       \
      "The time of sending is more than 24 hours off; set the clock right and file the "           \
      "signal anew.")                                                                              \
    X(BASIS_NOT_ALLOWED, ERR_INVALID, "header",                                                    \
      "The policy does not allow this legal basis to this sector; choose another one.")            \
    X(MODE_NOT_ALLOWED, ERR_INVALID, "header",                                                     \
      "The policy does not allow this release mode to this sector; choose another one.")           \
    X(WEEK_NOT_ALLOWED, ERR_INVALID, "header",                                                     \
      "The week of observation lies in the future or too long ago; correct the date.")             \
    X(BUCKET_NOT_ALLOWED, ERR_INVALID, "header",                                                   \
      "The month of expiry is over, or later than the policy allows; choose another "              \
      "one.")

/* Each service adds its own list below and names it here. */
#define REFUSAL_MAP(X)                                                                             \
    REFUSAL_MAP_CALL(X)                                                                            \
    REFUSAL_MAP_PSEUDONYM(X)                                                                       \
    REFUSAL_MAP_GATE(X)                                                                            \
    REFUSAL_MAP_REVIEW(X)                                                                          \
    REFUSAL_MAP_INTAKE(X)

#define REFUSAL_ENUM(token, error, field, sentence) REFUSAL_##token,
enum refusal { REFUSAL_NONE, REFUSAL_MAP(REFUSAL_ENUM) REFUSAL_COUNT };
#undef REFUSAL_ENUM

/* The parts of an entry; constants, never NULL.  REFUSAL_NONE has ERR_OK and empty texts. */
const char *refusal_token(enum refusal refusal);
enum err refusal_err(enum refusal refusal);
const char *refusal_field(enum refusal refusal);
const char *refusal_sentence(enum refusal refusal);

/* The refusal for an error that has none of its own; REFUSAL_NONE for ERR_OK. */
enum refusal refusal_of_err(enum err err);

enum { REFUSAL_MESSAGE_ROOM = 256 };

/* Writes "TOKEN: sentence", the text that goes over the wire, and returns its length. */
size_t refusal_message(enum refusal refusal, char out[REFUSAL_MESSAGE_ROOM]);

/* Finds the entry by the token at the front of such a text of 'len' bytes.  False: no known token
 * (the text is of another origin or of a newer service); '*out' is untouched. */
bool refusal_parse(const char *text, size_t len, enum refusal *out) MUST_CHECK;

#endif
