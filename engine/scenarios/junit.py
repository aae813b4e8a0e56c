"""Verdicts as a JUnit report, which CI servers show."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from xml.etree import ElementTree

from .running import Failure, Verdict

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def document(name: str, verdicts: Mapping[str, Sequence[Verdict]]) -> str:
    """One test suite for each file, one test case for each scenario."""
    root = ElementTree.Element("testsuites", name=_clean(name))
    for path, found in verdicts.items():
        suite = ElementTree.SubElement(
            root,
            "testsuite",
            name=_clean(path),
            tests=str(len(found)),
            failures=str(sum(not verdict.passed for verdict in found)),
            errors="0",
            skipped="0",
            time=f"{sum(verdict.seconds for verdict in found):.3f}",
        )
        for verdict in found:
            _case(suite, path, verdict)
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _case(suite: ElementTree.Element, path: str, verdict: Verdict) -> None:
    case = ElementTree.SubElement(
        suite,
        "testcase",
        classname=_clean(path.removesuffix(".yaml").replace("/", ".")),
        name=_clean(verdict.scenario.name),
        file=_clean(path),
        line=str(verdict.scenario.span.line),
        time=f"{verdict.seconds:.3f}",
    )
    if verdict.failures:
        first = verdict.failures[0]
        failure = ElementTree.SubElement(
            case,
            "failure",
            type="expectation",
            message=_clean(f"{first.subject}: expected {first.expected}, came {first.came}"),
        )
        failure.text = _clean("\n\n".join(_told(each) for each in verdict.failures))


def _told(failure: Failure) -> str:
    return "\n".join(
        [failure.subject, f"  expected  {failure.expected}", f"  came      {failure.came}"]
        + [f"  {line}" for line in failure.why]
    )


def _clean(text: str) -> str:
    """XML has no place for most control characters."""
    return _FORBIDDEN.sub("�", text)
