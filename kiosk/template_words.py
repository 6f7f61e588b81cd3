"""Messages in templates: `_()` and `ngettext()` as Jinja knows them, in the language that is spoken."""

from __future__ import annotations

from typing import Any

from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup, escape

from kiosk.speech import capital, language, number, shown, told
from shopfloor.sentences import Sentence


def finalize(value: Any) -> Any:
    """What templates put out: a sentence is told, anything else stays as it is."""
    return told(value) if isinstance(value, Sentence) else value


@pass_eval_context
def gettext(context: EvalContext, msgid: str, /, **values: object) -> str:
    """A template's `_("... %(name)s", name=...)`."""
    return _filled(context, language().translations.gettext(msgid), values)


@pass_eval_context
def ngettext(context: EvalContext, singular: str, plural: str, num: int, /, **values: object) -> str:
    """A template's `ngettext("%(num)s hour", "%(num)s hours", n)`."""
    return _filled(context, language().translations.ngettext(singular, plural, num), {"num": num, **values})


GLOBALS = {"_": gettext, "gettext": gettext, "ngettext": ngettext}
FILTERS = {"capital": capital, "number": number}


def _filled(context: EvalContext, form: str, values: dict[str, object]) -> str:
    """With its values, which are escaped in HTML; the message may stand in an attribute, in double quotes."""
    ready = {name: shown(value) for name, value in values.items()}
    if not context.autoescape:
        return form % ready
    return Markup(str(escape(form)).replace("&#39;", "'")) % ready  # noqa: S704  # escaped, but for apostrophes
