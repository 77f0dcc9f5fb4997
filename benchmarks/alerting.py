"""`python -m benchmarks.alerting`: rounds of writing to Cloud Monitoring at 100 ms a call, under a quota, with churn.

The other side is a gRPC server in this process that takes everything and says what it got; the database is a fresh
SQLite.
"""

import os
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
os.environ.pop("DATABASE_URL", None)

import django

django.setup()

import grpc  # noqa: E402 - after Django
from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from google.api.metric_pb2 import MetricDescriptor  # noqa: E402
from google.cloud.monitoring_v3.types import CreateTimeSeriesRequest  # noqa: E402
from google.protobuf.empty_pb2 import Empty  # noqa: E402

from ingest.models import Model, ModelVersion, Project  # noqa: E402
from monitoring.alerting.cloud_monitoring.write import WriteReport, write_metrics  # noqa: E402
from monitoring.models import PredictionCounter  # noqa: E402

MODELS, CALL_SECONDS, LONGEST_ROUND = 10_000, 0.1, 20.0
BUDGET, GENERATIONS, OF_A_GENERATION = 5_000, 10, 1_000
PREDICTIONS = "custom.googleapis.com/nanwatch/predictions"
BEGIN = datetime.now(UTC)


@dataclass
class Sink:
    """What was taken: the last value of every series. `left`: calls until the quota is used up."""

    seconds: float = 0.0
    left: int = 10**9
    calls: int = 0
    values: dict[tuple[Any, ...], int] = field(default_factory=dict)

    def take(self, request: Any, context: grpc.ServicerContext) -> Empty:
        time.sleep(self.seconds)
        self.calls += 1
        self.left -= 1
        if self.left < 0:
            context.abort(grpc.StatusCode.RESOURCE_EXHAUSTED, "Quota exceeded")
        for series in request.time_series:
            key = (series.metric.type, *sorted(series.metric.labels.items()), series.resource.labels["namespace"])
            self.values[key] = series.points[0].value.int64_value
        return Empty()

    def of(self, kind: str) -> dict[tuple[Any, ...], int]:
        return {key: value for key, value in self.values.items() if key[0] == kind}


@contextmanager
def serving(sink: Sink) -> Iterator[None]:
    server = grpc.server(ThreadPoolExecutor(8))
    take = grpc.unary_unary_rpc_method_handler(
        sink.take, CreateTimeSeriesRequest.pb().FromString, Empty.SerializeToString
    )
    describe = grpc.unary_unary_rpc_method_handler(
        lambda *_: MetricDescriptor(), None, MetricDescriptor.SerializeToString
    )
    methods = {"CreateTimeSeries": take, "CreateMetricDescriptor": describe}
    server.add_generic_rpc_handlers(
        (grpc.method_handlers_generic_handler("google.monitoring.v3.MetricService", methods),)
    )
    settings.NANWATCH_GCP_PROJECT = "benchmark"
    settings.NANWATCH_MONITORING_ENDPOINT = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
    server.start()
    try:
        yield
    finally:
        server.stop(None).wait()


def register(models: int, versions: int = 1, first: int = 0) -> None:
    """So many models with versions that have answered 7 predictions each."""
    project, _ = Project.objects.get_or_create(name="benchmark")
    named = [Model(project=project, name=f"model-{number}") for number in range(models)]
    Model.objects.bulk_create(named, ignore_conflicts=True)
    made = ModelVersion.objects.bulk_create(
        ModelVersion(model=model, version=str(first + number), artifact_format="keras", artifact_bytes=1)
        for model in Model.objects.filter(project=project)
        for number in range(versions)
    )
    symptoms = ("", "nonfinite_output", "absorbed", "replay_failed", "near_overflow")
    PredictionCounter.objects.bulk_create(
        PredictionCounter(version=version, symptom=symptom, value=7) for version in made for symptom in symptoms
    )


def empty() -> None:
    """An installation that has never written."""
    (settings.CONFIGURATION.data_dir / "metric-writes").unlink()
    call_command("flush", interactive=False, verbosity=0)


def write(minute: int) -> WriteReport:
    report = write_metrics(BEGIN + timedelta(minutes=minute))
    assert report is not None
    return report


def many_models() -> None:
    settings.NANWATCH_MONITORING_MAX_SERIES = 20 * MODELS
    register(MODELS)
    sink = Sink(CALL_SECONDS)
    with serving(sink):
        rounds = []
        for minute in (1, 2, 3):
            started = time.perf_counter()
            report = write(minute)
            rounds.append(time.perf_counter() - started)
            assert not report.problem, report.problem
        calls = sink.calls // 3
        times = ", ".join(f"{seconds:.1f}" for seconds in rounds)
        calls_of = f"{calls} calls of {CALL_SECONDS * 1000:.0f} ms"
        print(f"{MODELS:,} models, {len(sink.values):,} series, {calls_of}: {times} s a round")
        assert max(rounds) <= LONGEST_ROUND
        sink.values.clear()
        sink.seconds = 0.01
        for minute in (4, 5, 6):
            sink.left = -(-calls // 3)
            write(minute)
        unwritten = MODELS - len(sink.of(PREDICTIONS))
        print(f"quota of a third of the calls: {unwritten} models unwritten after 3 rounds")
        assert not unwritten


def churn() -> None:
    empty()
    settings.NANWATCH_MONITORING_MAX_SERIES = BUDGET
    sink = Sink()
    with serving(sink):
        for generation in range(GENERATIONS):
            register(models=10, versions=OF_A_GENERATION // 10, first=generation * OF_A_GENERATION)
            write(10 + generation)
        write(10 + GENERATIONS)
    versions = Counter(dict(key[1:-1]).get("version") for key in sink.of(PREDICTIONS))
    counted, all_of_them = sum(sink.of(PREDICTIONS).values()), 7 * GENERATIONS * OF_A_GENERATION
    print(
        f"{GENERATIONS} generations of {OF_A_GENERATION:,} versions: {len(sink.values):,} series with a budget of "
        f"{BUDGET:,}, {versions['other']} models have `other`; {counted:,} of {all_of_them:,} predictions"
    )
    assert len(sink.values) <= BUDGET
    assert counted == all_of_them


if __name__ == "__main__":
    call_command("migrate", verbosity=0)
    many_models()
    churn()
