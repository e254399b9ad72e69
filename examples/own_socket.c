/* Lists a contact without an HTTP client: the protocol over a socket of the program's
 * own. It speaks http to an address, as the sandbox does. TLS would replace send() and
 * recv(), and an event loop would replace the waits. */

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <pgai/http1.h>
#include <pgai/protocol.h>

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * (int64_t)1000 + now.tv_nsec / 1000000;
}

static void sleep_until(int64_t until_ms)
{
    int64_t left = until_ms - now_ms();
    struct timespec pause = {left / 1000, left % 1000 * 1000000};

    if (left > 0)
        nanosleep(&pause, NULL);
}

/* A socket whose waits are no longer than the request may take. */
static int dial(const pgai_request *request)
{
    struct timeval limit = {.tv_sec = request->timeout_ms / 1000 + 1};
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)request->port)};
    int fd;

    if (request->tls || inet_pton(AF_INET, request->host, &address.sin_addr) != 1)
        return -1;
    fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
    if (connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
        return fd;
    close(fd);
    return -1;
}

static pgai_http1_step converse(int fd, pgai_http1 *http, pgai_text bytes)
{
    pgai_http1_step step = PGAI_HTTP1_MORE;
    char data[4096];
    ssize_t got;

    if (send(fd, bytes.data, bytes.length, MSG_NOSIGNAL) != (ssize_t)bytes.length)
        return pgai_http1_end(http, "it could not be written to");
    while (step == PGAI_HTTP1_MORE) {
        got = recv(fd, data, sizeof(data), 0);
        if (got > 0)
            step = pgai_http1_receive(http, data, (size_t)got);
        else
            step = pgai_http1_end(http, got < 0 ? "nothing could be read" : NULL);
    }
    return step;
}

/* Send the request of a call, and report the response to the call. */
static void exchange(pgai_call *call, pgai_http1 *http)
{
    static const pgai_failure unconnected = {PGAI_CONNECT, 0, 0, NULL};
    pgai_text bytes = pgai_http1_begin(http, pgai_call_request(call));
    int fd = bytes.data ? dial(pgai_call_request(call)) : -1;

    if (!bytes.data)
        pgai_call_fail(call, now_ms(), pgai_http1_failure(http));
    else if (fd < 0)
        pgai_call_fail(call, now_ms(), &unconnected);
    else if (converse(fd, http, bytes) == PGAI_HTTP1_WHOLE)
        pgai_call_feed(call, now_ms(), pgai_http1_response(http));
    else
        pgai_call_fail(call, now_ms(), pgai_http1_failure(http));
    if (fd >= 0)
        close(fd);
}

static int drive(pgai_call *call, pgai_http1 *http)
{
    pgai_step step;

    while ((step = pgai_call_next(call, now_ms())) < PGAI_STEP_DONE) {
        if (step == PGAI_STEP_WAIT)
            sleep_until(pgai_call_wait_until(call));
        else
            exchange(call, http);
    }
    if (step == PGAI_STEP_FAILED)
        fprintf(stderr, "%s\n", pgai_call_error(call)->message);
    return step == PGAI_STEP_DONE;
}

int main(void)
{
    pgai_session_options options = PGAI_SESSION_OPTIONS_INIT;
    pgai_list_options one = PGAI_LIST_OPTIONS_INIT;
    pgai_error error = PGAI_ERROR_INIT;
    pgai_session *session = NULL;
    pgai_http1 *http = NULL;
    pgai_call *call = NULL;
    pgai_page *page = NULL;
    int done = 0;

    options.api_key = getenv("PGAI_API_KEY");
    options.base_url = getenv("PGAI_BASE_URL");
    options.seed = (uint64_t)now_ms();
    one.limit = 1;
    if (pgai_session_new(&options, &session, &error) != PGAI_OK ||
        pgai_http1_new(&http, &error) != PGAI_OK ||
        pgai_call_new_list(session, &one, NULL, &call, &error) != PGAI_OK) {
        fprintf(stderr, "%s\n", error.message);
    } else if ((done = drive(call, http))) {
        page = pgai_call_take_page(call);
        printf("%zu contact over a socket of our own\n", pgai_page_count(page));
    }
    pgai_page_free(page);
    pgai_call_free(call);
    pgai_http1_free(http);
    pgai_session_free(session);
    return done ? EXIT_SUCCESS : EXIT_FAILURE;
}
