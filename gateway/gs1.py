"""From what a label says to the code that is meant: AIM ids, GS1 element strings, Digital Links.

A code is read as GS1 only if its AIM id, its brackets or its address say that it is one, or the site does:
an in-house code that begins with digits can be misread as GS1 without any fault.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from biip import BiipException
from biip.gs1_digital_link_uris import GS1DigitalLinkURI
from biip.gs1_element_strings import GS1ElementString
from biip.gs1_messages import GS1Message
from biip.symbology import GS1Symbology, ISOSymbology

from gateway.bodies import control_character
from gateway.faults import NoScan
from shopfloor.codes import is_own_code
from shopfloor.profiles import Gs1Rules
from shopfloor.sentences import sentence

FNC1 = "\x1d"
_AIM_LENGTH = 3
_LETTERS = frozenset(each.value for each in ISOSymbology) | {"J"}
_ANNOUNCED = frozenset(each.value for each in GS1Symbology.with_gs1_messages()) | {"e1", "e2"}


def meant_code(read: str, rules: Gs1Rules) -> str:
    """The code that a label means. NoScan when it is a GS1 label that cannot be used."""
    aim, code = _aim_and_code(read)
    if rules.when != "never" and _is_gs1(aim, code, rules):
        return _batch(code, rules)
    if not code:
        raise NoScan(sentence("The label says nothing behind its AIM id."), waited_for=True)
    return code


def _aim_and_code(read: str) -> tuple[str, str]:
    """The AIM id without its bracket, or nothing, and what stands behind it."""
    if not read.startswith("]"):
        return "", read
    aim = read[1:_AIM_LENGTH]
    if len(aim) + 1 < _AIM_LENGTH or aim[0] not in _LETTERS or not (aim[1].isascii() and aim[1].isalnum()):
        raise NoScan(
            sentence("The label begins with %(read)s, which is no AIM id.", read=repr(read[:_AIM_LENGTH])),
            waited_for=True,
        )
    return aim, read[_AIM_LENGTH:]


def _is_gs1(aim: str, code: str, rules: Gs1Rules) -> bool:
    if aim in _ANNOUNCED or code.startswith("("):
        return True
    if code[:8].lower().startswith(("http://", "https://")):
        return True
    return not aim and rules.when == "always" and not is_own_code(code)


def _batch(code: str, rules: Gs1Rules) -> str:
    elements = list(_elements(code))
    for element in elements:
        fault = element.gtin_error or element.sscc_error or element.gln_error
        if fault:
            raise NoScan(
                sentence(
                    "The GS1 label was misread: the check digit of (%(ai)s) is wrong.", ai=element.ai.ai
                ),
                waited_for=True,
            )
    for wanted in rules.batch:
        found = dict.fromkeys(element.value for element in elements if element.ai.ai == wanted)
        if len(found) > 1:
            raise NoScan(
                sentence("The GS1 label says (%(wanted)s) twice and differently.", wanted=wanted),
                waited_for=True,
            )
        for value in found:
            if value and control_character(value) is None:
                return value
    has = ", ".join(dict.fromkeys(f"({element.ai.ai})" for element in elements)) or "nothing"
    wanted = ", ".join(rules.batch)
    raise NoScan(
        sentence(
            "The GS1 label has %(has)s, but no batch: that would be in one of %(wanted)s.",
            has=has,
            wanted=wanted,
        ),
        waited_for=True,
    )


def _elements(code: str) -> Iterable[GS1ElementString]:
    if code.startswith("("):
        return _parsed(GS1Message.parse_hri, code).element_strings
    if "://" in code[:8]:
        return _parsed(GS1DigitalLinkURI.parse, code).element_strings
    return _parsed(GS1Message.parse, code.strip(FNC1)).element_strings


def _parsed(
    parse: Callable[[str], GS1Message] | Callable[[str], GS1DigitalLinkURI], code: str
) -> GS1Message | GS1DigitalLinkURI:
    try:
        return parse(code)
    except (BiipException, ValueError, IndexError, KeyError):
        # ValueError of addresses and dates, IndexError of what ends too early: biip lets them through.
        raise NoScan(
            sentence("The label announces GS1 but cannot be read as such."), waited_for=True
        ) from None
