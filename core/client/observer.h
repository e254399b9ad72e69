#ifndef PGAI_CLIENT_OBSERVER_H
#define PGAI_CLIENT_OBSERVER_H

#include <stdbool.h>

#include <pgai/client.h>

/** Who is told what happens in the calls of a client. */
typedef struct pgaii_observer {
    pgai_on_event on_event; /**< NULL: nobody */
    void *data;
    bool logs;        /**< write to stderr, too */
    pgai_level least; /**< only what matters as much */
} pgaii_observer;

/** The observer of a client's options and of PGAI_LOG. If that is no level, stderr is
 * told so. */
pgaii_observer pgaii_observer_of(const pgai_client_options *options);

/** Whether anybody listens. */
bool pgaii_observer_listens(const pgaii_observer *observer);

/** Write an event to stderr, if PGAI_LOG asks for it. */
void pgaii_observer_log(const pgaii_observer *observer, const pgai_event *event);

/** Tell about an event: foreign code runs, which may use the client, or fork.
 *
 * @param data  A pgaii_observer.
 */
void pgaii_observer_tell(void *data, const pgai_event *event);

/** Write what no call is about to stderr, if PGAI_LOG wants warnings. */
void pgaii_observer_warn(const char *text);

#endif
