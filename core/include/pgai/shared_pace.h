#ifndef PGAI_SHARED_PACE_H
#define PGAI_SHARED_PACE_H

#include <stddef.h>

#include <pgai/api.h>
#include <pgai/error.h>
#include <pgai/protocol.h>
#include <pgai/status.h>

PGAI_BEGIN_DECLS

/** @file
 * A file in which the processes of a user on one host share what is known of a key's rate
 * limit. The client does it with `shared_pacing`; this is for programs that drive calls
 * on their own:
 *
 *     length = pgai_shared_pace_lock(pace, state);
 *     if (length > 0)
 *         pgai_session_load(session, state, (size_t)length, NULL);
 *     ... one step of a call ...
 *     pgai_shared_pace_unlock(pace, state, pgai_session_save(session, state));
 *
 * The times in the state are those of pgai_transport_now_ms().
 */

/** An open file; for one thread at a time, and also in forked children. */
typedef struct pgai_shared_pace pgai_shared_pace;

/** Open the file of a key, a base URL and a share, and make it if it is not there:
 * in $XDG_RUNTIME_DIR/pgai, else $XDG_STATE_HOME/pgai, else ~/.local/state/pgai.
 *
 * @param base_url As pgai_session_base_url() has it.
 * @param api_key  The file does not have it, and its name does not tell it.
 * @param share    As in pgai_session_options.
 * @param[out] out Owned by the caller, pgai_shared_pace_free(); NULL on failure.
 * @return PGAI_OK; PGAI_USAGE: there is no such folder, others could change the file, or
 * it is on a network file system; the message says what to do; PGAI_NO_MEMORY.
 */
PGAI_API PGAI_NODISCARD pgai_status pgai_shared_pace_open(const char *base_url,
                                                          const char *api_key,
                                                          double share,
                                                          pgai_shared_pace **out,
                                                          pgai_error *error);

/** Lock the file, and read the state. It never waits longer than about 10 ms. Do not wait
 * for anything before pgai_shared_pace_unlock().
 *
 * @return bytes of the state in @p state; 0: there is none; go on with your own. -1: the
 * file cannot be locked; go on with your own, and do not unlock it.
 * pgai_shared_pace_trouble() has the reason.
 */
PGAI_API PGAI_NODISCARD int
pgai_shared_pace_lock(pgai_shared_pace *pace,
                      unsigned char state[PGAI_SESSION_STATE_SIZE]);

/** Write the state, unless it is what was read, and unlock the file.
 *
 * @param length  At most PGAI_SESSION_STATE_SIZE.
 */
PGAI_API void pgai_shared_pace_unlock(pgai_shared_pace *pace, const unsigned char *state,
                                      size_t length);

/** What was wrong with the file since it was last asked; static text. NULL: nothing. */
PGAI_API const char *pgai_shared_pace_trouble(pgai_shared_pace *pace);

/** Close the file, which stays; NULL is allowed. */
PGAI_API void pgai_shared_pace_free(pgai_shared_pace *pace);

PGAI_END_DECLS

#endif
