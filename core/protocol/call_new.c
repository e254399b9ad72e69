/* Calls, made from the arguments of their operations. */
#include "protocol/call.h"

#include <string.h>

#include "protocol/call_options.h"
#include "protocol/error.h"
#include "protocol/memory.h"
#include "protocol/parts.h"
#include "protocol/session.h"

/* The part of making a call that all operations share; the request is built next. */
static pgai_status new_call(pgai_session *session, const pgaii_operation *operation,
                            const pgai_call_options *call_options, pgai_call **out,
                            pgai_error *error)
{
    pgai_call_options wanted;
    pgai_call *call;
    pgai_status status;

    if (!out)
        return pgaii_fail(error, PGAI_USAGE, "out is NULL");
    *out = NULL;
    if (!session)
        return pgaii_fail(error, PGAI_USAGE, "session is NULL");
    status = pgaii_call_options_merge(&wanted, call_options, &pgaii_call_options_default,
                                      error);
    if (status != PGAI_OK)
        return status;
    call = pgaii_new(sizeof(*call));
    if (!call)
        return pgaii_fail_memory(error);
    call->session = session;
    call->options = wanted;
    call->error.struct_size = sizeof(call->error);
    call->waiting_since = -1;
    call->end_at = INT64_MAX;
    call->expected = (pgaii_expectation){operation, NULL, PGAI_UNSET, session->key};
    *out = call;
    return PGAI_OK;
}

/* Keep the call if its request could be built. */
static pgai_status keep_call(pgai_call **out, pgai_status status)
{
    if (status != PGAI_OK) {
        pgai_call_free(*out);
        *out = NULL;
    }
    return status;
}

pgai_status pgai_call_new_list(pgai_session *session, const pgai_list_options *options,
                               const pgai_call_options *call_options, pgai_call **out,
                               pgai_error *error)
{
    pgai_status status =
        new_call(session, &pgaii_operation_list, call_options, out, error);

    if (status != PGAI_OK)
        return status;
    status = pgaii_request_list(&(*out)->request, session, options, error);
    if (status == PGAI_OK && options)
        (*out)->expected.page = options->page;
    return keep_call(out, status);
}

pgai_status pgai_call_new_get(pgai_session *session, const char *id,
                              const pgai_call_options *call_options, pgai_call **out,
                              pgai_error *error)
{
    pgai_status status =
        new_call(session, &pgaii_operation_get, call_options, out, error);
    pgai_call *call;

    if (status != PGAI_OK)
        return status;
    call = *out;
    status = pgaii_request_get(&call->request, session, id, error);
    if (status == PGAI_OK) {
        call->id = pgaii_copy(id, strlen(id));
        call->expected.id = call->id;
        status = call->id ? PGAI_OK : pgaii_fail_memory(error);
    }
    return keep_call(out, status);
}

pgai_status pgai_call_new_create(pgai_session *session, const pgai_contact_fields *fields,
                                 const pgai_call_options *call_options, pgai_call **out,
                                 pgai_error *error)
{
    pgai_status status =
        new_call(session, &pgaii_operation_create, call_options, out, error);

    if (status != PGAI_OK)
        return status;
    return keep_call(out, pgaii_request_create(&(*out)->request, session, fields, error));
}

pgai_status pgai_call_new_request(pgai_session *session,
                                  const pgai_request_options *options,
                                  const pgai_call_options *call_options, pgai_call **out,
                                  pgai_error *error)
{
    pgai_status status =
        new_call(session, &pgaii_operation_request, call_options, out, error);

    if (status != PGAI_OK)
        return status;
    return keep_call(out,
                     pgaii_request_endpoint(&(*out)->request, session, options, error));
}

pgai_status pgai_call_new_plan(pgai_session *session, int64_t parts, int64_t limit,
                               const pgai_call_options *call_options, pgai_call **out,
                               pgai_error *error)
{
    pgai_list_options options = PGAI_LIST_OPTIONS_INIT;
    pgai_status status;

    if (out)
        *out = NULL;
    status = pgaii_parts_check(parts, error);
    if (status != PGAI_OK)
        return status;
    options.page = 1;
    options.limit = limit != PGAI_UNSET ? limit : PGAII_DEFAULT_LIMIT;
    status = pgai_call_new_list(session, &options, call_options, out, error);
    if (status == PGAI_OK) {
        (*out)->parts = parts;
        (*out)->limit = options.limit;
    }
    return status;
}
