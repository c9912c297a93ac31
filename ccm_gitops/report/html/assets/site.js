// What the pages can do beyond showing: choose a theme, sort and filter tables, say how old they are.
"use strict";
(() => {
  const THEMES = ["system", "light", "dark"];
  const root = document.documentElement;
  // A page that is opened from a file may have no storage; the choice then lasts for the page.
  const remembered = () => { try { return localStorage.getItem("ccm-theme"); } catch { return null; } };
  const remember = (theme) => { try { localStorage.setItem("ccm-theme", theme); } catch { /* no storage */ } };

  function setTheme(theme) {
    if (theme === "system") delete root.dataset.theme; else root.dataset.theme = theme;
  }

  let theme = THEMES.includes(remembered()) ? remembered() : "system";
  setTheme(theme);

  function enableTheme(button) {
    const shown = button.querySelector("[data-theme-name]");
    shown.textContent = theme;
    button.hidden = false;
    button.addEventListener("click", () => {
      theme = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length];
      shown.textContent = theme;
      setTheme(theme);
      remember(theme);
    });
  }

  const valueOf = (row, column) => {
    const cell = row.cells[column];
    const text = cell.dataset.value ?? cell.querySelector("time")?.dateTime ?? cell.textContent.trim();
    const number = /^[+-]?[\d,.]+/.test(text) ? parseFloat(text.replaceAll(",", "")) : NaN;
    if (/^\d{4}-\d\d-\d\dT/.test(text)) return Date.parse(text);
    return Number.isNaN(number) ? text.toLowerCase() : number;
  };

  const compare = (a, b) => {
    if (typeof a === "number" && typeof b === "number") return a - b;
    if (typeof a !== typeof b) return typeof a === "number" ? 1 : -1;
    return String(a).localeCompare(String(b));
  };

  function sort(table, column, direction) {
    const body = table.tBodies[0];
    const rows = [...body.rows].map((row) => [valueOf(row, column), row]);
    rows.sort(([a], [b]) => direction * compare(a, b));
    body.append(...rows.map(([, row]) => row));
    for (const head of table.tHead.rows[0].cells) head.removeAttribute("aria-sort");
    table.tHead.rows[0].cells[column].setAttribute("aria-sort", direction > 0 ? "ascending" : "descending");
  }

  function enableSorting(table) {
    [...table.tHead.rows[0].cells].forEach((head, column) => {
      if (head.hasAttribute("data-fixed")) return;
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const first = head.classList.contains("num") ? -1 : 1;
        const was = { ascending: 1, descending: -1 }[head.getAttribute("aria-sort")];
        sort(table, column, was ? -was : first);
      });
    });
  }

  function option(value, text) {
    const made = document.createElement("option");
    made.value = value;
    made.textContent = text;
    return made;
  }

  function enableFilter(table) {
    const name = table.dataset.filter;
    const rows = [...table.tBodies[0].rows];
    if (rows.length < 8) return;
    const tools = document.createElement("div");
    tools.className = "tools";
    const words = document.createElement("input");
    words.type = "search";
    words.placeholder = "Filter";
    words.setAttribute("aria-label", `Filter ${name}`);
    const statuses = new Set(rows.flatMap((row) => [...row.querySelectorAll("[data-status]")].map((cell) => cell.dataset.status)));
    const choice = document.createElement("select");
    choice.setAttribute("aria-label", `Status of ${name}`);
    choice.append(option("", "any status"), ...[...statuses].sort().map((s) => option(s, s)));
    const count = document.createElement("output");
    const texts = new Map(rows.map((row) => [row, row.textContent.toLowerCase()]));
    const apply = () => {
      const sought = words.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const row of rows) {
        const status = row.querySelector("[data-status]")?.dataset.status;
        const fits = sought.every((word) => texts.get(row).includes(word)) && (!choice.value || choice.value === status);
        row.hidden = !fits;
        shown += fits;
      }
      count.textContent = shown === rows.length ? "" : `${shown} of ${rows.length}`;
    };
    words.addEventListener("input", apply);
    choice.addEventListener("change", apply);
    tools.append(words);
    if (statuses.size > 1) tools.append(choice);
    tools.append(count);
    table.parentElement.before(tools);
  }

  // On a phone rows become blocks: each cell then names its column, and browsers that drop a
  // table's meaning with such a layout are told it again.
  function keepMeaning(table) {
    const names = [...table.tHead.rows[0].cells].map((head) => head.textContent.trim());
    for (const row of table.tBodies[0].rows) [...row.cells].forEach((cell, column) => { cell.dataset.label = names[column]; });
    table.setAttribute("role", "table");
    for (const part of [table.tHead, ...table.tBodies]) part.setAttribute("role", "rowgroup");
    for (const row of table.rows) {
      row.setAttribute("role", "row");
      for (const cell of row.cells) {
        const scope = cell.getAttribute("scope");
        cell.setAttribute("role", scope === "col" ? "columnheader" : scope === "row" ? "rowheader" : "cell");
      }
    }
  }

  function enable() {
    for (const table of document.querySelectorAll("main table.stack:not([data-enabled])")) {
      table.dataset.enabled = "";
      keepMeaning(table);
      if ("filter" in table.dataset) { enableSorting(table); enableFilter(table); }
    }
  }

  function showAge() {
    const generated = document.querySelector("[data-generated]");
    const days = Math.floor((Date.now() - Date.parse(generated.dateTime)) / 86_400_000);
    const age = document.querySelector("[data-age]");
    if (days >= 2 && !("live" in root.dataset)) { age.textContent = `That is ${days} days ago.`; age.hidden = false; }
  }

  document.addEventListener("ccm:update", enable);
  document.addEventListener("DOMContentLoaded", () => {
    enableTheme(document.querySelector("[data-theme-toggle]"));
    enable();
    showAge();
  });
})();
