"""A payload and a profile make a scan, or nothing, or a reason. No bytes make this raise anything but NoScan."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field

from gateway.bodies import Body, control_character, trimmed, word_of
from gateway.device_times import device_instant
from gateway.faults import NoScan
from gateway.gs1 import FNC1, meant_code
from shopfloor.codes import CodeKind, command_code, is_batch_code
from shopfloor.instants import Instant
from shopfloor.profiles import Gs1Rules, Profile
from shopfloor.sentences import sentence

LONGEST_ID = 100
LONGEST_NAME = 80
LARGEST_SEQ = 2**63 - 1  # what the ledger's integers hold
LARGEST_QUANTITY = 1_000_000_000
FULL = 100
LONGEST_CODE = 200
_BATCH_LENGTH = 7


@dataclass(frozen=True, slots=True)
class Read:
    """What a message says that is a scan."""

    code: str
    scan_id: str | None = None
    device_at: Instant | None = None
    seq: int | None = None
    quantity: int | None = None
    declared: CodeKind | None = None


@dataclass(frozen=True, slots=True)
class Nothing:
    """A message of the device that is no scan and no fault; `why` says what is missing for one."""

    why: str


@dataclass(frozen=True, slots=True)
class Told:
    """What a message says about the device itself."""

    battery: int | None = None
    model: str | None = None


NOTHING_TOLD = Told()
_DEFAULT_RULES = Gs1Rules()


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads the messages of one profile."""

    profile: Profile
    rules: Gs1Rules = field(default=_DEFAULT_RULES)
    """Of the site, for a profile that has none."""

    def scan(self, body: Body, arrived_at: Instant) -> Read | Nothing:
        """The scan in a message. NoScan when it should be one and cannot be used."""
        profile = self.profile
        if profile.payload == "text" or (profile.payload == "any" and not body.begins_like_json):
            return Read(self._code(body.text), declared=self._declared)
        if profile.mixed and not body.begins_like_json:
            return Nothing(sentence("it is no JSON object"))
        for path, words in profile.when:
            if not body.holds(path, words):
                return Nothing(
                    sentence("%(path)s is not %(words)s", path=".".join(path), words=", ".join(words))
                )
        action = body.first(profile.action)
        if action is not None and action != "":
            return self._command(body, arrived_at, action)
        if not profile.code or not self._has_code(body):
            return Nothing(sentence("it holds no code"))
        code = self._code(body.first(profile.code))
        return self._with_facts(body, arrived_at, code, self._declared)

    def _command(self, body: Body, arrived_at: Instant, action: object) -> Read | Nothing:
        command = self.profile.commands.get(word_of(action) or "")
        if command is None:
            return Nothing(sentence("no command for %(action)s", action=repr(str(action)[:40])))
        return self._with_facts(body, arrived_at, command_code(command), "command")

    def scan_id(self, body: Body) -> str | None:
        """The id of a message whose code cannot be used, so that its answer can name it."""
        try:
            return _scan_id(body.first(self.profile.scan_id)) if body.begins_like_json else None
        except NoScan:
            return None

    def device(self, body: Body) -> str | None:
        """What the payload says which device it is from; None when it says nothing of use."""
        if not self.profile.device:
            return None
        try:
            said = word_of(body.first(self.profile.device))
        except NoScan:
            return None
        return said if said and len(said) <= LONGEST_NAME and said.isprintable() else None

    def told(self, body: Body) -> Told:
        """Battery and model, if the message tells them; never a reason to refuse it."""
        if not (self.profile.battery or self.profile.model):
            return NOTHING_TOLD
        try:
            if not body.begins_like_json:
                return NOTHING_TOLD
            battery, model = body.first(self.profile.battery), body.first(self.profile.model)
        except NoScan:
            return NOTHING_TOLD
        full = isinstance(battery, int | float) and not isinstance(battery, bool) and 0 <= battery <= FULL
        named = isinstance(model, str) and 0 < len(model) <= LONGEST_NAME and model.isprintable()
        return Told(round(battery) if full else None, model if named else None)

    def online(self, body: Body) -> bool | None:
        """Whether a device says it is online; None when it says nothing of the kind."""
        try:
            said: object = body.text
            if body.begins_like_json:
                said = body.first(self.profile.presence_at)
        except NoScan:
            return None
        if isinstance(said, bool):
            return said
        word = word_of(said)
        if word in self.profile.words.online:
            return True
        return False if word in self.profile.words.offline else None

    @property
    def _declared(self) -> CodeKind | None:
        return "badge" if self.profile.badge else None

    def _with_facts(self, body: Body, arrived_at: Instant, code: str, declared: CodeKind | None) -> Read:
        profile = self.profile
        return Read(
            code=code,
            scan_id=_scan_id(body.first(profile.scan_id)),
            device_at=device_instant(
                body.first(profile.time), profile.time_unit, profile.time_zone, arrived_at
            ),
            seq=_count("seq", body.first(profile.seq), LARGEST_SEQ),
            quantity=_count("quantity", body.first(profile.quantity), LARGEST_QUANTITY),
            declared=declared,
        )

    def _has_code(self, body: Body) -> bool:
        if body.first(self.profile.code) is not None:
            return True
        if self.profile.mixed:
            return False
        first = ".".join(self.profile.code[0])
        if len(self.profile.code[0]) == 1 and self.profile.code[0][0] in body.said:
            raise NoScan(sentence("The code is not text."))
        raise NoScan(sentence("The message has no %(first)s.", first=repr(first)))

    def _code(self, said: object) -> str:
        """What is meant by what was read."""
        profile = self.profile
        if not isinstance(said, str):
            raise NoScan(sentence("The code is not text."))
        code = _unwrapped(_decoded(said, profile), profile)
        if not code:
            raise NoScan(sentence("The code is empty."))
        if len(code) > LONGEST_CODE:
            raise NoScan(
                sentence(
                    "The code has %(code)s characters; a code has at most %(longest_code)s.",
                    code=len(code),
                    longest_code=LONGEST_CODE,
                )
            )
        if bad := control_character(code.replace(FNC1, "")):
            if bad in ("U+000A", "U+000D"):
                raise NoScan(
                    sentence("The code holds the control character %(bad)s: two reads run together.", bad=bad)
                )
            raise NoScan(sentence("The code holds the control character %(bad)s.", bad=bad))
        _check_read(code, profile)
        return code if profile.badge else meant_code(code, profile.gs1 or self.rules)


