/* A session: the key, the base URL, and what is known of the rate limit. */
#include "protocol/session.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <pgai/version.h>

#include "protocol/error.h"
#include "protocol/memory.h"
#include "protocol/text.h"
#include "protocol/time.h"
#include "protocol/versioned.h"

const char pgaii_session_base_url[] = "https://api.pipelinegeneration.ai/v1";
const char pgaii_session_user_agent[] = "pgai/" PGAI_VERSION;

/* Keys of the sandbox are not secret, so they are sent nowhere else. */
static const char sandbox_prefix[] = "sandbox_";

/* Header values of this size pass every proxy; known keys have about 40 bytes. */
enum { MAX_KEY = 512, MAX_USER_AGENT = 256 };

static const unsigned char state_magic[] = {'p', 'g', 'a', 'i', 2};

void pgaii_session_lock(const pgai_session *session)
{
    if (session->lock)
        session->lock(session->lock_data);
}

void pgaii_session_unlock(const pgai_session *session)
{
    if (session->unlock)
        session->unlock(session->lock_data);
}

static bool is_printable(const char *text, char least)
{
    for (; *text; text++) {
        if (*text < least || *text > 0x7E)
            return false;
    }
    return true;
}

static pgai_status check_key(const char *key, pgai_error *error)
{
    if (!key || !*key)
        return pgaii_fail(error, PGAI_USAGE,
                          "api_key is empty: give the key of your account");
    if (strlen(key) > MAX_KEY)
        return pgaii_fail(error, PGAI_USAGE, "api_key is longer than 512 bytes");
    if (!is_printable(key, 0x21))
        return pgaii_fail(error, PGAI_USAGE,
                          "api_key has a blank, a line break or another byte that is not "
                          "printable ASCII; if it comes from a file, remove the newline");
    return PGAI_OK;
}

pgai_status pgaii_session_check_user_agent(const char *user_agent, pgai_error *error)
{
    if (user_agent && (!*user_agent || strlen(user_agent) > MAX_USER_AGENT ||
                       !is_printable(user_agent, ' ')))
        return pgaii_fail(error, PGAI_USAGE,
                          "user_agent must be 1-256 bytes of printable ASCII");
    return PGAI_OK;
}

/* Where the key may be sent. */
static pgai_status
check_destination(const pgai_session *session, int allow_cleartext, pgai_error *error)
{
    if (session->url.loopback)
        return PGAI_OK;
    if (!session->url.tls && !allow_cleartext)
        return pgaii_fail(
            error, PGAI_USAGE,
            "base_url is http:// and not a loopback address, so the key would be sent "
            "unencrypted; use https://, or set allow_cleartext");
    if (strncmp(session->key, sandbox_prefix, strlen(sandbox_prefix)) == 0)
        return pgaii_fail(
            error, PGAI_USAGE,
            "api_key is a key of the sandbox, but base_url is not a loopback "
            "address; use a key of the service");
    return PGAI_OK;
}

/* Not by its opposite, which a NaN would pass. */
static pgai_status check_share(double share, pgai_error *error)
{
    if (share > 0 && share <= 1)
        return PGAI_OK;
    return pgaii_fail(error, PGAI_USAGE,
                      "share is %g, but must be above 0 and at most 1: it is the part of "
                      "the rate limit to use, such as 0.125 for each of 8 workers",
                      isnan(share) ? (double)NAN : share);
}

static pgai_status read_options(pgai_session_options *out,
                                const pgai_session_options *given, pgai_error *error)
{
    pgai_status status;

    *out = (pgai_session_options)PGAI_SESSION_OPTIONS_INIT;
    if (!given)
        return pgaii_fail(error, PGAI_USAGE, "options is NULL");
    status = pgaii_versioned_read(out, sizeof(*out), given,
                                  PGAII_FIRST_SIZE(pgai_session_options, lock_data),
                                  "options", error);
    if (status == PGAI_OK)
        status = check_key(out->api_key, error);
    if (status == PGAI_OK)
        status = pgaii_session_check_user_agent(out->user_agent, error);
    if (status == PGAI_OK)
        status = check_share(out->share, error);
    if (status == PGAI_OK && !out->lock != !out->unlock)
        status = pgaii_fail(error, PGAI_USAGE, "lock and unlock must be given together");
    return status;
}

static char *copy_string(const char *text)
{
    return pgaii_copy(text, strlen(text));
}

