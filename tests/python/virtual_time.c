/* Preloaded before libcurl, so that the conformance table runs against the real module
 * without sleeping: the monotonic clock stands still and moves by what is waited, every
 * URL leads to the server of the test, and an exchange can be made to fail as only a
 * broken network would. What was waited and asked for is noted for each request.
 *
 * One thread makes the requests, any number at once; its server's thread calls shim_fail
 * and shim_advance. */
#define _GNU_SOURCE
#include <curl/curl.h>
#include <dlfcn.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/timerfd.h>
#include <time.h>

#undef curl_easy_setopt

enum {
    MAX_REQUESTS = 4096,
    MAX_IN_FLIGHT = 32,
    URL_BYTES = 4096,
    START_SECONDS = 1000 /* as the table has it */
};

typedef struct request {
    int64_t waited_ms; /* before it */
    long timeout_ms;
    char url[URL_BYTES];
    atomic_int verdict; /* a CURLcode: it fails with it; 0: libcurl decides */
} request;

typedef struct flight {
    CURL *easy;    /* NULL: none */
    int index;     /* of its request */
    bool withheld; /* it never went to libcurl */
} flight;

static request requests[MAX_REQUESTS + 1];
static flight flights[MAX_IN_FLIGHT];
static int failed_index;    /* of the request that failed last */
static int count;           /* of the requests made, also of those that failed unsent */
static const int *verdicts; /* a CURLcode a request: it fails unsent; 0: it is made */
static const char *const *messages;
static int planned;
static int server_port;
static atomic_llong clock_ms;

#define NEXT(name) ((__typeof__(&(name)))dlsym(RTLD_NEXT, #name))

void shim_serve(int port);
void shim_begin(const int *codes, const char *const *texts, int length);
void shim_fail(int index, int code);
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
    failed_index = length;
    memset(requests, 0, sizeof(requests[0]));
}

void shim_fail(int index, int code)
{
    atomic_store(&requests[index].verdict, code);
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

/* Where a handle is in flight; NULL: a place that is free. */
static flight *find_flight(const CURL *easy)
{
    for (size_t i = 0; i < MAX_IN_FLIGHT; i++) {
        if (flights[i].easy == easy)
            return &flights[i];
    }
    return NULL;
}

static bool is_any_in_flight(void)
{
    for (size_t i = 0; i < MAX_IN_FLIGHT; i++) {
        if (flights[i].easy)
            return true;
    }
    return false;
}

CURLMcode curl_multi_add_handle(CURLM *multi, CURL *easy)
{
    int code = count < planned ? verdicts[count] : 0;
    flight *added = find_flight(NULL);

    if (count == MAX_REQUESTS || !added)
        return CURLM_OUT_OF_MEMORY;
    atomic_store(&requests[count].verdict, code);
    *added = (flight){easy, count, code != 0};
    count++;
    memset(&requests[count], 0, sizeof(requests[count]));
    return code ? CURLM_OK : NEXT(curl_multi_add_handle)(multi, easy);
}

/* The engine's timer. While nothing is in flight, a wait is over as soon as it begins.
 * Else it fires soon, and too soon: the engine only ever sets it to sooner times, so that
 * a time of libcurl that is left from a request would have to pass before a wait. */
int timerfd_settime(int timer, int flags, const struct itimerspec *at,
                    struct itimerspec *before)
{
    static const struct itimerspec at_once = {.it_value = {.tv_nsec = 1}};
    static const struct itimerspec soon = {.it_value = {.tv_nsec = 5000000}};
    int64_t left_ms = ((int64_t)at->it_value.tv_sec - START_SECONDS) * 1000 +
                      at->it_value.tv_nsec / 1000000 - atomic_load(&clock_ms);

    if (!is_of_client(__builtin_return_address(0)) ||
        (at->it_value.tv_sec == 0 && at->it_value.tv_nsec == 0))
        return NEXT(timerfd_settime)(timer, flags, at, before);
    if (left_ms > 0 && is_any_in_flight())
        return NEXT(timerfd_settime)(timer, 0, &soon, before);
    if (left_ms > 0) {
        requests[count].waited_ms += left_ms;
        shim_advance(left_ms);
    }
    return NEXT(timerfd_settime)(timer, 0, &at_once, before);
}

/* A failure is told once. */
CURLMsg *curl_multi_info_read(CURLM *multi, int *left)
{
    static CURLMsg failed;

    *left = 0;
    for (size_t i = 0; i < MAX_IN_FLIGHT; i++) {
        int index = flights[i].index;
        int code = flights[i].easy ? atomic_exchange(&requests[index].verdict, 0) : 0;

        if (code) {
            failed_index = index;
            failed.msg = CURLMSG_DONE;
            failed.easy_handle = flights[i].easy;
            failed.data.result = (CURLcode)code;
            return &failed;
        }
    }
    return NEXT(curl_multi_info_read)(multi, left);
}

CURLMcode curl_multi_remove_handle(CURLM *multi, CURL *easy)
{
    flight *removed = find_flight(easy);
    bool withheld = removed && removed->withheld;

    if (removed)
        removed->easy = NULL;
    return withheld ? CURLM_OK : NEXT(curl_multi_remove_handle)(multi, easy);
}

CURLMcode curl_multi_poll(CURLM *multi, struct curl_waitfd *extra, unsigned extra_count,
                          int timeout_ms, int *events)
{
    if (is_any_in_flight())
        return NEXT(curl_multi_poll)(multi, extra, extra_count, timeout_ms, events);
    requests[count].waited_ms += timeout_ms;
    shim_advance(timeout_ms);
    *events = 0;
    return CURLM_OK;
}

/* What libcurl would have had to say about a failure that did not happen. */
const char *curl_easy_strerror(CURLcode code)
{
    const char *planned_text = failed_index < planned ? messages[failed_index] : NULL;

    return planned_text ? planned_text : NEXT(curl_easy_strerror)(code);
}
