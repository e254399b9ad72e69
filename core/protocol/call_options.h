#ifndef PGAI_PROTOCOL_CALL_OPTIONS_H
#define PGAI_PROTOCOL_CALL_OPTIONS_H

#include <pgai/error.h>
#include <pgai/options.h>

/** The defaults of call options. */
extern const pgai_call_options pgaii_call_options_default;

/** Fill @p out with @p given, which may be NULL, and with @p defaults for what is 0
 * there.
 * @return PGAI_OK; PGAI_USAGE: a negative member. */
pgai_status
pgaii_call_options_merge(pgai_call_options *out, const pgai_call_options *given,
                         const pgai_call_options *defaults, pgai_error *error);

#endif
