// Asks the device for a passkey, with Flask-Security's own webauthn.js, and sends its answer.
// What to ask stands in data-options; data-passkey says whether to make a passkey or to use one.
"use strict";

(() => {
  const ask = async (form) => {
    const problem = form.querySelector("[data-passkey-problem]");
    const button = form.querySelector("button");
    problem.hidden = true;
    button.disabled = true;
    const handle = form.dataset.passkey === "make" ? handleRegister : handleSignin;
    const answer = await handle(form.dataset.options);
    if (answer.credential) {
      form.elements.namedItem("credential").value = answer.credential;
      form.submit();
      return;
    }
    button.disabled = false;
    problem.hidden = false;
  };

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      ask(form);
    });
    ask(form);
  }
})();
