"""What is checked in works on a stranger's machine: no registry's host, no path of the machine it was written on."""

import re

from conventions.repository import name_of, tracked_files

# Put together from pieces, so that this file does not hold what it looks for.
REGISTRY_HOSTS = ["pypi" + ".org", "python" + "hosted", "npmjs" + ".org", "registry" + ".npm", "deb." + "debian.org"]
HOME_PATHS = ["/wo" + "rk/", "/ro" + "ot/", "/home" + "/[a-z]+/", "/Users" + "/[a-z]+/", "/opt" + "/pypi"]
FORBIDDEN = re.compile("|".join([*map(re.escape, REGISTRY_HOSTS), *(rf"(?<![\w.$}}/]){path}" for path in HOME_PATHS)]))
ENDINGS = ("py", "toml", "md", "yaml", "json", "lock", "txt", "ini", "mako", "csv", "html", "jinja")
TEXT = {"", *(f".{ending}" for ending in ENDINGS)}


def test_no_tracked_file_names_a_registry_or_a_home_folder():
    found = [
        f"{name_of(path)}:{number}: {match.group()}"
        for path in tracked_files()
        if path.suffix in TEXT
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1)
        if (match := FORBIDDEN.search(line))
    ]
    assert not found


def test_the_check_finds_what_it_looks_for():
    assert FORBIDDEN.search("see https://pypi" + ".org/simple")
    assert FORBIDDEN.search("path = '/wo" + "rk/main'")
    place = "work"
    assert not FORBIDDEN.search(f"route: /orders/{place}/done, $HOME/{place}/here")
