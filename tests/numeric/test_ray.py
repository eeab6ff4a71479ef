"""Campaigns on a local Ray cluster: the findings of one process, whatever happens to the workers."""

import os
import signal
from contextlib import suppress

import psutil
import pytest

from rlhf_numeric import CLAIMS
from rlhf_numeric.attacks.campaign import BALL_ROWS, ROWS, Plan, load_progress, run_campaign, sources_digest
from rlhf_numeric.parallel import ray as _ray
from rlhf_numeric.parallel.workers import WorkerError

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore"),  # Ray's own
]

FEW = [CLAIMS[slug] for slug in ("variance-bound", "kl-nonneg", "gap-identity")]
ROWS_OF_MANY = 11 * ROWS + 100


@pytest.fixture(scope="module")
def ray():
    """A local cluster of two processors for all tests."""
    library = pytest.importorskip("ray", reason="Ray is not installed, `campaign --ray` is NOT tested: pip install ray")
    os.environ.update(RAY_USAGE_STATS_ENABLED="0", RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO="0")
    library.init(address="local", num_cpus=2, include_dashboard=False, logging_level="error", log_to_driver=False)
    yield library
    library.shutdown()


@pytest.fixture(scope="module")
def whole():
    return run_campaign(FEW, instances=ROWS_OF_MANY, seed=5)


def workers_at_work():
    """Worker processes of the cluster that run a task now."""
    found = []
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):  # it ended meanwhile, or is a zombie
            if " ".join(process.cmdline()).startswith("ray::checked"):
                found.append(process)
    return found


def test_the_findings_are_those_of_one_process_and_progress_is_told(ray, whole):
    told = []
    assert run_campaign(FEW, instances=ROWS_OF_MANY, seed=5, cluster="local", progress=told.append) == whole
    assert told == sorted(set(told))
    assert told[-1] == ROWS_OF_MANY


def test_killed_workers_lose_nothing_and_count_nothing_twice(ray, whole):
    killed, told = [], []

    def kill(done):
        told.append(done)
        if len(killed) < 2:
            for process in workers_at_work()[:1]:
                os.kill(process.pid, signal.SIGKILL)
                killed.append(process.pid)

    assert run_campaign(FEW, instances=ROWS_OF_MANY, seed=5, cluster="local", progress=kill) == whole
    assert killed
    assert len(told) == len(set(told)) == 12


def test_a_stopped_campaign_goes_on_from_its_file(ray, whole, tmp_path):
    file = tmp_path / "progress.json"

    def stop(done):
        if done >= 3 * ROWS:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_campaign(FEW, instances=ROWS_OF_MANY, seed=5, cluster="local", resume=file, progress=stop)
    plan = Plan(tuple(claim.id for claim in FEW), ROWS_OF_MANY, 5, BALL_ROWS, sources_digest())
    assert 1 <= len(load_progress(file, plan).missing()) <= 9
    assert run_campaign(FEW, instances=ROWS_OF_MANY, seed=5, cluster="local", resume=file) == whole


def test_an_error_in_a_task_is_told(ray):
    def fail(task):
        raise ArithmeticError(f"task {task}")

    with pytest.raises(WorkerError, match="ArithmeticError: task 0"):
        list(_ray.spread_on_ray(fail, [0], lambda: "same", address="local"))


def test_a_worker_with_other_sources_is_refused(ray):
    here = os.getpid()

    def digest():
        return "ours" if os.getpid() == here else "theirs"

    with pytest.raises(WorkerError, match="other sources"):
        list(_ray.spread_on_ray(str, [0], digest, address="local"))


def test_claims_that_a_worker_cannot_look_up_are_refused(ray):
    from .planted import FALSE

    with pytest.raises(ValueError, match="not in CLAIMS"):
        run_campaign([next(iter(FALSE.values()))], instances=ROWS, cluster="local")
