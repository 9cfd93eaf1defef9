# SPDX-License-Identifier: BSD-3-Clause
"""Texts can be read where they lie: links between them lead somewhere, and quoted code is that of its source."""
import pathlib
import re
import sys
import unittest

SOURCE = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(SOURCE / "lib" / "docs"))
import build

PAGES = [*SOURCE.glob("*.md"), *(SOURCE / ".github").rglob("*.md"),
         *(path for folder in ("apps", "bench", "cmake", "lib", "tests") for path in (SOURCE / folder).rglob("*.md"))]


def anchors(page):
    """Names of the headings, as GitHub and mkdocs form them."""
    text = re.sub(r"^```.*?^```", "", page.read_text(), flags=re.M | re.S)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")
            for heading in re.findall(r"^#+ (.*)$", text, re.M)}


class Pages(unittest.TestCase):
    def test_links_lead_somewhere(self):
        self.assertGreater(len(PAGES), 40)
        for page in PAGES:
            text = re.sub(r"^```.*?^```", "", page.read_text(), flags=re.M | re.S)
            for target, anchor in re.findall(r"\]\((?!https?:)([^)#\s]*)(?:#([^)]*))?\)", text):
                with self.subTest(page=str(page.relative_to(SOURCE)), target=target, anchor=anchor):
                    path = page.parent / target if target else page
                    self.assertTrue(path.exists())
                    if anchor:
                        self.assertIn(anchor, anchors(path))

    def test_quoted_code_is_that_of_its_source(self):
        quoting = [page for page in PAGES if "<!-- snippet " in page.read_text()]
        self.assertTrue(quoting)
        for page in quoting:
            self.assertEqual(page.read_text(), build.with_snippets(page.read_text()),
                             f"{page}: run lib/docs/build.py --snippets")


if __name__ == "__main__":
    unittest.main()
