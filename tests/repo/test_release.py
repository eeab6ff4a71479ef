"""What others read of a release agrees: pyproject.toml, CITATION.cff, codemeta.json, and the container files."""

import json
import re
import tomllib

import yaml

from .conftest import REPOSITORY

PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
CITATION = yaml.safe_load((REPOSITORY / "CITATION.cff").read_text(encoding="utf-8"))
CODEMETA = json.loads((REPOSITORY / "codemeta.json").read_text(encoding="utf-8"))
README = (REPOSITORY / "README.md").read_text(encoding="utf-8")
CONTAINER = REPOSITORY / ".devcontainer"


def test_name_version_licence_and_authors_are_the_same_everywhere():
    assert CODEMETA["version"] == str(CITATION["version"]) == PROJECT["version"]
    assert CODEMETA["license"] == f"https://spdx.org/licenses/{PROJECT['license']}"
    assert CITATION["license"] == PROJECT["license"]
    names = [author["name"] for author in PROJECT["authors"]]
    assert names == [author["name"] for author in CITATION["authors"]] == [a["name"] for a in CODEMETA["author"]]
    for field in ("name", "description", "keywords"):
        assert CODEMETA[field] == PROJECT[field]
    assert CODEMETA["runtimePlatform"] == f"Python {PROJECT['requires-python']}"


def test_the_authors_are_cited_as_a_group():
    assert [set(author) for author in CITATION["authors"]] == [{"name"}]
    assert {author["@type"] for author in CODEMETA["author"]} == {"Organization"}


def test_the_containers_run_the_two_commands_of_the_readme_and_nothing_else():
    section = README.split("## Two commands\n")[1].split("\n## ")[0]
    two = re.search(r"^```sh\n(make \w+) .*\n(make \w+) ", section, re.MULTILINE).groups()
    assert two == ("make check", "make test")
    docker = (CONTAINER / "Dockerfile").read_text(encoding="utf-8")
    runs = re.findall(r"^(?:RUN|CMD|ENTRYPOINT|SHELL) (.*)$", docker, re.MULTILINE)
    assert runs == [two[0], json.dumps(two[1].split())]
    settings = json.loads((CONTAINER / "devcontainer.json").read_text(encoding="utf-8"))
    assert {key: value for key, value in settings.items() if "ommand" in key} == {"postCreateCommand": " && ".join(two)}
