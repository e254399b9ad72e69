"""Metrics of all requests, for Prometheus.

pip install prometheus-client, then python prometheus_metrics.py [PORT]: it walks over all
contacts, and http://127.0.0.1:PORT/metrics tells how that goes. The key is in
$PGAI_API_KEY.
"""

import sys

import prometheus_client as prometheus

import pgai

SECONDS = prometheus.Histogram(
    "pgai_request_seconds", "Requests by what came of them", ["method", "route", "status"]
)
RETRIES = prometheus.Counter("pgai_retries", "Requests sent again", ["cause"])
WAITED = prometheus.Counter("pgai_wait_seconds", "Seconds waited", ["cause"])
LEFT = prometheus.Gauge("pgai_requests_left", "Requests left before the rate limit")


def observe(event: pgai.Event) -> None:
    """Count an event. Its route has no ids, so there are few series."""
    if event.kind == "response":
        came = event.status or (event.error.__name__ if event.error else "")
        labels = event.method, event.route or "other", str(came)
        SECONDS.labels(*labels).observe(event.elapsed or 0)
        if event.remaining is not None:
            LEFT.set(event.remaining)
    elif event.kind == "retry":
        RETRIES.labels(event.cause).inc()
    elif event.kind == "wait":
        WAITED.labels(event.cause).inc(event.wait or 0)


def main(port: int) -> None:
    prometheus.start_http_server(port, addr="127.0.0.1")
    with pgai.Contacts(on_event=observe) as contacts:
        print(sum(1 for _ in contacts), "contacts")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 9400)
