"""Tracing a library with a Lean that is none: what is traced again, what is kept, what a failure leaves behind."""

import gzip

import pytest

from rlhf_proofs.dojo.extract import extract
from rlhf_proofs.errors import LeanFailureError
from rlhf_proofs.lean.process import Limits
from rlhf_proofs.resources import driver_source, extractor_source

FILES = {
    "L": "module\npublic import L.B\ntheorem main : True := trivial\n",
    "L.A": "module\ntheorem low : True := trivial\n",
    "L.B": "module\npublic import L.A\ntheorem middle : True := trivial\n",
}
SMALL = Limits(silence=20.0)


def run(library, fake, **options):
    return extract(library, fake, limits=SMALL, **options)


def leftovers(cache):
    return [p.name for p in cache.rglob("*") if p.name.startswith("stage-") or p.suffix == ".tmp"]


def test_a_library_is_traced_once_and_read_from_the_cache_after_that(write, fake, cache):
    library, seen = write(FILES), []
    first = run(library, fake, progress=lambda *step: seen.append(step))
    assert list(first.traces) == ["L.A", "L.B", "L"]
    assert [t["declared"] for t in first.traces.values()] == [["low"], ["middle"], ["main"]]
    assert first.elaborated == ("L.A", "L.B", "L")
    assert seen[-4:] == [("starting Lean", 0, 3), ("L.A", 1, 3), ("L.B", 2, 3), ("L", 3, 3)]
    assert fake.traced == ["L.A", "L.B", "L"]
    second = run(library, fake)
    assert (second.traces, second.elaborated) == (first.traces, ())
    assert fake.pids == []
    assert leftovers(cache) == []


@pytest.mark.parametrize(("changed", "again"), [("L.A", ["L.A", "L.B", "L"]), ("L", ["L"])])
def test_a_change_traces_the_module_and_its_dependents_only(write, fake, changed, again):
    run(write(FILES), fake)
    assert fake.traced
    run(write({**FILES, changed: FILES[changed] + "theorem new : True := trivial\n"}, root="L"), fake)
    assert fake.traced == again


def test_only_the_modules_that_are_asked_for_are_traced(write, fake):
    some = run(write(FILES), fake, modules=["L.B"])
    assert (list(some.traces), some.elaborated) == (["L.B"], ("L.B",))
    assert fake.traced == ["L.B"]
    assert run(write(FILES), fake).elaborated == ("L.A", "L")
    with pytest.raises(ValueError, match=r"modules: expected modules of L, got L\.C"):
        run(write(FILES), fake, modules=["L.A", "L.C"])


@pytest.mark.parametrize("reason", ["fresh", "toolchain"])
def test_everything_is_traced_anew_when_asked_and_for_another_lean(write, fake, reason):
    run(write(FILES), fake)
    assert fake.traced
    fake.toolchain = "fake 1" if reason == "toolchain" else fake.toolchain
    run(write(FILES), fake, fresh=reason == "fresh")
    assert fake.traced == ["L.A", "L.B", "L"]


def test_ctrl_c_keeps_the_traces_that_are_there(write, fake, cache):
    library = write(FILES)

    def interrupt(what, _done, _total):
        if what == "L.B" and (cache / "traces").exists():
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(library, fake, progress=interrupt)
    assert leftovers(cache) == []
    assert fake.traced[:2] == ["L.A", "L.B"]
    assert run(library, fake).elaborated == ("L",)
    assert fake.traced == ["L"]


def truncate(path):
    path.write_bytes(path.read_bytes()[:-9])


def garble(path):
    raw = path.read_bytes()
    path.write_bytes(raw[:40] + raw[41:])


def forge(path):
    """Change what is stored without changing its form."""
    text = gzip.decompress(path.read_bytes()).decode()
    assert '"tactics": []' in text
    path.write_bytes(gzip.compress(text.replace('"tactics": []', '"tactics": [0]').encode()))


@pytest.mark.parametrize("damage", [truncate, garble, forge])
def test_a_damaged_trace_is_made_again(write, fake, cache, damage):
    first = run(write(FILES), fake)
    assert fake.traced
    damage(min((cache / "traces").iterdir()))
    assert run(write(FILES), fake).traces == first.traces
    assert len(fake.traced) == 1


def test_compiled_modules_that_are_gone_are_built_again(write, fake, cache):
    library = write(FILES)
    run(library, fake)
    for folder in ("modules", "traces"):
        (cache / folder).rename(cache / f"{folder}-gone")
    assert fake.elaborated
    assert run(library, fake).elaborated == ("L.A", "L.B", "L")
    assert fake.elaborated == ["L.A", "L.B", "L"]


def test_a_library_that_is_not_accepted_is_not_traced(write, fake):
    with pytest.raises(LeanFailureError, match=r"not accepted: L/A\.lean:1:0: error: it is wrong"):
        run(write(FILES | {"L.A": FILES["L.A"] + "-- wrong\n"}), fake)
    assert fake.traced == []


def test_an_error_while_tracing_says_where_and_keeps_what_came_before(write, fake, cache):
    with pytest.raises(LeanFailureError, match=r"L\.B cannot be traced: L/B\.lean:3:1: error: it is strange"):
        run(write(FILES | {"L.B": FILES["L.B"] + "-- untraceable\n"}), fake)
    assert len(list((cache / "traces").iterdir())) == 1
    assert leftovers(cache) == []


def test_an_extractor_that_stops_is_a_failure(write, fake):
    run(write(FILES), fake)  # so that only the tracing is left to fail
    fake.mode = "failed"
    with pytest.raises(LeanFailureError, match="the extractor stopped: no such file"):
        run(write(FILES), fake, fresh=True)


def shared_pieces(extractor):
    start, _, rest = extractor.partition("-- shared\n")
    assert start
    return rest.partition("\n-- end of shared")[0].split("\n\n")


def test_what_the_extractor_shares_with_the_driver_is_the_driver_word_for_word():
    """Otherwise it would elaborate under other options, or other imports, than what was checked."""
    extractor, driver = extractor_source().read_text(), driver_source().read_text()
    pieces = shared_pieces(extractor)
    assert any("def importHeader" in piece for piece in pieces)
    assert any("def options" in piece for piece in pieces)
    assert [piece for piece in pieces if piece not in driver] == []
    changed = extractor.replace("`autoImplicit false", "`autoImplicit true")
    assert [piece for piece in shared_pieces(changed) if piece not in driver] != []
