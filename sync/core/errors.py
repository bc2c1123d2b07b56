"""The closed list of errors: a stable code, one sentence, and whether trying again can help.

The code is the identity (it travels, is logged and is what the app translates); the HTTP status is derived.
Each says what happened and, where it matters, what was kept. No message holds content.
"""

from typing import ClassVar


class StraatError(Exception):
    """Anything Straatcontact itself refuses or fails at."""

    code: ClassVar[str] = "internal"
    status: ClassVar[int] = 500
    retryable: ClassVar[bool] = False
    sentence: ClassVar[str] = "Something went wrong on our side. Nothing was changed."

    def __init__(self, detail: str = "") -> None:
        self.detail = detail
        super().__init__(f"{self.code}: {self.sentence}" + (f" ({detail})" if detail else ""))


# -- bytes that are not what they should be -------------------------------------------------------------


class BadFormat(StraatError):
    """Bytes that no Straatcontact of this version would have written."""

    code, status = "bad_format", 400
    sentence = "These bytes are not in the agreed format."


class TooLarge(StraatError):
    """A body, field or list over its bound."""

    code, status = "too_large", 413
    sentence = "This is larger than allowed. Nothing was stored."


class NewerVersion(StraatError):
    """Written by a newer version; kept for after the update."""

    code, status = "newer_version", 400
    sentence = "This was written by a newer version. It is kept until this app is updated."


# -- keys and signatures ----------------------------------------------------------------------------------


class NotForThisKey(StraatError):
    """This key does not open it. Not fatal: another may."""

    code, status = "not_for_this_key", 403
    sentence = "This key does not open it."


class BadSignature(StraatError):
    """The signature does not hold: the bytes were altered or signed by someone else."""

    code, status = "bad_signature", 403
    sentence = "The signature does not hold."


class BrokenChain(StraatError):
    """An envelope's number or previous hash does not continue its device's chain in a ring."""

    code, status = "broken_chain", 409
    sentence = "Something before this is missing or was withheld."


class StaleEpoch(StraatError):
    """Sealed to a ring epoch older than the roll head it names."""

    code, status = "stale_epoch", 409
    sentence = "This was sealed for an older key of the ring."


# -- the roll ---------------------------------------------------------------------------------------------


class RollRefused(StraatError):
    """A roll entry that the roll so far does not allow."""

    code, status = "roll_refused", 403
    sentence = "The member roll does not allow this entry."


class RollMoved(StraatError):
    """Compare-and-swap lost: the head is another by now."""

    code, status, retryable = "roll_moved", 409, True
    sentence = "The member roll has moved on. Look again and sign anew."


class RollUnconfirmed(StraatError):
    """The server was put back from a backup: nothing new goes on the roll until a coordinator's device has confirmed it."""

    code, status, retryable = "roll_unconfirmed", 409, True
    sentence = "The server was put back from a backup. Nobody joins or leaves until a coordinator's device has confirmed the roll."


class RollForked(StraatError):
    """Two entries with one predecessor: someone shows two rolls."""

    code, status = "roll_forked", 409
    sentence = "Two versions of the member roll exist. Notes go on; enrolling stops until this is cleared."


class UnknownHead(StraatError):
    """Names a roll head that is not known here yet."""

    code, status, retryable = "unknown_head", 409, True
    sentence = "The member roll it names is not known here yet."


class InvitationUsed(StraatError):
    """One use only."""

    code, status = "invitation_used", 409
    sentence = "This invitation has been used already."


class InvitationExpired(StraatError):
    """Past the time set by the coordinator."""

    code, status = "invitation_expired", 410
    sentence = "This invitation has expired."


class InvitationUnknown(StraatError):
    """The server or roll knows no such invitation."""

    code, status = "invitation_unknown", 404
    sentence = "This invitation is not known here."


# -- rights -----------------------------------------------------------------------------------------------


class Forbidden(StraatError):
    """The rights table says no."""

    code, status = "forbidden", 403
    sentence = "This role may not write this."


class ForeignRecord(StraatError):
    """A record id that its claimed creator could not have made."""

    code, status = "foreign_record", 403
    sentence = "The record belongs to someone else."


# -- sessions and the server ------------------------------------------------------------------------------


class Quarantined(StraatError):
    """Beyond the cut of a device that left, or no longer its author's to write: a coordinator decides."""

    code, status = "quarantined", 403
    sentence = "Written by a device that had left. A coordinator decides about it; it is kept."


