"""A pytest plugin that runs claims on a project's own problems: ``pytest --rlhf-claims ID[,ID…|all]``.

The problems come from a hook in the project's ``conftest.py``::

    def pytest_rlhf_instances():
        return {"mine": Problem(features, ref_probs, theta_star, kl_coef=0.1)}

It is loaded in every run of pytest where the package is installed. Without the option it does nothing, and nothing of
rlhf-lemmas is imported: this is a package of its own because a module of `rlhf_numeric` would import all of that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rlhf_numeric import Instance, Problem

_OPTION = "--rlhf-claims"
_MARK = "rlhf_claim: a claim of rlhf-lemmas on one of the project's own instances (made by --rlhf-claims)"


class Hooks:
    """The hook that a project writes."""

    @pytest.hookspec
    def pytest_rlhf_instances(self, config: pytest.Config) -> Mapping[str, Problem | Instance]:  # type: ignore[empty-body]
        """Return what the claims of ``--rlhf-claims`` are to be tested on, by name.

        A `Problem` stands for its instance at θ = 0, the reference policy. Leading axes are a batch: a claim holds if
        it holds in every row. Several conftest files may each give their own.
        """


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    """Make the hook known."""
    pluginmanager.add_hookspecs(Hooks)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option."""
    parser.getgroup("rlhf-lemmas").addoption(
        _OPTION, metavar="ID[,ID...]|all",
        help="run these claims on the instances that the hook pytest_rlhf_instances in conftest.py returns",
    )  # fmt: skip


def pytest_configure(config: pytest.Config) -> None:
    """Register the mark; refuse ids that do not exist before anything is collected."""
    config.addinivalue_line("markers", _MARK)
    if config.getoption(_OPTION) is not None:
        from rlhf_pytest.items import chosen

        chosen(config.getoption(_OPTION))


@pytest.hookimpl(tryfirst=True)  # so that -k, -m and --lf choose among the claims too
def pytest_collection_modifyitems(
    session: pytest.Session, config: pytest.Config, items: list[pytest.Item]
) -> None:  # fmt: skip
    """Add a test for each claim and instance."""
    if config.getoption(_OPTION) is not None:
        from rlhf_pytest.items import chosen, collect

        made = list(collect(session, chosen(config.getoption(_OPTION))))
        report = pytest.CollectReport(nodeid="rlhf-claims", outcome="passed", longrepr=None, result=[*made])
        session.ihook.pytest_collectreport(report=report)  # so that they are counted
        items.extend(made)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say how the claims came out, those that a green dot would hide above all."""
    if config.getoption(_OPTION) is not None:
        from rlhf_pytest.items import summary

        reports = [r for rs in terminalreporter.stats.values() for r in rs if isinstance(r, pytest.TestReport)]
        if lines := summary(reports):
            terminalreporter.section("rlhf-lemmas")
            for line in lines:
                terminalreporter.write_line(line)
