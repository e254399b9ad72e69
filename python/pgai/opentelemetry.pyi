from collections.abc import Callable

from opentelemetry.trace import TracerProvider

from ._pgai import Event

def instrument(
    *,
    tracer_provider: TracerProvider | None = None,
    on_event: Callable[[Event], object] | None = None,
) -> Callable[[Event], None]: ...
