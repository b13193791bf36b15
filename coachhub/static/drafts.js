// Keeps what is being typed in this tab: through a reload, a lost connection, a sign-in that ran out.
"use strict";

(() => {
  const words = document.getElementById("script-words")?.dataset ?? {};
  const each = (selector, act, root = document) => root.querySelectorAll(selector).forEach(act);

  /* Counters under long texts */

  const filled = (text, figures) => (text ?? "").replace(/\{(\w+)\}/g, (_all, name) => figures[name]);

  const count = (counter) => {
    const text = document.getElementById(counter.dataset.counts);
    if (!text) return;
    const most = Number(counter.dataset.limit);
    const left = most - text.value.length;
    counter.toggleAttribute("data-over", left < 0);
    const sentence = text.value.length === 0 ? words.countEmpty : left < 0 ? words.countOver : words.countLeft;
    counter.textContent = filled(sentence, { left, most, over: -left });
  };

  /* Drafts belong to one person: somebody else at the same machine finds none of them. */

  const person = document.body.dataset.person ?? "";
  const atTheDoor = location.pathname.startsWith("/account/");
  const draftKey = (form) => `draft:${person}:${location.pathname}:${form.dataset.draft}`;

  const draftFields = (form) =>
    [...form.elements].filter((field) =>
      field.name && !["hidden", "password", "file", "submit", "button", "fieldset"].includes(field.type));

  const fieldState = (field) => (["checkbox", "radio"].includes(field.type) ? field.checked : field.value);

  const saySaved = (form) => {
    if (form.querySelector("[data-draft-said]")) return;
    const note = document.createElement("p");
    note.className = "draft-said";
    note.dataset.draftSaid = "yes";
    note.setAttribute("role", "status");
    (form.querySelector(".form-actions") ?? form).append(note);
    note.textContent = words.draftSaved;
  };

  const saveDraft = (form, sent = false) => {
    const values = draftFields(form).map((field) => [field.name, field.type, fieldState(field)]);
    try {
      sessionStorage.setItem(draftKey(form), JSON.stringify({ sent, values }));
      if (!sent) saySaved(form);
    } catch {
      delete form.dataset.draft;
    }
  };

  const drafts = () => Object.keys(sessionStorage).filter((key) => key.startsWith("draft:"));

  const changeDrafts = (change) =>
    drafts().forEach((key) => {
      const kept = change(JSON.parse(sessionStorage.getItem(key)), key);
      if (kept) sessionStorage.setItem(key, JSON.stringify(kept));
      else sessionStorage.removeItem(key);
    });

  const offerFreshStart = (form) => {
    const note = document.createElement("p");
    note.className = "draft-note";
    note.append(`${words.draftKept} `);
    const fresh = document.createElement("button");
    fresh.type = "button";
    fresh.className = "btn btn-quiet btn-small";
    fresh.textContent = words.draftFresh;
    fresh.addEventListener("click", () => {
      sessionStorage.removeItem(draftKey(form));
      form.reset();
      note.remove();
      each("[data-draft-said]", (said) => said.remove(), form);
      each("[data-counts]", count, form);
      draftFields(form)[0]?.focus();
    });
    note.append(fresh);
    form.prepend(note);
  };

  const restoreDraft = (form) => {
    const kept = sessionStorage.getItem(draftKey(form));
    if (!kept || form.querySelector(".form-errors")) return;
    const fields = draftFields(form);
    const { values } = JSON.parse(kept);
    let changed = false;
    values.forEach(([name, type, state], place) => {
      const field = fields[place];
      if (!field || field.name !== name || field.type !== type || fieldState(field) === state) return;
      if (["checkbox", "radio"].includes(type)) field.checked = state;
      else field.value = state;
      changed = true;
    });
    if (changed) offerFreshStart(form);
  };

  document.addEventListener("input", ({ target: field }) => {
    if (field.id) each(`[data-counts="${CSS.escape(field.id)}"]`, count);
    if (field.form?.dataset.draft) saveDraft(field.form);
  });

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented && !form.matches("[hx-post], [data-hx-post]")) return;
    if (form.dataset.draft) saveDraft(form, true);
    if (form.matches("[data-leaves]")) changeDrafts(() => null);
  });

  /* What was sent has arrived, unless this page says that something went wrong, or asks for a sign-in
     first: then it waits where it was written. */
  if (atTheDoor) changeDrafts((draft) => ({ ...draft, sent: false }));
  else if (!document.body.matches("[data-error]") && !document.querySelector(".form-errors")) {
    const others = (key) => person && !key.startsWith(`draft:${person}:`);
    changeDrafts((draft, key) => (draft.sent || others(key) ? null : draft));
  }
  each("form[data-draft]", restoreDraft);
  each("[data-counts]", count);
  ["htmx:after:swap", "htmx:afterSwap"].forEach((name) =>
    document.addEventListener(name, () => each("[data-counts]", count)));
})();
