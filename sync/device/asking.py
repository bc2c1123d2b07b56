"""When a device asks the server for what is public: now and then, and soon after the server's word."""

ASK_AGAIN_MILLIS = 10 * 60_000
ASK_SOON_MILLIS = 20_000  # when the server said that there is something: it does not say what


class Asking:
    """One kind of thing to ask for."""

    def __init__(self) -> None:
        self._asked: int | None = None
        self._owed = False  # the server has said something since this device asked

    def due(self, now_millis: int, woken: bool) -> bool:
        """Whether to ask now (`woken`: at the server's word); then it counts as asked."""
        self._owed = self._owed or woken
        wait = ASK_SOON_MILLIS if self._owed else ASK_AGAIN_MILLIS
        if self._asked is not None and abs(now_millis - self._asked) < wait:
            return False
        self._asked, self._owed = now_millis, False
        return True

    def wait_millis(self, now_millis: int) -> int | None:
        """In how long the server's word has to be followed, None when there is none: it came too soon after the last."""
        if not self._owed or self._asked is None:
            return None
        return max(0, self._asked + ASK_SOON_MILLIS - now_millis)
