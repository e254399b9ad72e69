/* The documented operations: routes, permissions, lists and contacts. */
#include "sandbox/service.h"

#include <inttypes.h>
#include <string.h>

#include "protocol/text.h"

#define COLLECTION PGAII_SERVICE_BASE "/contacts"
#define ITEM COLLECTION "/"

/* Read a parameter that is a whole number from 1; false, and a 400, when it is not. If it
 * is absent, @p out is unchanged. */
static bool read_number(const char *name, int64_t *out, pgaii_sandbox_exchange *exchange)
{
    pgai_text value = pgaii_query_value(exchange->request->query, name);
    int64_t number;

    if (!value.data)
        return true;
    if (!pgaii_text_number(value, &number) || number < 1) {
        pgaii_sandbox_response_start(&exchange->response);
        exchange->response.status = 400;
        pgaii_buffer_printf(&exchange->response.body,
                            "{\"error\": \"%s must be an integer of at least 1\"}", name);
        return false;
    }
    *out = number;
    return true;
}

/* The first contact of a page, or the number of contacts when the page is beyond them. */
static int64_t first_of(int64_t page, int64_t limit, int64_t total)
{
    return page - 1 <= total / limit ? (page - 1) * limit : total;
}

/* The limit that is used for the one requested. */
static int64_t
used_limit(const pgaii_service *service, const pgaii_list_changes *changes, int64_t limit)
{
    int64_t most = changes->most > 0 ? changes->most : service->max_limit;
    int64_t used;

    limit = limit < most ? limit : most;
    if (!changes->limits)
        return limit;
    used = changes->limits[0];
    for (const int64_t *at = changes->limits; *at > 0 && *at <= limit; at++)
        used = *at;
    return used;
}

static void answer_list(pgaii_service *service, pgaii_sandbox_exchange *exchange)
{
    const pgaii_list_changes *changes = &exchange->list;
    pgaii_buffer *body = &exchange->response.body;
    int64_t total = pgaii_contacts_living(service->contacts);
    int64_t limit = service->page_limit;
    int64_t page = 1;
    int64_t start;
    int64_t end;

    if (!read_number("page", &page, exchange) ||
        !read_number("per_page", &limit, exchange) ||
        !read_number("limit", &limit, exchange))
        return;
    limit = used_limit(service, changes, limit);
    start = first_of(changes->from_page > 0 ? changes->from_page : page, limit, total);
    end = total - start < limit ? total : start + limit;
    end = end - start > changes->drop ? end - changes->drop : start;
    pgaii_buffer_add_string(body, "{\"data\":[");
    for (int64_t i = start; i < end; i++) {
        if (i > start)
            pgaii_buffer_add(body, ",", 1);
        pgaii_contacts_add_listed(service->contacts,
                                  pgaii_contacts_at(service->contacts, i), body);
    }
    pgaii_buffer_printf(body,
                        "],\"pagination\":{\"page\":%" PRId64 ",\"limit\":%" PRId64
                        ",\"total\":%" PRId64 "}}",
                        page, limit, total);
}

static void answer_get(pgaii_service *service, pgaii_sandbox_exchange *exchange)
{
    pgai_text encoded = exchange->request->path;
    int64_t index = -1;
    pgaii_buffer id;

    pgaii_buffer_init(&id, encoded.length);
    encoded.data += strlen(ITEM);
    encoded.length -= strlen(ITEM);
    if (pgaii_percent_decode(encoded, &id))
        index = pgaii_contacts_find(service->contacts, (pgai_text){id.data, id.length});
    if (index >= 0)
        pgaii_contacts_add_whole(service->contacts, index, &exchange->response.body);
    else
        pgaii_sandbox_response_error(&exchange->response, 404, "Contact not found");
    pgaii_buffer_clear(&id);
}

static const struct route {
    const char *method;
    const char *path;
    bool below; /* any path that continues after this one */
    pgaii_sandbox_operation operation;
    pgaii_scope scope;
    const char *scope_name;
    void (*respond)(pgaii_service *service, pgaii_sandbox_exchange *exchange);
} routes[] = {
    {"GET", COLLECTION, false, PGAII_SANDBOX_LIST, PGAII_SCOPE_READ, "contacts:read",
     answer_list},
    {"POST", COLLECTION, false, PGAII_SANDBOX_CREATE, PGAII_SCOPE_WRITE, "contacts:write",
     pgaii_service_create},
    {"GET", ITEM, true, PGAII_SANDBOX_GET, PGAII_SCOPE_READ, "contacts:read", answer_get},
};
enum { ROUTES = sizeof(routes) / sizeof(routes[0]) };

static bool route_has_path(const struct route *route, pgai_text path)
{
    size_t length = strlen(route->path);

    if (path.length < length || memcmp(path.data, route->path, length) != 0)
        return false;
    return route->below == (path.length > length);
}

static const struct route *find_route(const pgaii_sandbox_request *request)
{
    for (size_t i = 0; i < ROUTES; i++) {
        if (route_has_path(&routes[i], request->path) &&
            pgaii_text_equal(request->method, pgaii_text(routes[i].method)))
            return &routes[i];
    }
    return NULL;
}

pgaii_sandbox_operation pgaii_service_operation(const pgaii_sandbox_request *request)
{
    const struct route *route = find_route(request);

    return route ? route->operation : PGAII_OTHER;
}

/* No such path, or none with this method; then the response must list those there are. */
static void answer_no_route(pgaii_sandbox_exchange *exchange)
{
    pgaii_buffer *headers = &exchange->response.headers;
    bool found = false;

    for (size_t i = 0; i < ROUTES; i++) {
        if (!route_has_path(&routes[i], exchange->request->path))
            continue;
        pgaii_buffer_printf(headers, "%s%s", found ? ", " : "Allow: ", routes[i].method);
        found = true;
    }
    if (found)
        pgaii_buffer_add_string(headers, "\r\n");
    pgaii_sandbox_response_error(&exchange->response, found ? 405 : 404,
                                 found ? "Method not allowed" : "Not found");
}

static void answer_forbidden(const char *scope, pgaii_sandbox_exchange *exchange)
{
    exchange->response.status = 403;
    pgaii_buffer_printf(
        &exchange->response.body,
        "{\"error\": {\"type\": \"authorization_error\", \"code\": \"forbidden\", "
        "\"message\": \"This API key lacks a permission. Required scope: %s\"}}",
        scope);
}

void pgaii_service_answer(pgaii_service *service, pgaii_key key,
                          pgaii_sandbox_exchange *exchange)
{
    const struct route *route = find_route(exchange->request);

    if (!route)
        answer_no_route(exchange);
    else if (!pgaii_key_is_valid(key))
        pgaii_sandbox_response_error(&exchange->response, 401, "Invalid API key");
    else if (!pgaii_key_has(key, route->scope))
        answer_forbidden(route->scope_name, exchange);
    else
        route->respond(service, exchange);
}
