/* Who is told what happens: the program's own function, and stderr. */
#include "client/observer.h"

#include <stdio.h>

#include "engine/process.h"

/* In one piece, so that lines of several threads do not mix. */
static void write_line(const char *level, const char *text)
{
    char line[PGAI_EVENT_TEXT_SIZE + 32];

    snprintf(line, sizeof(line), "pgai: %s: %s\n", level, text);
    fputs(line, stderr);
}

static void read_log(pgaii_observer *observer)
{
    const char *name = pgaii_process_variable("PGAI_LOG");
    pgai_error error = PGAI_ERROR_INIT;

    if (!name)
        return;
    observer->logs = pgai_level_read(name, &observer->least, &error) == PGAI_OK;
    if (!observer->logs)
        write_line(pgai_level_name(PGAI_LEVEL_WARNING), error.message);
}

pgaii_observer pgaii_observer_of(const pgai_client_options *options)
{
    pgaii_observer observer = {.on_event = options->on_event,
                               .data = options->on_event_data};

    read_log(&observer);
    return observer;
}

bool pgaii_observer_listens(const pgaii_observer *observer)
{
    return observer->on_event || observer->logs;
}

void pgaii_observer_log(const pgaii_observer *observer, const pgai_event *event)
{
    pgai_level level = pgai_event_level(event);
    char text[PGAI_EVENT_TEXT_SIZE];

    if (!observer->logs || level < observer->least)
        return;
    pgai_event_text(event, text);
    write_line(pgai_level_name(level), text);
}

void pgaii_observer_tell(void *data, const pgai_event *event)
{
    const pgaii_observer *observer = data;

    pgaii_observer_log(observer, event);
    if (observer->on_event)
        observer->on_event(observer->data, event);
}

void pgaii_observer_warn(const char *text)
{
    pgaii_observer observer = {.on_event = NULL};

    read_log(&observer);
    if (observer.logs)
        write_line(pgai_level_name(PGAI_LEVEL_WARNING), text);
}
