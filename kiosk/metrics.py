"""Numbers for Prometheus, in a registry of the app's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from flask import Flask, Response, g, request
from prometheus_client import CollectorRegistry, Histogram, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from kiosk.services import Services
from kiosk.stream import Hub
from ledger import notices, reading
from shopfloor.broker_refusals import BrokerRefusal

_BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 4.0)


class Metrics:
    """`/metrics` of one app, and the durations of its requests."""

    def __init__(self, services: Services, hub: Hub, seconds: Callable[[], float]) -> None:
        self._seconds = seconds
        self._registry = CollectorRegistry()
        self._registry.register(_OfTheSite(services, hub))
        ProcessCollector(registry=self._registry)
        self._durations = Histogram(
            "interlock_request_seconds",
            "From a request to the beginning of its answer.",
            ("endpoint", "status"),
            buckets=_BUCKETS_S,
            registry=self._registry,
        )

    def install(self, app: Flask) -> None:
        """Measure every request of an app."""
        app.before_request(self._begin)
        app.after_request(self._end)
        app.add_url_rule("/metrics", "metrics", self._show)

    def _begin(self) -> None:
        g.began_s = self._seconds()

    def _end(self, response: Response) -> Response:
        began_s = g.get("began_s")
        if began_s is not None:
            labels = (request.endpoint or "none", str(response.status_code))
            self._durations.labels(*labels).observe(self._seconds() - began_s)
        return response

    def _show(self) -> Response:
        return Response(generate_latest(self._registry), content_type=CONTENT_TYPE_LATEST)


def _kept_out(refusals: Sequence[BrokerRefusal]) -> Metric:
    found = CounterMetricFamily(
        "interlock_broker_refused",
        "What the embedded broker refused; the user is empty for all who have no password.",
        labels=("user", "tried"),
    )
    for one in refusals:
        found.add_metric((one.user, one.tried), one.times)
    return found


def _of_channels(services: Services) -> Iterator[Metric]:
    sent = CounterMetricFamily("interlock_notices_sent", "Messages that got out.", labels=("channel",))
    waiting = GaugeMetricFamily("interlock_notices_waiting", "Notices not told yet.", labels=("channel",))
    failing = GaugeMetricFamily("interlock_notices_failing", "1 while nothing gets out.", labels=("channel",))
    for channel in services.config.channels:
        state = notices.state(services.ledger, channel.id)
        if state is not None:
            sent.add_metric((channel.id,), state["messages"])
            waiting.add_metric((channel.id,), notices.count_waiting(services.ledger, channel))
            failing.add_metric((channel.id,), float(state["fault"] is not None))
    yield from (sent, waiting, failing)


class _OfTheSite(Collector):
    """What is read when it is asked for."""

    def __init__(self, services: Services, hub: Hub) -> None:
        self._services = services
        self._hub = hub

    def collect(self) -> Iterator[Metric]:
        services, hub = self._services, self._hub
        events = reading.last_sequence(services.ledger)
        yield CounterMetricFamily("interlock_events", "Events in the ledger.", value=events)
        refused = reading.refused_ever(services.ledger)
        yield CounterMetricFamily("interlock_refused", "Scans and messages refused.", value=refused)
        yield GaugeMetricFamily("interlock_streams_open", "Live pages open.", value=hub.streams_open)
        yield CounterMetricFamily(
            "interlock_streams_collapsed", "Slow live pages sent whole.", value=hub.collapsed
        )
        yield _kept_out(services.refusals())
        recording = float(not services.trouble)
        yield GaugeMetricFamily("interlock_recording", "1 while scans can be recorded.", value=recording)
        log_bytes = services.ledger.log_bytes
        yield GaugeMetricFamily("interlock_log_bytes", "The size of the ledger's log.", value=log_bytes)
        connected = float(services.pulse.broker_connected)
        yield GaugeMetricFamily("interlock_broker_connected", "By the gateway's last word.", value=connected)
        yield from _of_channels(services)
        age_s = services.pulse.age_s(services.clock())
        if age_s is not None:
            yield GaugeMetricFamily(
                "interlock_gateway_age_seconds", "Since the gateway's last word.", value=age_s
            )

    def describe(self) -> list[Metric]:
        """Nothing: so that registering reads no ledger."""
        return []
