"""Where the app runs, told from what browsers call themselves: lines made after published ones, not caught by us."""

import pytest

from app.services.surroundings import Browser, Place, Surroundings, System, recognise, told

A, I, C = System.ANDROID, System.IPHONE, System.COMPUTER  # noqa: E741
TAB, IN = Place.TAB, Place.INSIDE
_PIXEL = "Mozilla/5.0 (Linux; Android 14; Pixel 7) AppleWebKit/537.36 (KHTML, like Gecko) "
_WEBVIEW = "Mozilla/5.0 (Linux; Android 14; Pixel 7 Build/AP2A; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/130.0.0.0 Mobile Safari/537.36"
_IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
_MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15"

AGENTS = [
    # Android, a browser of its own
    (f"{_PIXEL}Chrome/130.0.0.0 Mobile Safari/537.36", A, TAB, Browser.CHROME, ""),
    (
        "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/26.0 Chrome/122.0.0.0 Mobile Safari/537.36",
        A,
        TAB,
        Browser.SAMSUNG,
        "",
    ),
    ("Mozilla/5.0 (Android 14; Mobile; rv:132.0) Gecko/132.0 Firefox/132.0", A, TAB, Browser.OTHER, ""),
    (f"{_PIXEL}Chrome/130.0.0.0 Mobile Safari/537.36 EdgA/130.0.0.0", A, TAB, Browser.OTHER, ""),
    (f"{_PIXEL}Chrome/130.0.0.0 Mobile Safari/537.36 OPR/86.0.0.0", A, TAB, Browser.OTHER, ""),
    (f"{_PIXEL}Chrome/130.0.0.0 Mobile DuckDuckGo/5 Safari/537.36", A, TAB, Browser.OTHER, ""),
    # Android, inside another app
    (_WEBVIEW, A, IN, Browser.CHROME, ""),
    (f"{_WEBVIEW} [FB_IAB/FB4A;FBAV/490.0.0.40.109;]", A, IN, Browser.CHROME, "Facebook"),
    (f"{_WEBVIEW} [FB_IAB/MESSENGER;FBAV/480.0.0.20;]", A, IN, Browser.CHROME, "Messenger"),
    (f"{_WEBVIEW} Instagram 356.0.0.41.101 Android (34/14; 420dpi; Google; Pixel 7)", A, IN, Browser.CHROME, "Instagram"),
    (f"{_WEBVIEW} [LinkedInApp]", A, IN, Browser.CHROME, "LinkedIn"),
    (f"{_PIXEL}Chrome/130.0.0.0 Mobile Safari/537.36 Telegram-Android/11.3.3 (Google Pixel 7)", A, IN, Browser.CHROME, "Telegram"),
    (f"{_WEBVIEW} trill_330404 BytedanceWebview/d8a21c6", A, IN, Browser.CHROME, "TikTok"),
    (f"{_WEBVIEW} MMWEBID/1 MicroMessenger/8.0.49.2600 WeChat/arm64", A, IN, Browser.CHROME, "WeChat"),
    (f"{_WEBVIEW} Snapchat/13.10.0.40", A, IN, Browser.CHROME, "Snapchat"),
    # iPhone and iPad, a browser of its own
    (f"{_IPHONE}Version/18.1 Mobile/15E148 Safari/604.1", I, TAB, Browser.SAFARI, ""),
    (f"{_IPHONE}CriOS/130.0.6723.90 Mobile/15E148 Safari/604.1", I, TAB, Browser.OTHER, ""),
    (f"{_IPHONE}FxiOS/132.0 Mobile/15E148 Safari/605.1.15", I, TAB, Browser.OTHER, ""),
    (f"{_IPHONE}Version/18.0 EdgiOS/130.0 Mobile/15E148 Safari/604.1", I, TAB, Browser.OTHER, ""),
    # iPhone, inside another app
    (f"{_IPHONE}Mobile/15E148", I, IN, Browser.OTHER, ""),
    (f"{_IPHONE}Mobile/22B83 [FBAN/FBIOS;FBAV/488.0.0.68.105;FBBV/660;]", I, IN, Browser.OTHER, "Facebook"),
    (f"{_IPHONE}Mobile/22B83 [FBAN/MessengerForiOS;FBAV/482.0;]", I, IN, Browser.OTHER, "Messenger"),
    (f"{_IPHONE}Mobile/22B83 Instagram 356.0.0.29.98 (iPhone15,2; iOS 18_1)", I, IN, Browser.OTHER, "Instagram"),
    (f"{_IPHONE}Mobile/22B83 [LinkedInApp]/9.30.1", I, IN, Browser.OTHER, "LinkedIn"),
    (f"{_IPHONE}GSA/340.3.696 Mobile/15E148 Safari/604.1", I, IN, Browser.OTHER, "Google"),
    (f"{_IPHONE}Mobile/15E148 MicroMessenger/8.0.53(0x18003531) NetType/WIFI Language/nl", I, IN, Browser.OTHER, "WeChat"),
    # computers
    (_MAC, C, TAB, Browser.SAFARI, ""),
    (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36",
        C,
        TAB,
        Browser.CHROME,
        "",
    ),
    ("Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0", C, TAB, Browser.OTHER, ""),
    ("", C, TAB, Browser.OTHER, ""),
]  # fmt: skip


@pytest.mark.parametrize(("agent", "system", "place", "browser", "host"), AGENTS)
def test_a_browser_is_known_by_what_it_calls_itself(
    agent: str, system: System, place: Place, browser: Browser, host: str
) -> None:
    """Device, whether it is inside another app and which, and the browser whose steps are shown."""
    assert recognise(agent) == Surroundings(system, place, browser, host)


def test_an_ipad_that_calls_itself_a_mac_is_told_by_its_touch_screen() -> None:
    """A Mac has none; a Windows laptop that has one stays a computer."""
    assert recognise(_MAC, touch_points=5).system is System.IPHONE
    assert recognise("Mozilla/5.0 (Windows NT 10.0) Chrome/130.0", touch_points=10).system is System.COMPUTER


@pytest.mark.parametrize("agent", [a for a, *_ in AGENTS])
def test_from_the_home_screen_nothing_has_to_move(agent: str) -> None:
    """An iPhone's home-screen app calls itself what a browser inside another app does: the page's word decides."""
    here = recognise(agent, standalone=True)
    assert (here.place, here.host, here.elsewhere) == (Place.INSTALLED, "", False)


@pytest.mark.parametrize(("agent", "system", "place"), [row[:3] for row in AGENTS])
def test_joining_moves_where_data_would_not_be_found_again(agent: str, system: System, place: Place) -> None:
    """Inside another app, and in an iPhone's tabs; on Android a tab shares its data with the home screen."""
    assert recognise(agent).elsewhere == (place is Place.INSIDE or system is System.IPHONE)


def test_the_page_s_message_is_read_whatever_is_in_it() -> None:
    """Nothing told, or something odd, is a plain computer without a camera."""
    assert told({}) == Surroundings()
    assert told({"agent": None, "standalone": "yes", "touchPoints": "5", "canScan": 1}) == Surroundings()
    agent = f"{_IPHONE}Mobile/15E148"
    full = told({"agent": agent, "standalone": True, "touchPoints": 5, "canScan": True})
    assert full == Surroundings(System.IPHONE, Place.INSTALLED, can_scan=True)
