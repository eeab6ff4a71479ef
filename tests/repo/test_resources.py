"""Where things are found, and what is said if they are not."""

from pathlib import Path

import pytest

from rlhf_proofs import resources
from rlhf_proofs.errors import CannotRunError

FINDERS = [
    resources.proofs_directory, resources.claims_folder, resources.driver_source, resources.audit_source,
    resources.schema_file, resources.rollouts_schema_file,
]  # fmt: skip


@pytest.mark.parametrize("find", FINDERS, ids=lambda find: find.__name__)
def test_what_is_there_is_found_and_what_is_not_is_named_with_where_it_was_sought(find, monkeypatch, tmp_path):
    assert find().exists()
    monkeypatch.setattr(resources, "_PACKAGE", tmp_path / "a/b")
    with pytest.raises(CannotRunError, match=rf"is missing; looked at {tmp_path}.*Reinstall rlhf-lemmas"):
        find()


def test_data_inside_the_package_comes_before_a_checkout(monkeypatch, tmp_path):
    package = tmp_path / "proofs/rlhf_proofs"
    (package / "data").mkdir(parents=True)
    (tmp_path / "claims").mkdir()
    monkeypatch.setattr(resources, "_PACKAGE", package)
    assert resources.claims_folder() == tmp_path / "claims"
    (package / "data/claims").mkdir()
    assert resources.claims_folder() == package / "data/claims"


def test_the_cache_is_where_the_environment_says(monkeypatch, tmp_path):
    monkeypatch.setenv("RLHF_LEMMAS_CACHE", str(tmp_path / "own"))
    assert resources.cache_directory() == tmp_path / "own"
    monkeypatch.setenv("RLHF_LEMMAS_CACHE", "")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert resources.cache_directory() == tmp_path / "xdg/rlhf-lemmas"
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert resources.cache_directory() == Path.home() / ".cache/rlhf-lemmas"


def test_a_home_that_is_a_link_is_named_by_what_it_is(monkeypatch, tmp_path):
    """Lean is told the real path of the folder that it works in."""
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    monkeypatch.delenv("RLHF_LEMMAS_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "link"))
    assert resources.cache_directory() == tmp_path / "real/rlhf-lemmas"


def test_without_a_home_the_message_says_what_to_set(monkeypatch, run_main):
    def unknown():
        raise RuntimeError("Could not determine home directory.")

    for name in ("RLHF_LEMMAS_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(Path, "home", unknown)
    status, _, said = run_main("ledger")
    assert status == 2
    assert "no home folder is known: set RLHF_LEMMAS_CACHE to a folder for the cache" in said


def test_a_text_is_replaced_and_its_folders_are_made(tmp_path):
    path = tmp_path / "a/b/file"
    resources.replace_text(path, "ψ")
    resources.replace_text(path, "φ")
    assert path.read_text(encoding="utf-8") == "φ"
    assert [p.name for p in path.parent.iterdir()] == ["file"]