pgai_status pgai_session_new(const pgai_session_options *options, pgai_session **out,
                             pgai_error *error)
{
    pgai_session_options given;
    pgai_session *session = NULL;
    pgai_status status;

    if (!out)
        return pgaii_fail(error, PGAI_USAGE, "out is NULL");
    *out = NULL;
    status = read_options(&given, options, error);
    if (status != PGAI_OK)
        return status;
    session = pgaii_new(sizeof(*session));
    if (!session)
        return pgaii_fail_memory(error);
    status = pgaii_url_init(
        &session->url, given.base_url ? given.base_url : pgaii_session_base_url, error);
    if (status != PGAI_OK)
        goto out;
    session->key = copy_string(given.api_key);
    session->user_agent =
        copy_string(given.user_agent ? given.user_agent : pgaii_session_user_agent);
    if (!session->key || !session->user_agent) {
        status = pgaii_fail_memory(error);
        goto out;
    }
    status = check_destination(session, given.allow_cleartext, error);
    if (status != PGAI_OK)
        goto out;
    session->lock = given.lock;
    session->unlock = given.unlock;
    session->lock_data = given.lock_data;
    session->random.state = given.seed;
    session->budget.tokens = PGAII_BUDGET_FULL;
    pgaii_pacer_init(&session->pacer);
    session->pacer.share = given.share;
    *out = session;
    session = NULL;
out:
    pgai_session_free(session);
    return status;
}

void pgai_session_free(pgai_session *session)
{
    if (!session)
        return;
    if (session->key)
        pgaii_wipe(session->key, strlen(session->key));
    free(session->key);
    free(session->user_agent);
    pgaii_url_clear(&session->url);
    free(session);
}

const char *pgai_session_base_url(const pgai_session *session)
{
    return session->url.text;
}

int64_t pgai_session_ready_at(const pgai_session *session, int64_t now_ms)
{
    int64_t ready;

    pgaii_session_lock(session);
    ready = pgaii_pacer_peek(&session->pacer, pgaii_time(now_ms));
    pgaii_session_unlock(session);
    return ready;
}

void pgai_session_rate_limit(const pgai_session *session, int64_t now_ms,
                             pgai_rate_limit *out)
{
    const pgaii_pacer *pacer = &session->pacer;
    pgai_rate_limit known = PGAI_RATE_LIMIT_INIT;
    int64_t now = pgaii_time(now_ms);

    pgaii_session_lock(session);
    if (pacer->limit > 0)
        known.limit = pacer->limit;
    known.remaining = pacer->remaining;
    if (pacer->remaining >= 0)
        known.reset_ms = pacer->reset_at > now ? pacer->reset_at - now : 0;
    known.wait_ms = pgaii_pacer_peek(pacer, now) - now;
    pgaii_session_unlock(session);
    pgaii_versioned_write(out, &known, sizeof(known));
}

size_t pgaii_session_write(const pgai_session *session,
                           unsigned char out[PGAI_SESSION_STATE_SIZE])
{
    size_t length = sizeof(state_magic);

    _Static_assert(sizeof(state_magic) + 1 + PGAII_PACER_STATE_SIZE <=
                       PGAI_SESSION_STATE_SIZE,
                   "a saved session must fit the size that the header promises");
    memcpy(out, state_magic, sizeof(state_magic));
    out[length++] = (unsigned char)session->budget.tokens;
    return length + pgaii_pacer_save(&session->pacer, out + length);
}

bool pgaii_session_read(pgai_session *session, const unsigned char *state, size_t length)
{
    size_t head = sizeof(state_magic) + 1;

    if (length <= head || memcmp(state, state_magic, sizeof(state_magic)) != 0 ||
        state[head - 1] > PGAII_BUDGET_FULL ||
        !pgaii_pacer_load(&session->pacer, state + head, length - head))
        return false;
    session->budget.tokens = state[head - 1];
    return true;
}

size_t
pgai_session_save(const pgai_session *session, unsigned char out[PGAI_SESSION_STATE_SIZE])
{
    size_t length;

    pgaii_session_lock(session);
    length = pgaii_session_write(session, out);
    pgaii_session_unlock(session);
    return length;
}

pgai_status pgai_session_load(pgai_session *session, const void *state, size_t length,
                              pgai_error *error)
{
    bool done = false;

    if (!session)
        return pgaii_fail(error, PGAI_USAGE, "session is NULL");
    if (state) {
        pgaii_session_lock(session);
        done = pgaii_session_read(session, state, length);
        pgaii_session_unlock(session);
    }
    return done ? PGAI_OK
                : pgaii_fail(
                      error, PGAI_USAGE,
                      "state was not written by pgai_session_save() of this version");
}
