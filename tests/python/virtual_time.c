/* Preloaded before libcurl, so that the conformance table runs against the real module
 * without sleeping: the monotonic clock stands still and moves by what is waited, every
 * URL leads to the server of the test, and an exchange can be made to fail as only a
 * broken network would. What was waited and asked for is noted for each request.
 *
 * One thread makes the requests; its server's thread calls shim_fail and shim_advance. */
#define _GNU_SOURCE
#include <curl/curl.h>
#include <dlfcn.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#undef curl_easy_setopt

enum {
    MAX_REQUESTS = 4096,
    URL_BYTES = 4096,
    START_SECONDS = 1000 /* as the table has it */
};

typedef struct request {
    int64_t waited_ms; /* before it */
    long timeout_ms;
    char url[URL_BYTES];
} request;

static request requests[MAX_REQUESTS + 1];
static int count;           /* of the requests made, also of those that failed unsent */
static const int *verdicts; /* a CURLcode a request: it fails unsent; 0: it is made */
static const char *const *messages;
static int planned;
static int server_port;
static CURL *in_flight;
static bool withheld; /* what is in flight never went to libcurl */
static atomic_int verdict;
static atomic_llong clock_ms;

#define NEXT(name) ((__typeof__(&(name)))dlsym(RTLD_NEXT, #name))

void shim_serve(int port);
void shim_begin(const int *codes, const char *const *texts, int length);
void shim_fail(int code);
void shim_advance(int64_t ms);
int shim_count(void);
int64_t shim_waited(int index);
int64_t shim_timeout(int index);
const char *shim_url(int index);

void shim_serve(int port)
{
    server_port = port;
}

void shim_begin(const int *codes, const char *const *texts, int length)
{
    verdicts = codes;
    messages = texts;
    planned = length;
    count = 0;
    memset(requests, 0, sizeof(requests[0]));
}

void shim_fail(int code)
{
    atomic_store(&verdict, code);
}

void shim_advance(int64_t ms)
{
    atomic_fetch_add(&clock_ms, ms);
}

int shim_count(void)
{
    return count;
}

int64_t shim_waited(int index)
{
    return requests[index].waited_ms;
}

int64_t shim_timeout(int index)
{
    return requests[index].timeout_ms;
}

const char *shim_url(int index)
{
    return requests[index].url;
}

/* Python's own waits for its lock go by the real clock. */
static bool is_of_client(void *caller)
{
    Dl_info info;

    return dladdr(caller, &info) && info.dli_fname &&
           (strstr(info.dli_fname, "libcurl") || strstr(info.dli_fname, "_pgai."));
}

int clock_gettime(clockid_t clock, struct timespec *out)
{
    long long now = atomic_load(&clock_ms);

    if (clock != CLOCK_MONOTONIC || !is_of_client(__builtin_return_address(0)))
        return NEXT(clock_gettime)(clock, out);
    out->tv_sec = START_SECONDS + (time_t)(now / 1000);
    out->tv_nsec = (long)(now % 1000) * 1000000;
    return 0;
}

/* Where a request goes, whatever its scheme, host and port are. */
static CURLcode lead_here(CURL *easy, const char *url)
{
    char here[URL_BYTES + 64];
    const char *host = strstr(url, "://");
    const char *path = host ? strchr(host + 3, '/') : NULL;

    snprintf(requests[count].url, URL_BYTES, "%s", url);
    snprintf(here, sizeof(here), "http://127.0.0.1:%d%s", server_port, path ? path : "/");
    return NEXT(curl_easy_setopt)(easy, CURLOPT_URL, here);
}

/* All values are as wide as a pointer on the machines that this runs on. */
CURLcode curl_easy_setopt(CURL *easy, CURLoption option, ...)
{
    void *value;
    va_list list;

    va_start(list, option);
    value = va_arg(list, void *);
    va_end(list);
    if (option == CURLOPT_URL && value)
        return lead_here(easy, value);
    if (option == CURLOPT_PROTOCOLS_STR)
        value = (void *)(intptr_t) "http,https";
    else if (option == CURLOPT_TIMEOUT_MS)
        requests[count].timeout_ms = (long)(intptr_t)value;
    return NEXT(curl_easy_setopt)(easy, option, value);
}

CURLMcode curl_multi_add_handle(CURLM *multi, CURL *easy)
{
    int code = count < planned ? verdicts[count] : 0;

    if (count == MAX_REQUESTS)
        return CURLM_OUT_OF_MEMORY;
    atomic_store(&verdict, code);
    in_flight = easy;
    withheld = code != 0;
    return withheld ? CURLM_OK : NEXT(curl_multi_add_handle)(multi, easy);
}

CURLMcode curl_multi_perform(CURLM *multi, int *running)
{
    CURLMcode code = CURLM_OK;

    *running = 0;
    if (!withheld)
        code = NEXT(curl_multi_perform)(multi, running);
    if (atomic_load(&verdict))
        *running = 0;
    return code;
}

/* A failure is told once. */
CURLMsg *curl_multi_info_read(CURLM *multi, int *left)
{
    static CURLMsg failed;

    failed.msg = CURLMSG_DONE;
    failed.easy_handle = in_flight;
    failed.data.result = (CURLcode)atomic_exchange(&verdict, 0);
    *left = 0;
    return failed.data.result ? &failed : NEXT(curl_multi_info_read)(multi, left);
}

CURLMcode curl_multi_remove_handle(CURLM *multi, CURL *easy)
{
    bool was_withheld = withheld;

    in_flight = NULL;
    withheld = false;
    count++;
    memset(&requests[count], 0, sizeof(requests[count]));
    return was_withheld ? CURLM_OK : NEXT(curl_multi_remove_handle)(multi, easy);
}

CURLMcode curl_multi_poll(CURLM *multi, struct curl_waitfd *extra, unsigned extra_count,
                          int timeout_ms, int *events)
{
    if (in_flight)
        return NEXT(curl_multi_poll)(multi, extra, extra_count, timeout_ms, events);
    requests[count].waited_ms += timeout_ms;
    shim_advance(timeout_ms);
    *events = 0;
    return CURLM_OK;
}

/* What libcurl would have had to say about a failure that did not happen. */
const char *curl_easy_strerror(CURLcode code)
{
    const char *planned_text = count > 0 && count <= planned ? messages[count - 1] : NULL;

    return planned_text ? planned_text : NEXT(curl_easy_strerror)(code);
}
