"""The two ways to run Lean: how they are found, and what they let Lean see of the machine."""

import re
from pathlib import Path

import pytest

from rlhf_proofs.errors import CannotRunError
from rlhf_proofs.lean.backend import LakeBackend, WasmBackend, find_backend
from rlhf_proofs.lean.build import check_library

FILES = {
    "L": "module\npublic import L.A\ntheorem main : True := trivial\n",
    "L.A": "module\ntheorem low : True := trivial\n",
}

LAKE = """
import os, sys
assert sys.argv[1:3] == ["env", "lean"]
assert os.path.exists("lean-toolchain") and os.path.exists("lakefile.toml")
assert not {"ELAN_TOOLCHAIN", "LEAN_PATH", "LD_PRELOAD"} & set(os.environ), "Lean would be another one"
assert os.environ["https_proxy"] == "somewhere", "elan could not fetch Lean"
os.environ["FAKE_LEAN_LOG"] = LOG
os.execv(sys.executable, [sys.executable, "-I", "-S", SCRIPT, *sys.argv[3:]])
"""


@pytest.fixture
def lake(executable, monkeypatch, fake):
    path = executable("lake", f"LOG, SCRIPT = {str(fake.log)!r}, {fake.command()[-1]!r}\n{LAKE}")
    monkeypatch.setenv("PATH", str(path.parent))
    monkeypatch.setenv("https_proxy", "somewhere")
    monkeypatch.setenv("ELAN_TOOLCHAIN", "another")
    monkeypatch.setenv("LEAN_PATH", "another")
    monkeypatch.setenv("LD_PRELOAD", "")
    return path


@pytest.mark.parametrize("choice", ["auto", "lake"])
def test_lake_on_the_path_is_found_and_drives_the_check(lake, write, fake, choice):
    backend = find_backend(choice)
    assert isinstance(backend, LakeBackend)
    assert (backend.name, backend.toolchain) == ("lake", "Lean (version 0.fake)")
    assert list(backend.command("--run", "x")) == [str(lake), "env", "lean", "--run", "x"]
    report = check_library(write(FILES), backend)
    assert report.accepted
    assert report.backend == "lake"
    assert fake.elaborated == ["L.A", "L"]


def test_a_lake_that_cannot_run_lean_is_said_to_be_there(executable, lake):
    executable("lake", "import sys; sys.exit('error: no such toolchain')")
    with pytest.raises(CannotRunError, match="lake is there but cannot run Lean: error: no such toolchain"):
        find_backend("auto")


def test_a_lake_that_cannot_start_is_said_to_be_there(lake):
    lake.write_text("#!/no/such/interpreter\n")
    with pytest.raises(CannotRunError, match="lake is there but cannot run"):
        find_backend("lake")


def test_without_lake_the_message_says_how_to_get_it(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CannotRunError, match="lake is missing: install elan"):
        find_backend("lake")


def test_without_lake_auto_means_webassembly_and_the_message_says_how_to_install_it(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("rlhf_proofs.lean.backend.find_node", lambda: tmp_path / "node")
    with pytest.raises(CannotRunError, match=r"not installed.*rlhf-lemmas lean setup"):
        find_backend("auto")
    monkeypatch.setattr("rlhf_proofs.lean.backend.find_node", lambda: None)
    with pytest.raises(CannotRunError, match="Node 24 or newer is missing"):
        find_backend("auto")


def test_the_webassembly_build_is_found_where_it_is_installed(monkeypatch, tmp_path):
    node = tmp_path / "node"
    monkeypatch.setattr("rlhf_proofs.lean.backend.find_node", lambda: node)
    monkeypatch.setattr("rlhf_proofs.lean.backend.installation", lambda: tmp_path / "lean")
    monkeypatch.setattr("rlhf_proofs.lean.backend.verify", lambda home: None)
    backend = find_backend("wasm")
    assert isinstance(backend, WasmBackend)
    command = list(backend.command("--run", "Driver.lean"))
    assert command[0] == str(node)
    assert backend.environment([])["NODE_OPTIONS"].startswith('"--permission" "--allow-worker"')
    assert command[-3:] == [str(tmp_path / "lean/package/lean.js"), "--run", "Driver.lean"]
    assert "sha" in backend.toolchain or "==" in backend.toolchain  # pinned by hash, which is in every cache key


def test_a_changed_installation_is_not_run(monkeypatch, tmp_path):
    (tmp_path / "lean.js").write_text("process.exit(0)")
    monkeypatch.setattr("rlhf_proofs.lean.backend.find_node", lambda: tmp_path / "node")
    monkeypatch.setattr("rlhf_proofs.lean.backend.installation", lambda: tmp_path)
    with pytest.raises(CannotRunError, match=r"is not what was installed .* was not run: .*lean setup --force"):
        find_backend("wasm")


def test_the_webassembly_build_sees_each_folder_once_and_writes_only_what_it_is_given():
    backend = WasmBackend(Path("/bin/node"), Path("/opt/lean"), "t")
    said = backend.environment([Path(p) for p in ("/work/cache/stage", "/work/cache", "/tmp/x", "/opt/lean/lib")])
    assert said["LEAN_MOUNTS"] == "/tmp/x:/opt/lean:/work/cache"
    assert said["LEAN_PATH"] == "/opt/lean/lib/lean"
    said = backend.environment([Path("/work/cache")])
    reads, writes = (re.findall(rf'"--allow-fs-{what}=(.*?)"', said["NODE_OPTIONS"]) for what in ("read", "write"))
    assert (reads, writes) == (["/opt/lean", "/work/cache"], ["/work/cache"])


def test_a_folder_behind_a_link_is_seen_by_both_names(tmp_path):
    """What works there is told the real one."""
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    said = WasmBackend(Path("/bin/node"), Path("/opt/lean"), "t").environment([tmp_path / "link"])
    assert set(said["LEAN_MOUNTS"].split(":")) == {"/opt/lean", str(tmp_path / "link"), str(tmp_path / "real")}


@pytest.mark.parametrize("name", ["a:b", "all*"])
def test_a_folder_whose_name_would_mean_more_is_refused(name):
    with pytest.raises(CannotRunError, match=r"Lean cannot be shown .*: set RLHF_LEMMAS_CACHE to a folder without"):
        WasmBackend(Path("/bin/node"), Path("/opt/lean"), "t").environment([Path("/cache") / name])


BAD = ["NODE_OPTIONS", "NODE_PATH", "NODE_EXTRA_CA_CERTS", "LEAN_PATH", "LEAN_SYSROOT", "LD_PRELOAD", "UV_THREADPOOL"]


def test_nothing_in_the_users_environment_that_names_code_reaches_lean(monkeypatch):
    for name in BAD:
        monkeypatch.setenv(name, "--require=/evil.js")
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    for backend in (WasmBackend(Path("/bin/node"), Path("/opt/lean"), "t"), LakeBackend("/bin/lake", "t")):
        said = backend.environment([Path("/work")])
        assert "evil" not in str(said)
        assert said["LANG"] == "en_GB.UTF-8"
