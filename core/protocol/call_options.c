/* Call options: defaults, and what is acceptable. */
#include "protocol/call_options.h"

#include <inttypes.h>

#include "protocol/error.h"
#include "protocol/versioned.h"

const pgai_call_options pgaii_call_options_default = {
    .struct_size = sizeof(pgai_call_options),
    .max_attempts = PGAI_DEFAULT_MAX_ATTEMPTS,
    .timeout_ms = PGAI_DEFAULT_TIMEOUT_MS,
    .connect_timeout_ms = PGAI_DEFAULT_CONNECT_TIMEOUT_MS,
    .deadline_ms = PGAI_DEFAULT_DEADLINE_MS,
    .max_wait_ms = PGAI_DEFAULT_MAX_WAIT_MS,
};

static int64_t given_or(int64_t given, int64_t fallback)
{
    return given != 0 ? given : fallback;
}

static pgai_status check_options(const pgai_call_options *call_options, pgai_error *error)
{
    const struct {
        const char *name;
        int64_t value;
    } members[] = {
        {"max_attempts", call_options->max_attempts},
        {"timeout_ms", call_options->timeout_ms},
        {"connect_timeout_ms", call_options->connect_timeout_ms},
        {"deadline_ms", call_options->deadline_ms},
        {"max_wait_ms", call_options->max_wait_ms},
    };

    for (size_t i = 0; i < sizeof(members) / sizeof(*members); i++) {
        if (members[i].value < 0)
            return pgaii_fail(error, PGAI_USAGE,
                              "%s is %" PRId64
                              ", but must not be negative; 0 means the default",
                              members[i].name, members[i].value);
    }
    return PGAI_OK;
}

pgai_status pgaii_call_options_merge(pgai_call_options *out,
                                     const pgai_call_options *given,
                                     const pgai_call_options *defaults, pgai_error *error)
{
    pgai_call_options wanted = PGAI_CALL_OPTIONS_INIT;
    pgai_status status;

    *out = *defaults;
    if (!given)
        return PGAI_OK;
    status = pgaii_versioned_read(&wanted, sizeof(wanted), given,
                                  PGAII_FIRST_SIZE(pgai_call_options, max_wait_ms),
                                  "call_options", error);
    if (status == PGAI_OK)
        status = check_options(&wanted, error);
    if (status != PGAI_OK)
        return status;
    out->no_pacing = wanted.no_pacing ? 1 : defaults->no_pacing;
    out->max_attempts = (int)given_or(wanted.max_attempts, defaults->max_attempts);
    out->timeout_ms = given_or(wanted.timeout_ms, defaults->timeout_ms);
    out->connect_timeout_ms =
        given_or(wanted.connect_timeout_ms, defaults->connect_timeout_ms);
    out->deadline_ms = given_or(wanted.deadline_ms, defaults->deadline_ms);
    out->max_wait_ms = given_or(wanted.max_wait_ms, defaults->max_wait_ms);
    return PGAI_OK;
}