def _unwrapped(text: str, profile: Profile) -> str:
    """Without what the profile says that does not belong to the code."""
    code = trimmed(text)
    for piece in profile.prefix:
        code = code.removeprefix(piece)
    for piece in profile.suffix:
        code = code.removesuffix(piece)
    if profile.strip:
        code = code.translate({ord(sign): None for sign in profile.strip})
    if profile.fnc1:
        code = code.replace(profile.fnc1, FNC1)
    return trimmed(code)


def _check_read(code: str, profile: Profile) -> None:
    """Ghost reads are too short, reads run together too long or one text twice."""
    if not profile.shortest <= len(code) <= profile.longest:
        limits = sentence("%(shortest)s to %(longest)s", shortest=profile.shortest, longest=profile.longest)
        raise NoScan(
            sentence(
                "The code has %(code)s characters; this profile reads %(limits)s.",
                code=len(code),
                limits=limits,
            ),
            waited_for=True,
        )
    if profile.refuse_doubled and _is_doubled(code):
        raise NoScan(sentence("Two reads run together: scan again."), waited_for=True)


def _decoded(said: str, profile: Profile) -> str:
    if profile.encoding == "text":
        return said
    try:
        if profile.encoding == "hex":
            return bytes.fromhex(said).decode()
        return base64.b64decode(said, validate=True).decode()
    except (ValueError, binascii.Error):  # of UTF-8, too
        raise NoScan(sentence("The code is not %(encoding)s of UTF-8.", encoding=profile.encoding)) from None


def _is_doubled(code: str) -> bool:
    half, odd = divmod(len(code), 2)
    if odd:
        return False
    both_batches = half == _BATCH_LENGTH and is_batch_code(code[:half]) and is_batch_code(code[half:])
    return both_batches or (half > 1 and code[:half] == code[half:] and len(set(code)) > 1)


def _scan_id(said: object) -> str | None:
    if said is None:
        return None
    if not isinstance(said, str):
        raise NoScan(sentence("The id is not text."))
    if not said:
        raise NoScan(sentence("The id is empty; leave it out when there is none."))
    if len(said) > LONGEST_ID:
        raise NoScan(
            sentence(
                "The id has %(said)s characters; an id has at most %(longest_id)s.",
                said=len(said),
                longest_id=LONGEST_ID,
            )
        )
    if bad := control_character(said):
        raise NoScan(sentence("The id holds the control character %(bad)s.", bad=bad))
    return said


def _count(name: str, said: object, largest: int) -> int | None:
    if said is None:
        return None
    if isinstance(said, bool) or not isinstance(said, int):
        raise NoScan(sentence("The %(name)s is not a whole number.", name=name))
    if not 0 <= said <= largest:
        raise NoScan(sentence("The %(name)s is not between 0 and %(largest)s.", name=name, largest=largest))
    return said
