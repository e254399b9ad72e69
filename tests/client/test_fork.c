/* Clients in forked children, and what these leave to their parents. */
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <pgai/pgai.h>

#include "support/child.h"
#include "support/peer.h"
#include "support/samples.h"
#include "support/tls_server.h"
#include "support/unit.h"

static pgai_client *client;

static void make_client(const char *url, const char *ca)
{
    pgai_client_options options = PGAI_CLIENT_OPTIONS_INIT;

    options.api_key = SAMPLE_KEY;
    options.base_url = url;
    options.ca = ca;
    assert_int_equal(pgai_client_new(&options, &client, NULL), PGAI_OK);
}

static bool get_works(void)
{
    pgai_contact *contact = NULL;
    pgai_status status = pgai_contacts_get(client, SAMPLE_ID, &contact, NULL);

    pgai_contact_free(contact);
    return status == PGAI_OK;
}

static bool free_client(void)
{
    pgai_client_free(client);
    return true;
}

static bool work_then_free(void)
{
    return get_works() && get_works() && free_client();
}

static bool work_with_another_key(void)
{
    pgai_client *renewed = NULL;
    pgai_contact *contact = NULL;
    bool works =
        pgai_client_with_key(client, "sandbox_other", &renewed, NULL) == PGAI_OK &&
        pgai_contacts_get(renewed, SAMPLE_ID, &contact, NULL) == PGAI_OK;

    pgai_contact_free(contact);
    pgai_client_free(renewed);
    return works && work_then_free();
}

static bool work_in_grandchild(void)
{
    return get_works() && child_does(work_then_free) && get_works() && free_client();
}

enum { FIRST_FREE = 3, LAST_CLOSED = 255, FILES = 100 };

/* As daemons do. Descriptors that the library knew are now files of somebody else. */
static bool work_after_closing_all(void)
{
    int files[FILES];
    bool works;

    for (int i = FIRST_FREE; i <= LAST_CLOSED; i++)
        close(i);
    for (int i = 0; i < FILES; i++)
        files[i] = open("/dev/null", O_WRONLY);
    works = work_then_free();
    for (int i = 0; i < FILES; i++) {
        struct stat info;

        works = works && fstat(files[i], &info) == 0 && S_ISCHR(info.st_mode);
    }
    return works;
}

static tls_server *server;

static int start(void **state)
{
    (void)state;
    server = tls_server_start("IP:127.0.0.1");
    make_client(tls_server_url(server), tls_server_certificate(server));
    return get_works() ? 0 : 1;
}

static int stop(void **state)
{
    (void)state;
    pgai_client_free(client);
    tls_server_stop(server);
    return 0;
}

/* Had the child said goodbye on it, as libcurl does, the parent would have
 * needed a second connection. */
static void freeing_in_a_child_leaves_the_connection(void **state)
{
    (void)state;
    assert_true(child_does(free_client));
    assert_true(get_works());
    assert_int_equal(tls_server_connections(server, 2), 1);
}

static void parent_and_child_go_on(void **state)
{
    (void)state;
    assert_true(child_does(work_then_free));
    assert_true(get_works());
    assert_int_equal(tls_server_connections(server, 4), 2);
}

static void a_child_renews_the_key(void **state)
{
    (void)state;
    assert_true(child_does(work_with_another_key));
    assert_true(get_works());
    assert_int_equal(tls_server_connections(server, 5), 2);
}

static void grandchildren_go_on_as_well(void **state)
{
    (void)state;
    assert_true(child_does(work_in_grandchild));
    assert_true(get_works());
    assert_int_equal(tls_server_connections(server, 6), 3);
}

static void descriptors_that_are_others_by_now_stay_open(void **state)
{
    (void)state;
    assert_true(child_does(work_after_closing_all));
    assert_true(get_works());
}

/* A child that the interrupt callback forks in the middle of a call. */
static pid_t forked_inside;

static int fork_once(void *data)
{
    int *calls = data;

    if (++*calls == 1)
        forked_inside = fork();
    return 0;
}

/* The first response never comes, so the interrupt is called; then the child asks again
 * on a connection of its own, while the parent's call is ended by its timeout. */
static void a_child_forked_inside_a_call_goes_on(void **state)
{
    char bytes[1024];
    const peer_response script[] = {
        {NULL, 0, 0, NULL, PEER_STALL},
        {bytes, peer_format(bytes, sizeof(bytes), 200, NULL, SAMPLE_CONTACT), 0, NULL,
         PEER_KEEP}};
    pgai_client_options options = PGAI_CLIENT_OPTIONS_INIT;
    peer *plain = peer_start();
    int calls = 0;
    int status = 0;
    bool works;

    (void)state;
    peer_script(plain, script, 2);
    options.api_key = SAMPLE_KEY;
    options.base_url = peer_url(plain);
    options.timeout_ms = 2000;
    options.interrupt = fork_once;
    options.interrupt_data = &calls;
    assert_int_equal(pgai_client_new(&options, &client, NULL), PGAI_OK);
    works = get_works();
    pgai_client_free(client);
    if (forked_inside == 0)
        _exit(works ? 0 : 1);
    assert_true(works);
    assert_int_equal(waitpid(forked_inside, &status, 0), forked_inside);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    assert_int_equal(peer_requests(plain), 3);
    peer_stop(plain);
}

#define OVER_TLS(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        OVER_TLS(freeing_in_a_child_leaves_the_connection),
        OVER_TLS(parent_and_child_go_on),
        OVER_TLS(a_child_renews_the_key),
        OVER_TLS(grandchildren_go_on_as_well),
        OVER_TLS(descriptors_that_are_others_by_now_stay_open),
        cmocka_unit_test(a_child_forked_inside_a_call_goes_on),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
