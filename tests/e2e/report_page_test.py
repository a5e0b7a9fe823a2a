#!/usr/bin/python3
"""Opens the HTML report in a headless Chromium and uses it.

  report_page_test.py PATH/TO/rehearse

Without Chromium or Selenium it is skipped (exit 77), and with CI=true it fails.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

import sample_reports

try:
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys
except ImportError:
    webdriver = None

FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")
LONGEST_S = 2.0
LONGEST_WALL_S = 10.0  # whatever else the machine does


def what_is_missing():
    if webdriver is None:
        return "python3-selenium"
    return next((f"{p}" for p in ("chromium", "chromedriver") if shutil.which(p) is None), None)


def start_browser(profile):
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium")
    for flag in (*FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    return webdriver.Chrome(service=Service(shutil.which("chromedriver")), options=options)


class ReportPage(unittest.TestCase):
    rehearse = ""

    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="rehearse-page-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        cls.browser = start_browser(cls.folder / "profile")
        cls.addClassCleanup(cls.browser.quit)
        cls.pages = {}
        for name, report in (
            ("demo", sample_reports.demo()),
            ("hostile", sample_reports.hostile()),
            ("many", sample_reports.many(20)),
            ("right-to-left", sample_reports.right_to_left()),
            ("90-s", sample_reports.of_duration(90)),
            ("large", sample_reports.large(500, 20_000)),
        ):
            cls.pages[name] = cls.draw(name, report)

    @classmethod
    def draw(cls, name, report):
        saved, page = cls.folder / f"{name}.json", cls.folder / f"{name}.html"
        saved.write_text(json.dumps(report))
        drawn = subprocess.run([cls.rehearse, "report", saved, "--format", "html"], stdout=subprocess.PIPE, check=True)
        page.write_bytes(drawn.stdout)
        return page.as_uri()

    def setUp(self):
        self.browser.get_log("browser")
        self.browser.get_log("performance")
        self.resize(1200, 900)

    def tearDown(self):
        self.assertEqual([line["message"] for line in self.browser.get_log("browser")], [])
        asked = (json.loads(line["message"])["message"] for line in self.browser.get_log("performance"))
        urls = {
            m["params"]["request"]["url"] for m in asked
            # On a slow machine Chromium's own first page is still loading.
            if m["method"] == "Network.requestWillBeSent" and not m["params"]["documentURL"].startswith("chrome://")
        }
        self.assertEqual({url for url in urls if url.split("#")[0] not in self.pages.values()}, set())

    def open(self, name):
        self.browser.get("about:blank")
        self.browser.get(self.pages[name])

    def resize(self, width, height):
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        self.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)

    def prefer(self, scheme):
        feature = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
        self.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", feature)

    def print_view(self):
        self.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
        self.addCleanup(self.browser.execute_cdp_cmd, "Emulation.setEmulatedMedia", {"media": ""})

    def run_script(self, script, *arguments):
        return self.browser.execute_script(script, *arguments)

    def all(self, selector):
        return self.browser.find_elements(By.CSS_SELECTOR, selector)

    def one(self, selector):
        return self.browser.find_element(By.CSS_SELECTOR, selector)

    def tip(self):
        return self.run_script("const t = document.querySelector('.tip'); return t.hidden ? '' : t.textContent")

    def press(self, *keys):
        ActionChains(self.browser).send_keys(*keys).perform()

    def background(self):
        return self.run_script("return getComputedStyle(document.body).backgroundColor")

    def test_the_verdict_is_seen_at_once(self):
        self.open("demo")
        verdict = self.one(".verdict")
        self.assertIn("failed 0045 sso_required_not_null: 23502", verdict.text)
        self.assertLess(verdict.rect["y"] + verdict.rect["height"], 300)

    def test_a_table_is_sorted_both_ways(self):
        self.open("demo")
        column = lambda: [cell.text[:4] for cell in self.all("tbody td:nth-child(2)")]
        self.assertEqual(column(), ["0041", "0042", "0043", "0044", "0045", "0046"])
        time_head = self.one("th:nth-child(3)")
        time_head.find_element(By.TAG_NAME, "button").click()
        self.assertEqual(column(), ["0044", "0043", "0042", "0045", "0041", "0046"])
        self.assertEqual(time_head.get_attribute("aria-sort"), "descending")
        time_head.find_element(By.TAG_NAME, "button").click()
        self.assertEqual(column(), ["0046", "0041", "0045", "0042", "0043", "0044"])
        self.one("th:nth-child(2) button").click()
        self.assertEqual(column(), ["0041", "0042", "0043", "0044", "0045", "0046"])
        self.assertIsNone(time_head.get_attribute("aria-sort"))

    def test_of_many_the_calm_ones_are_folded_and_sorted_with_the_others(self):
        self.open("many")
        shown = lambda: [row.text.split()[1] for row in self.all("tbody tr") if row.is_displayed()]
        self.assertEqual(shown(), ["0042", "0043", "0044", "0045"])
        box = self.one(".folding input")
        self.assertEqual(box.accessible_name, "Show 22 more migrations: 21 ok, 1 not run, 58.8 ms")
        box.click()
        self.assertEqual(len(shown()), 26)
        box.click()
        self.one("th:nth-child(7) button").click()
        self.assertEqual(shown()[:2], ["0002", "0044"])
        self.assertEqual(len(shown()), 26)

    def test_headings_and_table_are_there_for_a_screen_reader(self):
        self.resize(390, 844)
        self.open("demo")
        self.assertEqual([h.text[:11] for h in self.all("h1")], ["failed 0045"])
        levels = self.run_script("return [...document.querySelectorAll('h1, h2, h3, h4')].map(h => +h.tagName[1])")
        self.assertTrue(all(after - before <= 1 for before, after in zip(levels, levels[1:])), levels)
        self.assertEqual(len(self.all("summary h2")), 4)  # 0041, 0046, notes, how it was measured
        # Chromium needs no roles to tell it for a table; other browsers do where it is laid out as blocks.
        roles = {element.get_attribute("role") for element in self.all("tbody td:first-child, th:first-child")}
        self.assertEqual(roles, {"cell", "columnheader"})

    def test_a_number_beside_a_name_from_right_to_left_stays_on_its_side(self):
        self.open("right-to-left")
        places = r'''
            const left = (node, text) => {
                const range = document.createRange();
                const at = node.data.indexOf(text);
                range.setStart(node, at);
                range.setEnd(node, at + text.length);
                return range.getBoundingClientRect().left;
            };
            const texts = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
            const wrong = [];
            for (let node = texts.nextNode(); node; node = texts.nextNode()) {
                if (!node.data.includes("חשבוניות") || !node.parentElement.checkVisibility()) continue;
                const after = /חשבוניות\W*([0-9.]+)/.exec(node.data);
                if (after && left(node, after[1]) < left(node, "חשבוניות")) wrong.push(node.data);
                const time = node.nextElementSibling ?? node.parentElement.nextElementSibling;
                if (!time?.matches(".time, .amount")) continue;
                const rect = time.getBoundingClientRect();
                if (rect.left < left(node, "חשבוניות") && rect.top < node.parentElement.getBoundingClientRect().bottom)
                    wrong.push(node.data);
            }
            return wrong;'''
        self.assertEqual(self.run_script(places), [])

    def test_times_of_an_axis_do_not_overlap(self):
        for width in (390, 840, 1000, 1200):
            self.resize(width, 900)
            self.open("90-s")
            overlaps = '''
                const places = [...document.querySelectorAll(".axis text")].map(text => text.getBoundingClientRect());
                const shown = places.filter(place => place.width > 0);
                return [shown.length, shown.filter((place, i) => i > 0 && place.left < shown[i - 1].right + 2).length]'''
            shown, overlapping = self.run_script(overlaps)
            self.assertGreaterEqual(shown, 4, width)
            self.assertEqual(overlapping, 0, width)

    def test_a_bar_tells_its_numbers_under_the_pointer(self):
        self.open("demo")
        ActionChains(self.browser).move_to_element(self.one("#m3 rect.everybody")).perform()
        self.assertIn("AccessExclusiveLock on workspaces\nblocks reads and writes", self.tip())
        self.assertIn("held 41.2 s (41200 ms)", self.tip())
        self.assertIn("evidence: exact", self.tip())
        ActionChains(self.browser).click().perform()
        self.assertIn("evidence: exact", self.tip())
        ActionChains(self.browser).move_to_element(self.one(".verdict")).perform()
        self.assertEqual(self.tip(), "")

    def test_the_keyboard_reaches_rows_and_bars(self):
        self.open("demo")
        first = self.one("#m3 .timeline summary")
        stops = self.run_script("return [...document.querySelectorAll('#m3 summary')].filter(s => s.tabIndex === 0).length")
        self.assertEqual(stops, 1)
        for _ in range(40):
            self.press(Keys.TAB)
            if self.browser.switch_to.active_element == first:
                break
        self.assertIn("line 1\ntook 1.0 ms", self.tip())
        self.press(*[Keys.ARROW_DOWN] * 4)
        self.assertIn("line 5\ntook 40.3 s (40300 ms)", self.tip())
        self.press(Keys.ARROW_RIGHT)
        self.assertIn("waited 1.20 s (1200 ms) for RowExclusiveLock on workspaces", self.tip())
        self.press(Keys.ENTER)
        self.assertIn("UPDATE workspaces SET", self.browser.switch_to.active_element.find_element(By.XPATH, "..").text)
        self.assertTrue(self.run_script("return document.activeElement.parentElement.open"))
        self.press(Keys.ESCAPE)
        self.assertEqual(self.tip(), "")
        self.press(Keys.END)
        self.assertIn("AccessExclusiveLock on workspaces", self.tip())

    def test_light_and_dark(self):
        self.open("demo")
        self.prefer("light")
        light = self.background()
        self.prefer("dark")
        dark = self.background()
        self.assertNotEqual(light, dark)
        self.one("#theme").click()
        self.assertEqual(self.background(), light)
        self.prefer("light")
        self.one("#theme").click()
        self.assertEqual(self.background(), dark)

    def test_paper_is_white_and_loses_no_name(self):
        self.open("many")
        self.prefer("light")
        self.one("#theme").click()
        dark = self.background()
        self.resize(720, 1000)
        self.print_view()
        self.assertNotEqual(self.background(), dark)
        self.assertEqual(self.background(), "rgb(255, 255, 255)")
        cut = "return [...document.querySelectorAll('.name')].filter(n => n.scrollWidth > n.clientWidth).length"
        self.assertEqual(self.run_script(cut), 0)
        self.assertTrue(all(row.is_displayed() for row in self.all("tbody tr")))
        self.assertFalse(self.one(".folding label").is_displayed())
        # Of the failed migration, the statement that failed, and no other.
        visible = "return document.querySelector(arguments[0]).checkVisibility()"
        printed = lambda selector: self.run_script(visible, selector)
        self.assertTrue(printed("#m25 .main .more"))
        self.assertFalse(printed("#m25 .row:not(.main) .more"))
        self.assertTrue(printed("main > .fold:last-of-type dd"))

    def test_a_browser_that_cannot_print_folds_opens_them_meanwhile(self):
        self.open("many")
        count = lambda: self.run_script("return document.querySelectorAll('details[open]').length")
        happens = lambda event: self.run_script("dispatchEvent(new Event(arguments[0]))", event)
        self.run_script("document.querySelector('#m25 .row.main').open = true")
        happens("beforeprint")
        self.assertEqual(count(), 1)
        self.run_script("CSS.supports = () => false")
        happens("beforeprint")
        open_now = "return document.querySelector(arguments[0]).open"
        self.assertTrue(self.run_script(open_now, "main > .fold:last-of-type"))
        self.assertTrue(self.run_script(open_now, "#m24 .row.main"))
        self.assertFalse(self.run_script(open_now, "#m25 .row:not(.main)"))
        self.assertFalse(self.run_script(open_now, ".fold.calm"))
        happens("afterprint")
        self.assertEqual(count(), 1)

    def test_a_phone_needs_no_sideways_scrolling(self):
        self.resize(390, 844)
        for name in ("demo", "hostile", "many", "right-to-left", "large"):
            self.open(name)
            self.run_script("for (const d of [...document.querySelectorAll('details')].slice(0, 60)) d.open = true")
            self.assertEqual(self.run_script("return document.documentElement.scrollWidth"), 390, name)

    def test_hostile_text_stays_text(self):
        self.open("hostile")
        self.assertIsNone(self.run_script("return window.broken ?? null"))
        self.assertEqual(self.run_script("return document.querySelectorAll('img, b, iframe').length"), 0)
        self.assertEqual(self.run_script("return document.scripts.length"), 1)
        self.assertIn("window.broken = 1", self.one("#m1").get_attribute("textContent"))

    def test_a_row_opens_the_fold_of_its_section(self):
        self.open("demo")
        self.assertFalse(self.one("#m1").is_displayed())
        self.one("tbody a").click()
        self.browser.execute_async_script("requestAnimationFrame(() => requestAnimationFrame(arguments[0]))")
        self.assertTrue(self.one("#m1").is_displayed())

    def test_everything_is_there_without_javascript(self):
        self.browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
        self.addCleanup(self.browser.execute_cdp_cmd, "Emulation.setScriptExecutionDisabled", {"value": False})
        self.open("demo")
        self.assertEqual(len(self.all("tbody tr")), 6)
        self.assertGreater(len(self.all(".row rect > title")), 20)
        self.assertFalse(self.one("#theme").is_displayed())

    def main_thread_s(self):
        metrics = self.browser.execute_cdp_cmd("Performance.getMetrics", {})["metrics"]
        return next(m["value"] for m in metrics if m["name"] == "TaskDuration")

    def test_five_hundred_migrations_open_quickly(self):
        """Judged by the processor time of the page's main thread, which other programs do not lengthen."""
        self.browser.execute_cdp_cmd("Performance.enable", {"timeDomain": "threadTicks"})
        self.addCleanup(self.browser.execute_cdp_cmd, "Performance.disable", {})
        busy, passed = [], []
        for _ in range(3):
            self.browser.get("about:blank")
            before, start = self.main_thread_s(), time.monotonic()
            self.browser.get(self.pages["large"])
            self.browser.execute_async_script("requestAnimationFrame(() => requestAnimationFrame(arguments[0]))")
            passed.append(time.monotonic() - start)
            busy.append(self.main_thread_s() - before)
        size = pathlib.Path(self.folder / "large.html").stat().st_size
        seconds = lambda times: ", ".join(f"{t:.2f} s" for t in times)
        print(f"500 migrations, 20,000 holds, {size / 1e6:.1f} MB: {seconds(passed)}; main thread {seconds(busy)}")
        self.assertLess(min(busy), LONGEST_S)
        self.assertLess(min(passed), LONGEST_WALL_S)


if __name__ == "__main__":
    missing = what_is_missing()
    if missing is not None:
        print(f"report_page_test: {missing} is missing: scripts/install-build-packages tests", file=sys.stderr)
        sys.exit(1 if os.environ.get("CI") == "true" else 77)
    ReportPage.rehearse = str(pathlib.Path(sys.argv.pop(1)).resolve())
    unittest.main()
