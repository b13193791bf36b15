// Says when the connection is gone or a request did not get through, and holds back what would be lost.
"use strict";

(() => {
  const words = document.getElementById("script-words")?.dataset ?? {};
  const place = () => document.getElementById("notices");

  const say = (text, tone, name) => {
    const notices = place();
    if (!notices || !text) return;
    notices.querySelector(`[data-about="${name}"]`)?.remove();
    const notice = document.createElement("div");
    notice.className = `notice tone-${tone}`;
    notice.dataset.about = name;
    const sentence = document.createElement("div");
    sentence.className = "notice-text";
    sentence.textContent = text;
    const close = document.createElement("button");
    close.type = "button";
    close.className = "bar-button notice-close";
    close.dataset.closeNotice = "yes";
    close.setAttribute("aria-label", words.close ?? "");
    close.textContent = "×";
    notice.append(sentence, close);
    notices.append(notice);
  };

  const gone = () => say(words.offline, "warn", "connection");

  window.addEventListener("offline", gone);
  window.addEventListener("online", () => say(words.online, "good", "connection"));
  if (!navigator.onLine) gone();

  /* A form sent into nowhere would leave a page of the browser's own, and the text behind it. */
  document.addEventListener("submit", (event) => {
    if (navigator.onLine) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    gone();
  }, true);

  ["htmx:error", "htmx:response:error"].forEach((name) =>
    document.addEventListener(name, () =>
      (navigator.onLine ? say(words.notSent, "warn", "request") : gone())));
})();
