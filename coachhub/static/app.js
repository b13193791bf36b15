// Makes pages that already work a little easier: theme, menus, questions, notices, copying, keys.
"use strict";

(() => {
  const words = document.getElementById("script-words")?.dataset ?? {};
  const each = (selector, act, root = document) => root.querySelectorAll(selector).forEach(act);
  const typing = (element) => element.matches("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");

  /* Theme: a cookie, so that the server writes the right page at once and nothing flashes. */

  const chosenTheme = () => document.documentElement.dataset.bsTheme || "";

  const markTheme = () =>
    each("[data-theme-set]", (choice) =>
      choice.setAttribute("aria-pressed", String(choice.dataset.themeSet === chosenTheme())));

  const setTheme = (theme) => {
    const life = theme ? 31536000 : 0;
    const secure = location.protocol === "https:" ? "; Secure" : "";
    document.cookie = `theme=${theme}; Path=/; Max-Age=${life}; SameSite=Lax${secure}`;
    if (theme) document.documentElement.dataset.bsTheme = theme;
    else delete document.documentElement.dataset.bsTheme;
    markTheme();
  };

  /* Menus: one floating menu open at a time, closed by Escape or a press elsewhere. */

  const closeFolds = (except) =>
    each("details.fold--floating[open]", (fold) => {
      if (!fold.contains(except)) fold.open = false;
    });

  /* Questions: a popover without scripts, a modal dialog with them. */

  const openDialog = (dialog) => {
    if (dialog.matches(":popover-open")) dialog.hidePopover();
    if (!dialog.open) dialog.showModal();
  };

  const pressOnDialogButton = (event, trigger) => {
    const dialog = document.getElementById(trigger.getAttribute("popovertarget"));
    if (!dialog || dialog.tagName !== "DIALOG") return;
    event.preventDefault();
    if (trigger.getAttribute("popovertargetaction") === "hide") dialog.close();
    else openDialog(dialog);
  };

  /* Notices: fade after a while, wait while somebody reads or points at them. */

  const closeNotice = (notice) => {
    const held = notice.contains(document.activeElement);
    notice.remove();
    if (held) document.getElementById("content")?.focus({ preventScroll: true });
  };

  const startNotice = (notice) => {
    if (notice.dataset.started) return;
    notice.dataset.started = "yes";
    const patience = 5000 + 60 * notice.textContent.trim().length;
    let timer = setTimeout(closeNotice, patience, notice);
    const wait = () => clearTimeout(timer);
    const goOn = () => {
      clearTimeout(timer);
      timer = setTimeout(closeNotice, patience, notice);
    };
    notice.addEventListener("pointerenter", wait);
    notice.addEventListener("focusin", wait);
    notice.addEventListener("pointerleave", goOn);
    notice.addEventListener("focusout", goOn);
  };

  /* Copying */

  const copyFrom = async (trigger) => {
    const source = document.getElementById(trigger.dataset.copy);
    const word = trigger.querySelector("span");
    const before = word.textContent;
    source.select?.();
    try {
      await navigator.clipboard.writeText(source.value ?? source.textContent);
      word.textContent = words.copied;
    } catch {
      word.textContent = words.copyByHand;
    }
    setTimeout(() => { word.textContent = before; }, 2500);
  };

  /* Unsent text: the browser asks before the page goes. */

  const dirty = new Set();

  window.addEventListener("beforeunload", (event) => {
    dirty.forEach((form) => { if (!form.isConnected) dirty.delete(form); });
    if (dirty.size) event.preventDefault();
  });

  /* Keys */

  const keysOn = () => localStorage.getItem("keys") !== "off";

  const openKeys = () => {
    const sheet = document.getElementById("keys");
    if (!sheet) return;
    const list = sheet.querySelector("[data-keys]");
    each("[data-page-key]", (old) => old.remove(), list);
    const known = new Set();
    each("[data-key], [data-row-key]", (target) => {
      const pressed = target.dataset.key || target.dataset.rowKey;
      if (known.has(pressed)) return;
      known.add(pressed);
      const term = document.createElement("dt");
      const key = document.createElement("kbd");
      const what = document.createElement("dd");
      key.textContent = pressed;
      what.textContent = target.dataset.keyLabel || target.dataset.rowKeyLabel || target.textContent.trim();
      term.append(key);
      [term, what].forEach((part) => { part.dataset.pageKey = "yes"; list.append(part); });
    });
    sheet.querySelector("[data-keys-on]").checked = keysOn();
    openDialog(sheet);
  };

  const stepRows = (step) => {
    const stops = [...document.querySelectorAll("[data-rows] .row-link, [data-row]")];
    if (!stops.length) return;
    const here = stops.findIndex((stop) => stop.contains(document.activeElement));
    const next = here < 0 ? (step > 0 ? 0 : stops.length - 1) : here + step;
    stops[Math.min(Math.max(next, 0), stops.length - 1)].focus();
  };

  const turnPage = (relation) => document.querySelector(`[data-present] a[rel="${relation}"]`)?.click();

  const pageKeys = {
    "?": openKeys,
    "/": () => document.querySelector("[data-search]")?.focus(),
    j: () => stepRows(1),
    k: () => stepRows(-1),
  };

  /* In a list the arrows go from row to row, once the focus is in it; else they move the page. */
  const rowKeys = { ArrowDown: () => stepRows(1), ArrowUp: () => stepRows(-1) };

  const inRow = (key) => document.activeElement?.closest("[data-row-item]")?.querySelector(`[data-row-key="${CSS.escape(key)}"]`);

  const slideKeys = {
    ArrowRight: () => turnPage("next"),
    PageDown: () => turnPage("next"),
    ArrowLeft: () => turnPage("prev"),
    PageUp: () => turnPage("prev"),
  };

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      const open = document.querySelector("details.fold--floating[open]");
      if (open) {
        open.open = false;
        open.querySelector("summary").focus();
      }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (typing(event.target) || document.querySelector("dialog[open]")) return;
    if (document.querySelector("[data-present]") && slideKeys[event.key]) {
      event.preventDefault();
      slideKeys[event.key]();
      return;
    }
    if (event.key !== "?" && !keysOn()) return;
    if (rowKeys[event.key] && document.activeElement?.closest("[data-row-item]")) {
      event.preventDefault();
      rowKeys[event.key]();
      return;
    }
    const here = inRow(event.key);
    if (here) {
      event.preventDefault();
      here.click();
      return;
    }
    const own = [...document.querySelectorAll("[data-key]")].find((target) => target.dataset.key === event.key);
    const act = own ? () => own.click() : pageKeys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });

  /* One listener for presses, so that parts swapped in later need no setting up. */

  document.addEventListener("click", (event) => {
    const press = (selector) => event.target.closest(selector);
    closeFolds(event.target);
    const popoverButton = press("button[popovertarget]");
    if (popoverButton) pressOnDialogButton(event, popoverButton);
    const theme = press("[data-theme-set]");
    if (theme) setTheme(theme.dataset.themeSet);
    const close = press("[data-close-notice]");
    if (close) closeNotice(close.closest(".notice"));
    const copy = press("[data-copy]");
    if (copy) copyFrom(copy);
    if (press("[data-open=keys]")) openKeys();
    if (press("[data-print]")) window.print();
    if (event.target.matches("dialog.dialog[open]") && event.target.matches(":modal")) {
      const box = event.target.getBoundingClientRect();
      const outside = event.clientX < box.left || event.clientX > box.right
        || event.clientY < box.top || event.clientY > box.bottom;
      if (outside) event.target.close();
    }
  });

  document.addEventListener("input", (event) => {
    const field = event.target;
    if (field.dataset.checks) each(`input[name="${CSS.escape(field.dataset.checks)}"]`, (box) => { box.checked = field.checked; });
    if (field.matches("[data-keys-on]")) localStorage.setItem("keys", field.checked ? "on" : "off");
    const form = field.form;
    if (!form) return;
    if (form.matches("[data-guard]")) dirty.add(form);
  });

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented && !form.matches("[hx-post], [data-hx-post]")) return;
    dirty.delete(form);
  });

  document.addEventListener("reset", (event) => dirty.delete(event.target));

  const setUp = () => {
    markTheme();
    each("[data-fades]", startNotice);
  };

  each("[data-zone]", (field) => { field.value = Intl.DateTimeFormat().resolvedOptions().timeZone || ""; });
  setUp();
  document.querySelector("[data-focus]:not([data-still] *)")?.focus();
  ["htmx:after:swap", "htmx:afterSwap"].forEach((name) => document.addEventListener(name, setUp));
})();
