#ifndef PGAI_TESTS_SANDBOX_FAULTY_H
#define PGAI_TESTS_SANDBOX_FAULTY_H

#include <stdint.h>

#include <jansson.h>
#include <pgai/sandbox.h>

#include "support/http_peer.h"

/** @file
 * A sandbox of 1,000 contacts that is told to fail, one rule at a time.
 */

/** A page of two contacts, and a body that creates one. */
#define FAULTY_LIST "/v1/contacts?page=2&limit=2"
#define FAULTY_CREATE "{\"first_name\":\"Ann\"}"

/** The fixture: its state is the sandbox. */
int faulty_start(void **state);
int faulty_stop(void **state);

/** Reset the sandbox and add a rule, or an array of them. */
void faulty_add(pgai_sandbox *sandbox, const char *rule);

/** What comes of one request under one rule, until the response is whole or all is over.
 */
http_response faulty_ask(pgai_sandbox *sandbox, const char *rule, const char *method,
                         const char *target, const char *body);

/** faulty_ask() for FAULTY_LIST. */
http_response faulty_list(pgai_sandbox *sandbox, const char *rule);

/** The same, and whatever comes until the server ends the connection. */
http_response faulty_list_to_the_end(pgai_sandbox *sandbox, const char *rule);

/** The same for a request that asks the server to close behind the response. */
http_response faulty_list_and_close(pgai_sandbox *sandbox, const char *rule);

/** FAULTY_LIST under a rule has a piece of text somewhere in its response. */
void faulty_assert(pgai_sandbox *sandbox, const char *rule, const char *text);

/** The body as a tree, NULL when it is not JSON. */
json_t *faulty_body(const http_response *response);

/** How many contacts the service really created. */
int64_t faulty_created(pgai_sandbox *sandbox);

#endif
