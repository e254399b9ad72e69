/* What was asked and created, as JSON and as lines for people. */
#include "sandbox/log.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/json.h"
#include "protocol/text.h"
#include "sandbox/clock.h"

bool pgaii_log_init(pgaii_log *log)
{
    log->count = 0;
    log->entries = calloc(PGAII_LOG_REQUESTS, sizeof(*log->entries));
    return log->entries != NULL;
}

static void copy_text(char *out, size_t size, pgai_text text)
{
    size_t length = text.length < size - 1 ? text.length : size - 1;

    if (length > 0)
        memcpy(out, text.data, length);
    out[length] = '\0';
}

const pgaii_log_entry *
pgaii_log_add(pgaii_log *log, const pgaii_sandbox_exchange *exchange, pgaii_key key,
              uint64_t connection, const pgaii_fault *fault)
{
    pgaii_log_entry *entry = &log->entries[log->count++ % PGAII_LOG_REQUESTS];

    entry->time_ms = exchange->now_ms;
    entry->request_id = exchange->response.request_id;
    entry->connection = connection;
    entry->fault = fault;
    entry->key = key;
    entry->status = exchange->response.status;
    copy_text(entry->method, sizeof(entry->method), exchange->request->method);
    copy_text(entry->target, sizeof(entry->target), exchange->request->target);
    return entry;
}

static void write_entry(const pgaii_log_entry *entry, pgaii_buffer *out)
{
    char date[PGAII_ISO_DATE_SIZE];

    pgaii_clock_iso_date(entry->time_ms, date);
    pgaii_buffer_printf(out,
                        "{\"id\":\"sandbox-%08" PRIu64 "\",\"connection\":%" PRIu64
                        ",\"time\":\"%s\",\"method\":",
                        entry->request_id, entry->connection, date);
    pgaii_json_add_string(out, pgaii_text(entry->method));
    pgaii_buffer_add_string(out, ",\"target\":");
    pgaii_json_add_string(out, pgaii_text(entry->target));
    pgaii_buffer_printf(out, ",\"status\":%d,\"key\":\"%s\"", entry->status,
                        pgaii_key_name(entry->key));
    if (entry->fault)
        pgaii_buffer_printf(out, ",\"fault\":\"%s\"", entry->fault->name);
    pgaii_buffer_add(out, "}", 1);
}

static void write_created(const pgaii_contacts *contacts, pgaii_buffer *out)
{
    int64_t end = pgaii_contacts_count(contacts);
    int64_t first = end - pgaii_contacts_created(contacts);

    for (int64_t i = first; i < end; i++) {
        if (i > first)
            pgaii_buffer_add(out, ",", 1);
        pgaii_contacts_add_whole(contacts, i, out);
    }
}

bool pgaii_log_write(const pgaii_log *log, const pgaii_contacts *contacts,
                     uint64_t connections, pgaii_buffer *out)
{
    uint64_t first =
        log->count > PGAII_LOG_REQUESTS ? log->count - PGAII_LOG_REQUESTS : 0;

    pgaii_buffer_add_string(out, "{\"requests\":[");
    for (uint64_t i = first; i < log->count; i++) {
        if (i > first)
            pgaii_buffer_add(out, ",", 1);
        write_entry(&log->entries[i % PGAII_LOG_REQUESTS], out);
    }
    pgaii_buffer_add_string(out, "],\"created\":[");
    write_created(contacts, out);
    return pgaii_buffer_printf(out,
                               "],\"counts\":{\"requests\":%" PRIu64
                               ",\"created\":%" PRId64 ",\"connections\":%" PRIu64 "}}",
                               log->count, pgaii_contacts_created(contacts), connections);
}

void pgaii_log_print(const pgaii_log_entry *entry)
{
    char date[PGAII_ISO_DATE_SIZE];

    pgaii_clock_iso_date(entry->time_ms, date);
    fprintf(stderr, "%s %s %s %d%s%s\n", date, entry->method, entry->target,
            entry->status, entry->fault ? " fault=" : "",
            entry->fault ? entry->fault->name : "");
}

void pgaii_log_reset(pgaii_log *log)
{
    log->count = 0;
}

void pgaii_log_clear(pgaii_log *log)
{
    free(log->entries);
    log->entries = NULL;
}
