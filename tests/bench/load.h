#ifndef PGAI_TESTS_BENCH_LOAD_H
#define PGAI_TESTS_BENCH_LOAD_H

/** A load of requests, each a response awaited, on several kept-alive connections at
 * once.
 */
typedef struct load {
    int port;            /* on 127.0.0.1 */
    const char *request; /* all bytes of it */
    int requests;
    int connections;
} load;

/** Send them all and read the responses; ends the program when one is not 200 or is cut.
 */
void load_run(void *data);

#endif
