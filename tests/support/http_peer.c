/* A client on plain sockets. */
#include "support/http_peer.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "support/unit.h"

enum { PATIENCE_MS = 10000, READ_BYTES = 64 * 1024, VALUE_SIZE = 1024 };

void http_patience(int fd, int ms)
{
    struct timeval time = {.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000};

    assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof(time)), 0);
}

int http_connect_with(int fd, const char *url)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const char *colon = strrchr(url, ':');

    assert_non_null(colon);
    assert_true(fd >= 0);
    address.sin_port = htons((uint16_t)strtoul(colon + 1, NULL, 10));
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    http_patience(fd, PATIENCE_MS);
    return fd;
}

int http_connect(const char *url)
{
    return http_connect_with(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), url);
}

void http_send(int fd, const char *bytes, size_t length)
{
    assert_int_equal(send(fd, bytes, length, MSG_NOSIGNAL), (ssize_t)length);
}

void http_request(int fd, const char *method, const char *target, const char *key,
                  const char *body)
{
    char *bytes = NULL;
    int length = asprintf(&bytes,
                          "%s %s HTTP/1.1\r\nHost: localhost\r\n%s%s%s"
                          "Content-Length: %zu\r\n\r\n%s",
                          method, target, key ? "x-api-key: " : "", key ? key : "",
                          key ? "\r\n" : "", body ? strlen(body) : 0, body ? body : "");

    assert_true(length > 0);
    http_send(fd, bytes, (size_t)length);
    free(bytes);
}

/* What the bytes so far say. */
static void read_bytes(http_response *response)
{
    char *blank = memmem(response->bytes, response->length, "\r\n\r\n", 4);
    const char *length;

    if (response->length >= 12 && strncmp(response->bytes, "HTTP/1.", 7) == 0)
        response->status = (int)strtol(response->bytes + 9, NULL, 10);
    if (!blank)
        return;
    response->body = blank + 4;
    response->body_length = response->length - (size_t)(response->body - response->bytes);
    length = http_header(response, "Content-Length");
    response->whole = length && response->body_length >= strtoul(length, NULL, 10);
}

/* Add what one read gives; false: nothing more will come. */
static bool read_more(int fd, http_response *response)
{
    ssize_t got;

    response->bytes = realloc(response->bytes, response->length + READ_BYTES + 1);
    assert_non_null(response->bytes);
    got = recv(fd, response->bytes + response->length, READ_BYTES, 0);
    if (got > 0) {
        response->length += (size_t)got;
        response->sends++;
    } else if (got == 0) {
        response->ending = HTTP_FIN;
    } else {
        assert_true(errno == ECONNRESET || errno == EAGAIN);
        response->ending = errno == ECONNRESET ? HTTP_RST : HTTP_SILENCE;
    }
    response->bytes[response->length] = '\0';
    return got > 0;
}

http_response http_read(int fd)
{
    http_response response = {0};

    while (!response.whole && read_more(fd, &response))
        read_bytes(&response);
    return response;
}

http_response http_read_all(int fd)
{
    http_response response = {0};

    while (read_more(fd, &response))
        continue;
    read_bytes(&response);
    return response;
}

http_response http_once(const char *url, const char *method, const char *target,
                        const char *key, const char *body)
{
    int fd = http_connect(url);
    http_response response;

    http_request(fd, method, target, key, body);
    response = http_read(fd);
    close(fd);
    return response;
}

const char *http_header(const http_response *response, const char *name)
{
    static _Thread_local char value[VALUE_SIZE];
    const char *line = strstr(response->bytes, "\r\n");
    size_t length = strlen(name);

    while (line && strncmp(line, "\r\n\r\n", 4) != 0) {
        const char *end;

        line += 2;
        end = strstr(line, "\r\n");
        if (end && strncasecmp(line, name, length) == 0 && line[length] == ':') {
            snprintf(value, sizeof(value), "%.*s", (int)(end - line - (int)length - 2),
                     line + length + 2);
            return value;
        }
        line = end;
    }
    return NULL;
}

void http_response_clear(http_response *response)
{
    free(response->bytes);
    memset(response, 0, sizeof(*response));
}
