/* nginx with TLS, and a certificate of its own. */
#include "support/tls_server.h"

#include <arpa/inet.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "support/child.h"
#include "support/samples.h"
#include "support/scratch.h"

/* Requests that a test sends to one server, and milliseconds to wait for its log. */
enum { MAX_REQUESTS = 64, PATIENCE = 10000 };

struct tls_server {
    pid_t pid;
    int port;
    char directory[SCRATCH_PATH_SIZE];
    char certificate[96];
    char log[96];
    char url[64];
};

static void require(bool condition, const char *what)
{
    if (condition)
        return;
    perror(what);
    abort();
}

/* A socket that listens already: nginx takes it over as it does when it is upgraded, so
 * nobody can take the port in between, and no connection is refused. */
static int listen_anywhere(int *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof(address);
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    require(bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0 &&
                listen(fd, 64) == 0 &&
                getsockname(fd, (struct sockaddr *)&address, &size) == 0,
            "tls_server: listen");
    *port = ntohs(address.sin_port);
    return fd;
}

static void make_certificate(const tls_server *server, const char *name)
{
    char command[512];

    snprintf(command, sizeof(command),
             "cd '%s' && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 "
             "-nodes -days 2 -subj /CN=pgai-test -addext subjectAltName=%s "
             "-keyout key.pem -out certificate.pem 2>openssl.log",
             server->directory, name);
    require(system(command) == 0, "tls_server: openssl, which must be installed");
}

static void write_configuration(const tls_server *server)
{
    char path[96];
    FILE *file;

    snprintf(path, sizeof(path), "%s/nginx.conf", server->directory);
    file = fopen(path, "w");
    require(file != NULL, "tls_server: nginx.conf");
    fprintf(file,
            "daemon off; worker_processes 1; pid nginx.pid;\n"
            "error_log error.log; events {}\n"
            "http {\n"
            "  log_format each '$connection $ssl_session_reused'; access_log access.log "
            "each;\n"
            "  client_body_temp_path t; proxy_temp_path t; fastcgi_temp_path t;\n"
            "  uwsgi_temp_path t; scgi_temp_path t; default_type application/json;\n"
            "  server {\n"
            "    listen 127.0.0.1:%d ssl http2;\n"
            "    if ($http2) { return 444; }\n"
            "    ssl_certificate certificate.pem; ssl_certificate_key key.pem;\n"
            "    ssl_protocols TLSv1.2 TLSv1.3; ssl_session_cache shared:all:1m;\n"
            "    location = /v1/contacts { return 200 '%s'; }\n"
            "    location /v1/contacts/ { return 200 '%s'; }\n"
            "  }\n"
            "}\n",
            server->port, SAMPLE_PAGE, SAMPLE_CONTACT);
    require(fclose(file) == 0, "tls_server: nginx.conf");
}

static void run_nginx(const tls_server *server, int listener)
{
    char sockets[16];

    snprintf(sockets, sizeof(sockets), "%d;", listener);
    setenv("NGINX", sockets, 1);
    /* It ends its worker then, too. */
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    execlp("nginx", "nginx", "-p", server->directory, "-c", "nginx.conf", "-e",
           "error.log", (char *)NULL);
    execl("/usr/sbin/nginx", "nginx", "-p", server->directory, "-c", "nginx.conf", "-e",
          "error.log", (char *)NULL);
    perror("tls_server: nginx, which must be installed");
    _exit(127);
}

tls_server *tls_server_start(const char *name)
{
    tls_server *server = calloc(1, sizeof(*server));
    int listener;

    require(server != NULL, "tls_server: calloc");
    scratch_folder(server->directory);
    snprintf(server->certificate, sizeof(server->certificate), "%s/certificate.pem",
             server->directory);
    snprintf(server->log, sizeof(server->log), "%s/access.log", server->directory);
    make_certificate(server, name);
    listener = listen_anywhere(&server->port);
    snprintf(server->url, sizeof(server->url), "https://127.0.0.1:%d/v1", server->port);
    write_configuration(server);
    server->pid = child_fork();
    if (server->pid == 0)
        run_nginx(server, listener);
    require(server->pid > 0, "tls_server: fork");
    close(listener);
    return server;
}

const char *tls_server_url(const tls_server *server)
{
    return server->url;
}

const char *tls_server_certificate(const tls_server *server)
{
    return server->certificate;
}

/* Each line of the log is the number of the connection that a request came over. */
static int read_log(const tls_server *server, long connections[MAX_REQUESTS])
{
    FILE *log = fopen(server->log, "r");
    char line[32];
    int count = 0;

    while (log && fgets(line, sizeof(line), log)) {
        require(count < MAX_REQUESTS, "tls_server: too many requests");
        connections[count++] = strtol(line, NULL, 10);
    }
    if (log)
        fclose(log);
    return count;
}

int tls_server_requests(const tls_server *server)
{
    long connections[MAX_REQUESTS];

    return read_log(server, connections);
}

int tls_server_connections(const tls_server *server, int requests)
{
    const struct timespec pause = {0, 1000 * 1000};
    long connections[MAX_REQUESTS];
    int distinct = 0;

    for (int tries = 0; read_log(server, connections) < requests; tries++) {
        require(tries < PATIENCE, "tls_server: a request is missing in its log");
        nanosleep(&pause, NULL);
    }
    for (int i = 0; i < requests; i++) {
        int same = 0;

        while (connections[same] != connections[i])
            same++;
        distinct += same == i;
    }
    return distinct;
}

int tls_server_resumed(const tls_server *server)
{
    FILE *log = fopen(server->log, "r");
    char line[32];
    int count = 0;

    while (log && fgets(line, sizeof(line), log))
        count += strstr(line, " r\n") != NULL;
    if (log)
        fclose(log);
    return count;
}

void tls_server_stop(tls_server *server)
{
    int status = 0;

    kill(server->pid, SIGTERM);
    require(waitpid(server->pid, &status, 0) == server->pid, "tls_server: waitpid");
    require(WIFEXITED(status) && WEXITSTATUS(status) == 0, "tls_server: nginx failed");
    free(server);
}
