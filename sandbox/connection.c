/* A connection: requests in, responses out, piece by piece and never waited for. */
#include "sandbox/connection.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "protocol/memory.h"
#include "sandbox/clock.h"

enum {
    READ_BYTES = 16 * 1024,
    MAX_IN = PGAII_MAX_REQUEST_HEAD + PGAII_MAX_REQUEST_BODY + 2 * READ_BYTES,
    MAX_OUT = PGAII_SANDBOX_MAX_RESPONSE_HEAD + PGAII_SANDBOX_MAX_RESPONSE_BODY,
    /* An idle connection keeps buffers up to this size: a response with a usual page. */
    KEEP_BYTES = 64 * 1024,
    /* How long a refused client may take to stop sending and read why. */
    LINGER_MS = 1000
};

pgaii_connection *pgaii_connection_new(int fd, uint64_t number)
{
    pgaii_connection *connection = pgaii_new(sizeof(*connection));

    if (!connection)
        return NULL;
    connection->fd = fd;
    connection->number = number;
    pgaii_buffer_init(&connection->in, MAX_IN);
    pgaii_buffer_init(&connection->out, MAX_OUT);
    return connection;
}

static void wait_for(pgaii_connection *connection, pgaii_doing doing, int64_t ms)
{
    connection->doing = doing;
    connection->wake_ms = pgaii_clock_steady_ms() + ms;
}

static void finish_response(pgaii_connection *connection)
{
    pgaii_buffer_reset(&connection->out);
    if (connection->out.capacity > KEEP_BYTES)
        pgaii_buffer_clear(&connection->out);
    switch (connection->delivery.ending) {
    case PGAII_END_KEEP:
        connection->doing = PGAII_DOING_READ;
        break;
    case PGAII_END_CLOSE:
        connection->doing = PGAII_DOING_CLOSE;
        break;
    case PGAII_END_LINGER:
        shutdown(connection->fd, SHUT_WR);
        wait_for(connection, PGAII_DOING_LINGER, LINGER_MS);
        break;
    case PGAII_END_RESET:
        connection->doing = PGAII_DOING_RESET;
        break;
    case PGAII_END_HOLD:
        connection->doing = PGAII_DOING_HOLD;
        break;
    }
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Send up to the end of the piece. */
static void send_piece(pgaii_connection *connection)
{
    size_t whole = least(connection->out.length, connection->delivery.bytes);

    connection->doing = PGAII_DOING_SEND;
    while (connection->sent < connection->piece_end) {
        ssize_t sent = send(connection->fd, connection->out.data + connection->sent,
                            connection->piece_end - connection->sent, MSG_NOSIGNAL);

        if (sent < 0) {
            if (errno != EAGAIN && errno != EINTR)
                connection->doing = PGAII_DOING_CLOSE;
            return;
        }
        connection->sent += (size_t)sent;
    }
    if (connection->sent == whole) {
        finish_response(connection);
        return;
    }
    connection->piece_end += least(whole - connection->sent, connection->delivery.each);
    wait_for(connection, PGAII_DOING_WAIT, connection->delivery.pause_ms);
}

static void start_response(pgaii_connection *connection)
{
    const pgaii_delivery *delivery = &connection->delivery;

    connection->sent = 0;
    connection->piece_end = least(connection->out.length, delivery->bytes);
    connection->piece_end = least(connection->piece_end, delivery->first);
    if (delivery->delay_ms > 0)
        wait_for(connection, PGAII_DOING_WAIT, delivery->delay_ms);
    else
        send_piece(connection);
}

/* Forget a request that was answered; a pipelined one may follow it. */
static void drop_input(pgaii_connection *connection, size_t used)
{
    pgaii_buffer *in = &connection->in;

    in->length -= used;
    if (in->length > 0)
        memmove(in->data, in->data + used, in->length);
    else if (in->capacity > KEEP_BYTES)
        pgaii_buffer_clear(in);
}

/* Answer the requests that have been read, as far as responses can be sent. */
static void answer_requests(pgaii_connection *connection, const pgaii_handler *handler)
{
    while (connection->doing == PGAII_DOING_READ) {
        pgai_text input = {connection->in.data, connection->in.length};
        pgaii_sandbox_request request;
        size_t used = pgaii_sandbox_request_read(input, &request);

        if (used == 0)
            return;
        if (!handler->respond(handler->data, &request, connection->number,
                              &connection->out, &connection->delivery)) {
            connection->doing = PGAII_DOING_CLOSE;
            return;
        }
        drop_input(connection, used);
        start_response(connection);
    }
}

/* Read once; more, if there is more, is reported again. */
static void read_requests(pgaii_connection *connection, const pgaii_handler *handler)
{
    pgaii_buffer *in = &connection->in;
    ssize_t got;

    if (!pgaii_buffer_reserve(in, in->length + READ_BYTES)) {
        connection->doing = PGAII_DOING_CLOSE;
        return;
    }
    got = recv(connection->fd, in->data + in->length, READ_BYTES, 0);
    if (got > 0) {
        in->length += (size_t)got;
        if (pgaii_sandbox_request_may_begin((pgai_text){in->data, in->length}))
            answer_requests(connection, handler);
        else
            connection->doing = PGAII_DOING_CLOSE;
    } else if (got == 0 || (errno != EAGAIN && errno != EINTR)) {
        connection->doing = PGAII_DOING_CLOSE;
    }
}

static void drop_rest(pgaii_connection *connection)
{
    char rest[READ_BYTES];
    ssize_t got = recv(connection->fd, rest, sizeof(rest), 0);

    if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR))
        connection->doing = PGAII_DOING_CLOSE;
}

void pgaii_connection_ready(pgaii_connection *connection, const pgaii_handler *handler)
{
    switch (connection->doing) {
    case PGAII_DOING_READ:
        read_requests(connection, handler);
        break;
    case PGAII_DOING_SEND:
        send_piece(connection);
        answer_requests(connection, handler);
        break;
    case PGAII_DOING_LINGER:
        drop_rest(connection);
        break;
    case PGAII_DOING_WAIT: /* only errors are reported to these two */
    case PGAII_DOING_HOLD:
    case PGAII_DOING_CLOSE:
    case PGAII_DOING_RESET:
        connection->doing = PGAII_DOING_CLOSE;
        break;
    }
}

void pgaii_connection_wake(pgaii_connection *connection, const pgaii_handler *handler)
{
    if (connection->doing == PGAII_DOING_LINGER) {
        connection->doing = PGAII_DOING_CLOSE;
        return;
    }
    send_piece(connection);
    answer_requests(connection, handler);
}

void pgaii_connection_free(pgaii_connection *connection)
{
    struct linger at_once = {.l_onoff = 1, .l_linger = 0};

    if (!connection)
        return;
    if (connection->doing == PGAII_DOING_RESET)
        setsockopt(connection->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
    close(connection->fd);
    pgaii_buffer_clear(&connection->in);
    pgaii_buffer_clear(&connection->out);
    free(connection);
}
