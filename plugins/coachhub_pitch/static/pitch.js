/* The pitch workshop: counts while one types, keeps the time, takes a marked passage. All of it is
   only lighter than without: the server counts too, a watch will do, and sentences can be chosen. */
(() => {
  "use strict";

  const WORD = /[\p{L}\p{N}]+(?:['’.\-][\p{L}\p{N}]+)*/gu;
  const words = document.getElementById("pitch-words")?.dataset ?? {};
  const filled = (text, figures) => (text ?? "").replace(/\{(\w+)\}/g, (_all, name) => figures[name]);
  const span = (whole) => {
    const minutes = Math.floor(whole / 60);
    const seconds = whole % 60;
    const text = minutes ? (seconds ? words.both : words.minutes) : words.seconds;
    return filled(text, { minutes, seconds });
  };
  const judged = (seconds, goal) => {
    if (!seconds) return words.nothing;
    if (seconds > goal) return filled(words.over, { time: span(seconds - goal) });
    return seconds * 2 < goal ? words.short : words.within;
  };

  /* Counting */

  document.querySelectorAll("[data-reads]").forEach((field) => {
    const line = document.getElementById(field.dataset.reads);
    const show = (where, text) => { line.querySelector(where).textContent = text; };
    field.addEventListener("input", () => {
      const counted = (field.value.match(WORD) || []).length;
      const seconds = Math.ceil((counted * 60) / Number(line.dataset.pace));
      show("[data-words]", counted);
      show("[data-span]", span(seconds));
      show("[data-judged]", judged(seconds, Number(line.dataset.goal)));
    });
  });

  /* The clock */

  document.querySelectorAll("[data-clock]").forEach((clock) => {
    const goal = Number(clock.dataset.goal);
    const time = clock.querySelector("[data-time]");
    const told = clock.querySelector("[data-told]");
    const button = clock.querySelector("[data-start]");
    const field = document.querySelector("[data-seconds]");
    let before = 0;
    let since = null;
    let ticking = null;

    const elapsed = () => before + (since === null ? 0 : performance.now() - since);
    const show = () => {
      const seconds = Math.floor(elapsed() / 1000);
      time.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
      time.toggleAttribute("data-over", seconds > goal);
    };
    const label = (text) => { button.querySelector("span").textContent = text; };
    const stop = () => {
      before = elapsed();
      since = null;
      clearInterval(ticking);
      const seconds = Math.max(1, Math.round(before / 1000));
      label(words.goOn);
      told.textContent = `${span(seconds)}. ${judged(seconds, goal)}`;
      field.value = seconds;
      show();
    };
    const start = () => {
      since = performance.now();
      ticking = setInterval(show, 200);
      label(words.stop);
      told.textContent = words.runs;
    };

    button.addEventListener("click", () => (since === null ? start() : stop()));
    clock.querySelector("[data-again]").addEventListener("click", () => {
      clearInterval(ticking);
      before = 0;
      since = null;
      field.value = "";
      label(words.start);
      told.textContent = words.setBack;
      show();
    });
  });

  /* Marking a passage */

  const box = document.querySelector("[data-markable] .pitch-words");
  const quote = document.querySelector("[data-quote]");
  if (!box || !quote) return;
  const choice = document.querySelector("[data-sentence]");
  const shown = document.querySelector("[data-marked]");
  const texts = () => {
    const walker = document.createTreeWalker(box, NodeFilter.SHOW_TEXT, (node) => (
      node.parentElement.closest(".pitch-number") ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT
    ));
    const found = [];
    while (walker.nextNode()) found.push(walker.currentNode);
    return found;
  };
  const marked = (range) => {
    let at = 0;
    let start = null;
    let passage = "";
    texts().forEach((node) => {
      const length = node.data.length;
      if (range.intersectsNode(node)) {
        const from = node === range.startContainer ? range.startOffset : 0;
        const to = node === range.endContainer ? range.endOffset : length;
        if (to > from) {
          if (start === null) start = at + from;
          passage += node.data.slice(from, to);
        }
      }
      at += length;
    });
    return { start, passage };
  };

  document.addEventListener("selectionchange", () => {
    const selection = document.getSelection();
    if (!selection.rangeCount || selection.isCollapsed) return;
    const range = selection.getRangeAt(0);
    if (!box.contains(range.commonAncestorContainer)) return;
    const { start, passage } = marked(range);
    const trimmed = passage.trim();
    if (start === null || !trimmed) return;
    quote.value = trimmed;
    document.querySelector("#start").value = start + passage.indexOf(trimmed);
    choice.value = "marked";
    shown.hidden = false;
    shown.textContent = `“${trimmed}”`;
  });
})();
