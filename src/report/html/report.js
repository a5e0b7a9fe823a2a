"use strict";
// Everything can be read without this: it sorts tables, changes between light and dark, and shows
// the exact numbers of a bar, which are its <title>, at once.
(() => {
  const root = document.documentElement;

  function offerTheme() {
    const button = document.getElementById("theme");
    const system = matchMedia("(prefers-color-scheme: dark)");
    const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : system.matches);
    const name = () => (button.textContent = isDark() ? "Light" : "Dark");
    button.addEventListener("click", () => {
      root.dataset.theme = isDark() ? "light" : "dark";
      name();
    });
    system.addEventListener("change", name);
    name();
    button.hidden = false;
  }

  function makeSortable(table) {
    const body = table.tBodies[0];
    const heads = [...table.tHead.rows[0].cells];
    const showsAll = table.closest(".folding")?.querySelector("input");
    const sort = (head, column) => {
      // At first the worst on top; of the migrations, the one that runs first.
      const up = head.ariaSort ? head.ariaSort === "descending" : head.textContent === "migration";
      for (const other of heads) other.removeAttribute("aria-sort");
      head.ariaSort = up ? "ascending" : "descending";
      const value = (row) => Number(row.cells[column].dataset.value);
      const rows = [...body.rows].sort((a, b) => (up ? 1 : -1) * (value(a) - value(b)));
      body.append(...rows);
      if (showsAll) showsAll.checked = true;
    };
    heads.forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      button.addEventListener("click", () => sort(head, column));
      head.replaceChildren(button);
    });
  }

  const tip = document.createElement("div");
  tip.className = "tip";
  tip.setAttribute("role", "status");
  tip.hidden = true;
  let shown = null;

  function hideTip() {
    shown?.classList.remove("on");
    shown = null;
    tip.hidden = true;
  }

  function showTip(bar, x) {
    if (bar === shown) return;
    hideTip();
    const title = bar.querySelector("title");
    if (title) {
      // Or the browser would show it once more, later and above ours.
      bar.dataset.tip = title.textContent;
      title.remove();
    }
    shown = bar;
    bar.classList.add("on");
    tip.textContent = bar.dataset.tip;
    tip.hidden = false;
    const place = bar.getBoundingClientRect();
    const margin = 8;
    const left = Math.min(x ?? place.left, root.clientWidth - tip.offsetWidth - margin);
    const below = place.bottom + margin;
    const fits = below + tip.offsetHeight < root.clientHeight;
    const top = fits ? below : place.top - tip.offsetHeight - margin;
    tip.style.left = `${scrollX + Math.max(margin, left)}px`;
    tip.style.top = `${scrollY + top}px`;
  }

  const barsOf = (summary) => [...summary.querySelectorAll(".track rect")];

  // Of a relation the strongest hold, which lies on top.
  function mainBarOf(summary) {
    return summary.querySelector(".statement") ?? barsOf(summary).at(-1);
  }

  function moveTo(summaries, summary) {
    for (const other of summaries) other.tabIndex = other === summary ? 0 : -1;
    summary.focus();
  }

  // One stop of the Tab key a timeline; the arrows go from row to row and from bar to bar.
  function onKey(event) {
    const summary = event.target.closest(".timeline summary");
    if (event.key === "Escape") hideTip();
    if (!summary || event.altKey || event.ctrlKey || event.metaKey) return;
    const summaries = [...summary.closest(".timeline").querySelectorAll("summary")];
    const bars = barsOf(summary);
    const row = summaries.indexOf(summary);
    const bar = bars.indexOf(shown);
    const last = summaries.length - 1;
    const moves = {
      ArrowDown: () => moveTo(summaries, summaries[Math.min(row + 1, last)]),
      ArrowUp: () => moveTo(summaries, summaries[Math.max(row - 1, 0)]),
      Home: () => moveTo(summaries, summaries[0]),
      End: () => moveTo(summaries, summaries[last]),
      ArrowRight: () => showTip(bars[Math.min(bar + 1, bars.length - 1)]),
      ArrowLeft: () => showTip(bars[Math.max(bar - 1, 0)]),
    };
    if (!moves[event.key]) return;
    event.preventDefault();
    moves[event.key]();
  }

  function reveal() {
    const target = document.getElementById(location.hash.slice(1));
    if (!target) return;
    for (let at = target; at; at = at.parentElement) if (at.matches("details")) at.open = true;
    target.scrollIntoView();
  }

  // The style prints what explains the verdict unfolded; where a browser does not know how, it is
  // opened for as long as it takes.
  const forPaper = "details:not(.row, .calm):not([open]), .row.main:not([open])";
  let opened = [];
  addEventListener("beforeprint", () => {
    if (CSS.supports("selector(::details-content)")) return;
    opened = [...document.querySelectorAll(forPaper)];
    for (const details of opened) details.open = true;
  });
  addEventListener("afterprint", () => {
    for (const details of opened) details.open = false;
    opened = [];
  });

  offerTheme();
  document.querySelectorAll("table.migrations").forEach(makeSortable);
  document.body.append(tip);
  for (const timeline of document.querySelectorAll(".timeline")) {
    const [, ...others] = timeline.querySelectorAll("summary");
    for (const summary of others) summary.tabIndex = -1;
  }
  document.addEventListener("pointerover", (event) => {
    const bar = event.target.closest(".row .track rect");
    if (bar) showTip(bar, event.clientX);
    else hideTip();
  });
  document.addEventListener("focusin", (event) => {
    const summary = event.target.closest(".timeline summary");
    if (summary?.matches(":focus-visible")) showTip(mainBarOf(summary));
    else if (!summary?.contains(shown)) hideTip();
  });
  document.addEventListener("keydown", onKey);
  addEventListener("hashchange", reveal);
  reveal();
})();
