#ifndef PGAI_TESTS_SUPPORT_SERVED_H
#define PGAI_TESTS_SUPPORT_SERVED_H

#include <pgai/client.h>

#include "support/peer.h"

/** @file
 * The peer that tests of a program share, and a client of it: what cmocka calls before
 * and after a test, or a group of them.
 */

extern peer *server;
extern pgai_client *client; /**< NULL until it is made */

/** Start @c server. */
int serve(void **state);
int serve_no_more(void **state);

/** Start @c server, and make @c client with SAMPLE_KEY. */
int serve_client(void **state);
int serve_client_no_more(void **state);

#endif
