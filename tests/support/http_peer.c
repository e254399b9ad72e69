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
static void read_bytes(http_answer *answer)
{
    char *blank = memmem(answer->bytes, answer->length, "\r\n\r\n", 4);
    const char *length;

    if (answer->length >= 12 && strncmp(answer->bytes, "HTTP/1.", 7) == 0)
        answer->status = (int)strtol(answer->bytes + 9, NULL, 10);
    if (!blank)
        return;
    answer->body = blank + 4;
    answer->body_length = answer->length - (size_t)(answer->body - answer->bytes);
    length = http_header(answer, "Content-Length");
    answer->whole = length && answer->body_length >= strtoul(length, NULL, 10);
}

/* Add what one read gives; false: nothing more will come. */
static bool read_more(int fd, http_answer *answer)
{
    ssize_t got;

    answer->bytes = realloc(answer->bytes, answer->length + READ_BYTES + 1);
    assert_non_null(answer->bytes);
    got = recv(fd, answer->bytes + answer->length, READ_BYTES, 0);
    if (got > 0) {
        answer->length += (size_t)got;
        answer->sends++;
    } else if (got == 0) {
        answer->ending = HTTP_FIN;
    } else {
        assert_true(errno == ECONNRESET || errno == EAGAIN);
        answer->ending = errno == ECONNRESET ? HTTP_RST : HTTP_SILENCE;
    }
    answer->bytes[answer->length] = '\0';
    return got > 0;
}

http_answer http_read(int fd)
{
    http_answer answer = {0};

    while (!answer.whole && read_more(fd, &answer))
        read_bytes(&answer);
    return answer;
}

http_answer http_read_all(int fd)
{
    http_answer answer = {0};

    while (read_more(fd, &answer))
        continue;
    read_bytes(&answer);
    return answer;
}

http_answer http_once(const char *url, const char *method, const char *target,
                      const char *key, const char *body)
{
    int fd = http_connect(url);
    http_answer answer;

    http_request(fd, method, target, key, body);
    answer = http_read(fd);
    close(fd);
    return answer;
}

const char *http_header(const http_answer *answer, const char *name)
{
    static _Thread_local char value[VALUE_SIZE];
    const char *line = strstr(answer->bytes, "\r\n");
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

void http_answer_clear(http_answer *answer)
{
    free(answer->bytes);
    memset(answer, 0, sizeof(*answer));
}
