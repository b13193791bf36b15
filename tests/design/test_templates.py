"""What holds for every template there is, and for the page that shows all components."""

import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from jinja2 import nodes

from coachhub.core.paths import static, templates
from design.bare_pages import bare_app

# Mail has no content security policy, and its styles are inlined.
EVERY = sorted(path for path in templates().rglob("*.html") if "letters" not in path.parts)
INLINE = re.compile(
    r"""\sstyle\s*=|\son[a-z]+\s*=\s*["']|<script(?![^>]*\ssrc=)|javascript:""", re.IGNORECASE
)
STATUSES = (400, 403, 404, 409, 413, 429, 500, 503)


@pytest.fixture(scope="module")
def living() -> BeautifulSoup:
    answer = bare_app().test_client().get("/living")
    assert answer.status_code == 200
    return BeautifulSoup(answer.text, "html.parser")


@pytest.mark.parametrize("path", EVERY, ids=lambda path: str(path.relative_to(templates())))
def test_nothing_inline_that_the_policy_refuses(path: Path) -> None:
    text = re.sub(r"\{#.*?#\}", "", path.read_text(), flags=re.DOTALL)
    assert INLINE.findall(text) == []
    assert "<style" not in text


def test_every_macro_that_is_imported_exists() -> None:
    env = bare_app().jinja_env
    missing = []
    for path in sorted(templates().rglob("*.html")):
        for wanted in env.parse(path.read_text()).find_all(nodes.FromImport):
            assert isinstance(wanted.template, nodes.Const)
            offered = {
                macro.name
                for macro in env.parse((templates() / wanted.template.value).read_text()).find_all(
                    nodes.Macro
                )
            }
            names = {name if isinstance(name, str) else name[0] for name in wanted.names}
            missing += [(path.name, name) for name in names - offered]
    assert missing == []


@pytest.mark.parametrize("kind", ["templates", "static"])
def test_files_stay_short(kind: str) -> None:
    root = {"templates": templates(), "static": static()}[kind]
    ours = [path for path in root.rglob("*") if path.suffix in {".html", ".txt", ".css", ".js"}]
    lengths = {
        path.name: len(path.read_text().splitlines()) for path in ours if "vendor" not in path.parts
    }
    assert lengths
    assert {name: lines for name, lines in lengths.items() if lines >= 400} == {}


def test_every_id_is_there_once(living: BeautifulSoup) -> None:
    ids = [str(tag["id"]) for tag in living.select("[id]")]
    assert sorted(ids) == sorted(set(ids))


def test_every_reference_finds_its_element(living: BeautifulSoup) -> None:
    ids = {str(tag["id"]) for tag in living.select("[id]")}
    wanted = set()
    for name in ("for", "aria-describedby", "aria-labelledby", "popovertarget", "data-copy"):
        for tag in living.select(f"[{name}]"):
            value = tag[name]
            wanted |= set(value if isinstance(value, list) else str(value).split())
    assert wanted - ids == set()


def test_every_control_has_a_label(living: BeautifulSoup) -> None:
    labelled = {str(label["for"]) for label in living.select("label[for]")}
    controls = living.select("input:not([type=hidden]), select, textarea")
    assert len(controls) > 20
    assert [tag for tag in controls if str(tag.get("id")) not in labelled] == []


def test_every_posting_form_carries_the_token(living: BeautifulSoup) -> None:
    forms = living.select("form[method=post]")
    assert len(forms) > 5
    assert [form for form in forms if not form.select_one("input[name$=csrf_token]")] == []


def test_errors_are_said_at_the_field_and_above_the_form(living: BeautifulSoup) -> None:
    field = living.select_one("#broken-company")
    assert field is not None
    assert field["aria-invalid"] == "true"
    assert str(field["aria-describedby"]) == "broken-company-error"
    summary = living.select_one(".form-errors")
    assert summary is not None
    assert summary.select_one('a[href="#broken-company"]')


def test_every_picture_asked_for_is_drawn(living: BeautifulSoup) -> None:
    drawn = set(re.findall(r'<symbol id="([a-z-]+)"', (static() / "icons.svg").read_text()))
    shown = {str(tag["href"]).partition("#")[2] for tag in living.select("use")}
    assert shown - drawn == set()
    named = re.compile(r"""(?:icon\(|picture=)"([a-z-]+)"(?=[,)])""")
    for path in EVERY:
        assert set(named.findall(path.read_text())) - drawn == set(), path


def test_the_guide_names_every_component() -> None:
    guide = (templates().parent / "docs" / "design.md").read_text()
    inside = {"accent", "brand", "keys", "script_words", "side"}
    files = {path.stem for path in (templates() / "components").glob("*.html")} - inside
    assert {name for name in files if f"| {name} |" not in guide} == set()
    assert len(guide.splitlines()) <= 90


@pytest.mark.parametrize("status", STATUSES)
def test_error_pages_say_what_to_do(status: int) -> None:
    page = BeautifulSoup(bare_app().test_client().get(f"/errors/{status}").text, "html.parser")
    title = page.select_one("h1")
    assert title is not None
    assert len(title.text.split()) >= 3
    paragraphs = [tag.text.strip() for tag in page.select(".plain-card p")]
    assert len([text for text in paragraphs if text.endswith(".")]) >= 2
    assert "3f2a" in page.text


def test_the_theme_comes_with_the_page() -> None:
    client = bare_app().test_client()
    assert "data-bs-theme" not in client.get("/living").text.partition("<head")[0]
    client.set_cookie("theme", "dark")
    assert 'data-bs-theme="dark"' in client.get("/living").text
    client.set_cookie("theme", '"><script>')
    assert "data-bs-theme" not in client.get("/living").text.partition("<head")[0]
