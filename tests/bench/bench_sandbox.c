/* The sandbox against nginx with the same page as a static file: one thread, one worker.
 */
#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <pgai/pgai.h>
#include <pgai/sandbox.h>

#include "bench/load.h"
#include "support/ratio.h"

enum { REQUESTS = 20000, CONNECTIONS = 16, ROUNDS = 7 };

static const char request[] =
    "GET /v1/contacts?page=3&limit=50 HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    "x-api-key: sandbox_key\r\nAccept: application/json\r\n\r\n";

static void check(int holds, const char *what)
{
    if (!holds) {
        fprintf(stderr, "bench_sandbox: %s\n", what);
        exit(1);
    }
}

static int free_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t length = sizeof(address);
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    check(bind(fd, (struct sockaddr *)&address, length) == 0 &&
              getsockname(fd, (struct sockaddr *)&address, &length) == 0,
          "no free port");
    close(fd);
    return ntohs(address.sin_port);
}

static void
write_file(const char *folder, const char *name, const char *text, size_t length)
{
    char path[512];
    FILE *file;

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    file = fopen(path, "w");
    check(file && fwrite(text, 1, length, file) == length && fclose(file) == 0, path);
}

/* The page as the sandbox sends it, written to the folder. */
static void save_page(const char *url, const char *folder)
{
    char command[1024];

    snprintf(command, sizeof(command),
             "curl -sf -H 'x-api-key: sandbox_key' '%s/contacts?page=3&limit=50' -o "
             "%s/page.json",
             url, folder);
    check(system(command) == 0, "cannot fetch the page");
}

static pid_t start_nginx(const char *folder, int port)
{
    static const char form[] =
        "daemon off; worker_processes 1; pid nginx.pid; error_log error.log;\n"
        "events { worker_connections 256; }\n"
        "http { access_log off; sendfile on; tcp_nopush on; keepalive_requests "
        "10000000;\n"
        "  open_file_cache max=16;\n"
        "  client_body_temp_path t; proxy_temp_path t; fastcgi_temp_path t; "
        "uwsgi_temp_path t;\n"
        "  scgi_temp_path t; default_type application/json;\n"
        "  server { listen 127.0.0.1:%d; root %s; location / { try_files /page.json "
        "=404; } } }\n";
    char text[2048];
    char config[512];
    pid_t pid;

    snprintf(text, sizeof(text), form, port, folder);
    write_file(folder, "nginx.conf", text, strlen(text));
    snprintf(config, sizeof(config), "%s/nginx.conf", folder);
    pid = fork();
    if (pid == 0) {
        execl("/usr/sbin/nginx", "nginx", "-p", folder, "-c", config, (char *)NULL);
        _exit(127);
    }
    check(pid > 0, "cannot start nginx");
    return pid;
}

static void wait_until_open(int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((unsigned short)port),
                                  .sin_addr = {htonl(INADDR_LOOPBACK)}};
    const struct timespec pause = {0, 20000000};

    for (int i = 0; i < 250; i++) {
        int fd = socket(AF_INET, SOCK_STREAM, 0);
        int open = connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0;

        close(fd);
        if (open)
            return;
        nanosleep(&pause, NULL);
    }
    check(0, "nginx does not listen");
}

int main(void)
{
    const ratio_table table = {"sandbox: the same page from both, 16 connections", "page",
                               REQUESTS, RATIO_WALL, ROUNDS};
    char folder[] = "/tmp/pgai-bench-XXXXXX";
    pgai_sandbox *sandbox = NULL;
    load on_nginx = {free_port(), request, REQUESTS, CONNECTIONS};
    load on_sandbox = on_nginx;
    char command[600];
    pid_t nginx;

    check(mkdtemp(folder) != NULL && chmod(folder, 0755) == 0, "no temporary folder");
    check(pgai_sandbox_start(NULL, &sandbox, NULL) == PGAI_OK,
          "cannot start the sandbox");
    check(sscanf(pgai_sandbox_url(sandbox), "http://127.0.0.1:%d/", &on_sandbox.port) ==
              1,
          "url");
    save_page(pgai_sandbox_url(sandbox), folder);
    nginx = start_nginx(folder, on_nginx.port);
    wait_until_open(on_nginx.port);
    {
        const ratio_entry entries[] = {{"nginx, static file", load_run, &on_nginx},
                                       {"pgai-sandbox", load_run, &on_sandbox}};

        ratio_print(&table, entries, 2);
    }
    kill(nginx, SIGTERM);
    waitpid(nginx, NULL, 0);
    pgai_sandbox_stop(sandbox);
    snprintf(command, sizeof(command), "rm -rf %s", folder);
    return system(command) == 0 ? 0 : 1;
}
