"""Where the app runs: on the home screen, in a browser's tab, or inside another app that shows links by itself.

It matters before joining. On an iPhone the home-screen app keeps its data apart from Safari's tabs, and a browser
inside another app keeps, and loses, its own: what is begun there is not found again. On Android a tab and the
home-screen app of one browser share their data. What browsers call themselves is known to change: a wrong guess
only shows advice, and there is a way past it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum


class System(Enum):
    """The device, as far as the steps on screen differ."""

    ANDROID = "android"
    IPHONE = "iphone"  # and iPad
    COMPUTER = "computer"


class Place(Enum):
    """What the page is shown in."""

    INSTALLED = "installed"  # opened from the home screen
    TAB = "tab"
    INSIDE = "inside"  # a browser inside another app


class Browser(Enum):
    """The browsers for which there are steps of their own."""

    CHROME = "chrome"
    SAMSUNG = "samsung"
    SAFARI = "safari"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is known of the page around the app. `host` is the name of the app that it is inside of, "" if unknown."""

    system: System = System.COMPUTER
    place: Place = Place.TAB
    browser: Browser = Browser.OTHER
    host: str = ""
    can_scan: bool = False  # QR codes can be read with the camera here

    @property
    def elsewhere(self) -> bool:
        """Whether joining belongs somewhere else: what is begun here would not be found again."""
        return self.place is Place.INSIDE or (self.system is System.IPHONE and self.place is Place.TAB)

    @property
    def advised(self) -> bool:
        """Whether there is something to say before joining: move, or put the app on the home screen."""
        return self.elsewhere or (self.system is System.ANDROID and self.place is Place.TAB)


# What apps that show links by themselves put into the name of their browser. WhatsApp, Signal and Gmail open the
# phone's own browser. Messenger before Facebook, whose marks it carries too.
_HOSTS = {
    "MessengerForiOS": "Messenger",
    "FB_IAB/MESSENGER": "Messenger",
    "FBAN/": "Facebook",
    "FBAV/": "Facebook",
    "FB_IAB/": "Facebook",
    "Instagram ": "Instagram",
    "LinkedInApp": "LinkedIn",
    "Telegram-Android": "Telegram",
    "musical_ly": "TikTok",
    "BytedanceWebview": "TikTok",
    "TikTok": "TikTok",
    "MicroMessenger": "WeChat",
    "Snapchat": "Snapchat",
    "Pinterest/": "Pinterest",
    "Twitter": "X",
    " Line/": "LINE",
    "WhatsApp/": "WhatsApp",
    "GSA/": "Google",
    "Teams/": "Teams",
}
_BROWSERS = {
    "SamsungBrowser/": Browser.SAMSUNG,
    "CriOS/": Browser.OTHER,
    "FxiOS/": Browser.OTHER,
    "EdgiOS/": Browser.OTHER,
    "OPT/": Browser.OTHER,
    "DuckDuckGo/": Browser.OTHER,
    "Ddg/": Browser.OTHER,
    "EdgA/": Browser.OTHER,
    "Edg/": Browser.OTHER,
    "OPR/": Browser.OTHER,
    "Chrome/": Browser.CHROME,
    "Version/": Browser.SAFARI,
}


def recognise(agent: str, standalone: bool = False, touch_points: int = 0, can_scan: bool = False) -> Surroundings:
    """From what the page tells of itself: navigator.userAgent, whether it is shown as an app, maxTouchPoints."""
    system = _system(agent, touch_points)
    if standalone:
        return Surroundings(system, Place.INSTALLED, _browser(agent), can_scan=can_scan)
    host = next((name for mark, name in _HOSTS.items() if mark in agent), "")
    inside = bool(host) or "; wv)" in agent or (system is System.IPHONE and "Safari/" not in agent)
    return Surroundings(system, Place.INSIDE if inside else Place.TAB, _browser(agent), host, can_scan)


def told(facts: Mapping[str, object]) -> Surroundings:
    """From the page's own message, whatever is or isn't in it."""
    touch = facts.get("touchPoints")
    points = touch if isinstance(touch, int) else 0
    return recognise(str(facts.get("agent", "")), facts.get("standalone") is True, points, facts.get("canScan") is True)


def _system(agent: str, touch_points: int) -> System:
    if "Android" in agent:
        return System.ANDROID
    ipad = "Macintosh" in agent and touch_points > 1  # which calls itself a Mac, that has no touch screen
    return System.IPHONE if ipad or any(x in agent for x in ("iPhone", "iPad", "iPod")) else System.COMPUTER


def _browser(agent: str) -> Browser:
    return next((browser for mark, browser in _BROWSERS.items() if mark in agent), Browser.OTHER)