class Revoked(StraatError):
    """This device has left the roll: it may hand in what is unsent, and nothing else."""

    code, status = "revoked", 403
    sentence = "This device has been signed off. What is unsent can still be handed in."


class NotAuthorized(StraatError):
    """No token, an expired one, or another device's."""

    code, status, retryable = "not_authorized", 401, True
    sentence = "Sign in again; nothing was lost."


class UnknownDevice(StraatError):
    """Not on the roll."""

    code, status = "unknown_device", 403
    sentence = "This device is not on the member roll."


class UnknownOrganisation(StraatError):
    """This server holds no such organisation."""

    code, status = "unknown_organisation", 404
    sentence = "This server does not know the organisation."


class NotFound(StraatError):
    """No such thing."""

    code, status = "not_found", 404
    sentence = "There is nothing here."


class WrongMethod(StraatError):
    """The path is there, but not for this HTTP method."""

    code, status = "wrong_method", 405
    sentence = "This can't be asked in this way."


class UpdateNeeded(StraatError):
    """The device speaks only protocol versions that this server no longer does (sync.core.versions)."""

    code, status, retryable = "update_needed", 426, True
    sentence = "This app is too old for the server. Everything is kept on the device and is sent after the update."


class ServerBehind(StraatError):
    """The device speaks, or has written, only versions that this server does not know yet."""

    code, status, retryable = "server_behind", 406, True
    sentence = "The server is older than this app. Everything is kept on the device until the server is updated."


class SlowDown(StraatError):
    """Over the rate or quota."""

    code, status, retryable = "slow_down", 429, True
    sentence = "Too much at once. Try again in a moment; nothing was lost."


class QuotaFull(StraatError):
    """This device or organisation has used all the room that the server gives it."""

    code, status, retryable = "quota_full", 507, True
    sentence = "The room on the server is used up. Everything is kept on the device and is sent once there is room."


class Busy(StraatError):
    """The server is stopping, starting or its disk is full."""

    code, status, retryable = "busy", 503, True
    sentence = "The server can't store now. Try again later; what you have is kept on the device."


class Unreachable(StraatError):
    """No answer from the server."""

    code, status, retryable = "unreachable", 503, True
    sentence = "The server can't be reached. Everything is kept on the device."


# -- the device -------------------------------------------------------------------------------------------


class DiskFull(StraatError):
    """No room left to write."""

    code, status, retryable = "disk_full", 507, True
    sentence = "There is no room left. Nothing was half written; what was saved before is whole."


class LogDamaged(StraatError):
    """The log can't be read at all."""

    code = "log_damaged"
    sentence = "The saved notes can't be read. The file is kept as it is."


class StorageGone(StraatError):
    """A log that ought to be there isn't: the browser removed it."""

    code = "storage_gone"
    sentence = "The browser has removed this app's data."


class WrongSecret(StraatError):
    """The PIN or passphrase does not open the vault."""

    code, status, retryable = "wrong_secret", 403, True
    sentence = "That is not the right PIN."


class TrySlower(StraatError):
    """Too many wrong PINs: wait, then try again. Never for ever."""

    code, status, retryable = "try_slower", 429, True
    sentence = "Wait a moment before the next try."

    def __init__(self, wait_millis: int = 0) -> None:
        self.wait_millis = wait_millis
        super().__init__(f"{wait_millis} ms")


class Locked(StraatError):
    """The vault is closed."""

    code, status = "locked", 403
    sentence = "Unlock first."


class BadInput(StraatError):
    """A form that can't be saved like this. `field` names the culprit; `what`, if any, is for the person alone and
    never part of the message.
    """

    code, status = "bad_input", 400
    sentence = "Something in the form needs another look. Nothing was lost."

    def __init__(self, field: str, why: str, what: str = "") -> None:
        self.field, self.why, self.what = field, why, what
        super().__init__(f"{field}: {why}")


def _all(base: type[StraatError]) -> list[type[StraatError]]:
    found: list[type[StraatError]] = []
    for sub in base.__subclasses__():
        found += [sub, *_all(sub)]
    return found


_EVERY: list[type[StraatError]] = [StraatError, *_all(StraatError)]
BY_CODE = {e.code: e for e in _EVERY}


def from_code(code: str, detail: str = "") -> StraatError:
    """The error a code stands for; an unknown code (newer server) becomes a plain StraatError."""
    kind = BY_CODE.get(code, StraatError)
    if kind in (BadInput, TrySlower) or kind is StraatError:
        return StraatError(f"{code} {detail}".strip())
    return kind(detail)
