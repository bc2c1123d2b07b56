"""The first page speaks both languages: every text of the page's own, and no other script has words of its own."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

WEB = Path("assets/web")
DATA = {"Straatcontact", "@LINES@", "@DATE@", "."}  # a name, and what the build puts in
DUTCH_WORD = re.compile(r"\b(de|het|een|niet|je|jouw|van|voor|met|werkt|meer)\b", re.IGNORECASE)


def _tables() -> dict[str, dict[str, str]]:
    script = (WEB / "words.js").read_text(encoding="utf-8")
    found = {}
    for name in ("DUTCH", "ENGLISH"):
        block = re.search(rf"const {name} = (\{{.*?\n\}});", script, re.DOTALL)
        assert block
        found[name] = json.loads(re.sub(r"^  (\w+):", r'  "\1":', block[1], flags=re.MULTILINE).replace(",\n}", "\n}"))
    return found


class _Page(HTMLParser):
    """Every text of the first page with the word that its element is named by; texts without one are told apart."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[tuple[str, str]] = []
        self.loose: list[str] = []
        self._open: list[tuple[str, dict[str, str | None]]] = []
        self._body = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._body = self._body or tag == "body"
        named = dict(attrs)
        if "aria-label" in named:
            self.words.append((str(named.get("data-label")), str(named["aria-label"])))
        if tag not in ("meta", "link", "img", "base"):
            self._open.append((tag, named))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        text = " ".join(data.split())
        if not text or not self._body or text in DATA or any(tag == "noscript" for tag, _named in self._open):
            return
        name = self._open[-1][1].get("data-word")
        if name:
            self.words.append((name, text))
        else:
            self.loose.append(text)


def test_both_languages_say_the_same_things() -> None:
    """No word of the page is left in Dutch, none is empty, and the twelve months are twelve."""
    dutch, english = _tables().values()
    assert dutch.keys() == english.keys()
    assert all(dutch.values())
    assert [name for name in english if not english[name] or english[name] == dutch[name]] == []
    assert len(dutch["months"].split()) == len(english["months"].split()) == 12


def test_what_stands_in_the_page_is_what_the_script_says() -> None:
    """The page is Dutch by itself; each of its texts and labels has a name by which it becomes English."""
    page = _Page()
    page.feed((WEB / "index.html").read_text(encoding="utf-8"))
    dutch = _tables()["DUTCH"]
    assert page.loose == []
    assert len(page.words) > 8
    assert [(name, text) for name, text in page.words if dutch.get(name) != text] == []


def test_each_word_is_used_and_each_that_is_used_is_there() -> None:
    """Nothing is translated for nobody."""
    scripts = "".join(path.read_text(encoding="utf-8") for path in WEB.glob("*.js") if path.name != "words.js")
    scripts += (WEB / "index.html").read_text(encoding="utf-8")
    used = {name for name in _tables()["DUTCH"] if re.search(rf'"{name}"', scripts)}
    assert used == _tables()["DUTCH"].keys() - {"months"}


def test_no_other_script_has_dutch_words_of_its_own() -> None:
    """What a script shows it gets from words.js or from the app."""
    for path in WEB.glob("*.js"):
        if path.name != "words.js":
            code = re.sub(r"^\s*(//|/?\*).*$", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
            texts = re.findall(r'"([^"\n]*)"', code)
            assert [text for text in texts if DUTCH_WORD.search(text)] == [], path.name
