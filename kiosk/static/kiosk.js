/* Taps on the kiosk: what blames somebody takes a second tap at another place within 5 s. */
(() => {
  "use strict";
  const CONFIRM_MS = 5000;
  const UNDO_MS = 60000;
  const PANEL_IDLE_MS = 90000;
  const WIDE = matchMedia("(min-width: 901px)");

  const confirmBox = document.getElementById("confirm");
  const panel = document.getElementById("panel");
  const codeForm = document.getElementById("code-entry");

  /* ---- a tap keeps its id until the server has answered, so tapping again after a cut counts once ---- */
  const unanswered = new Map();
  const KEPT_MS = 120000; // later the same words are a new act: a batch that came this morning goes this afternoon

  function newTapId() {
    return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  function tapId(key) {
    const now = performance.now();
    const kept = unanswered.get(key);
    if (kept && now - kept.at < KEPT_MS) return kept.id;
    unanswered.set(key, { id: newTapId(), at: now });
    return unanswered.get(key).id;
  }

  function keyOf(action, fields) {
    const rest = [...fields].filter(([name]) => name !== "tap_id").map(([name, value]) => `${name}=${value}`);
    return [action, ...rest.sort()].join("&");
  }

  document.addEventListener("htmx:config:request", (event) => {
    const { request } = event.detail.ctx;
    if (request.method !== "POST") return;
    event.detail.ctx.tapKey = keyOf(request.action, request.body.entries());
    request.body.set("tap_id", tapId(event.detail.ctx.tapKey));
  });
  document.addEventListener("htmx:before:response", (event) => {
    const { ctx } = event.detail;
    if (ctx.tapKey && ctx.response.status < 500) unanswered.delete(ctx.tapKey);
  });

  /* ---- sent from an element that stays: htmx drops the answer to one that the stream has taken away ---- */
  function post(url, values, { source = confirmBox, button = null, sentForm = null } = {}) {
    button?.classList.add("htmx-request");
    htmx.ajax("POST", url, { source, values, swap: "none", sentForm }).finally(() => button?.classList.remove("htmx-request"));
  }

  const say = (text, result) => document.dispatchEvent(new CustomEvent("kiosk:say", { detail: { text, result } }));

  document.addEventListener("kiosk:post", ({ detail }) => post(detail.url, detail.values, detail));
  document.addEventListener("kiosk:ask", ({ detail }) => ask(detail));

  /* ---- what a cut must not lose goes through the outbox: kept on the tablet's disk first, then sent ---- */
  /* A PIN can be asked for only by the server: where people are registered, what commits somebody goes there at once
     while it can be reached; without it the badge stands. */
  const isDirect = () => Boolean(window.interlockCsrf) && outbox.reached;

  /* A badge changes who stands here, which the server answers with the page's new head. */
  function read(code) {
    if (/^badge/i.test(code) && isDirect()) post(codeForm.action, { code });
    else outbox.put("scan", { code }, code);
  }

  document.addEventListener("kiosk:scan", (event) => read(event.detail));
  codeForm.addEventListener("submit", (event) => {
    event.preventDefault();
    const field = codeForm.elements.code;
    const code = field.value.trim();
    field.value = "";
    field.blur();
    if (code) read(code);
  });

  const told = (form) => Object.fromEntries([...new FormData(form)].filter(([, value]) => value !== ""));
  const sentForms = new Map();

  async function keepAnswer(form) {
    if (sentForms.has(form)) return;
    sentForms.set(form, null);
    const { entryLabel, flag } = form.dataset;
    await outbox.put("answer", { flag, ...told(form) }, entryLabel).then((entry) => sentForms.set(form, entry.id), () => sentForms.delete(form));
  }

  function sendForm(form, action, button) {
    post(action, Object.fromEntries(new FormData(form)), { button, sentForm: form });
  }

  panel.addEventListener("submit", (event) => {
    event.preventDefault();
    const form = event.target;
    if (form.id === "answer" && !isDirect()) keepAnswer(form);
    else sendForm(form, form.action, event.submitter);
  });
  document.addEventListener("outbox:told", ({ detail: { entry, result } }) => {
    for (const [form, id] of sentForms) {
      if (id !== entry.id) continue;
      sentForms.delete(form);
      if (result !== "refused" && panel.contains(form)) panel.replaceChildren(); // a blank that stays behind would keep it open
    }
  });

  /* ---- first tap, second tap ---- */
  let asked = null;

  function place(tap) {
    if (WIDE.matches) return tap.left + tap.width / 2 > innerWidth / 2 ? "left" : "right";
    return tap.top + tap.height / 2 > innerHeight / 2 ? "top" : "bottom";
  }

  const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

  /* A flag for a batch is judged by the server alone; what an hour owes is known here, also without a network. */
  function askOf(button) {
    const { firstTap, order, against, quantity, name, batch } = button.dataset;
    const gives = firstTap === "give";
    const words = { n: quantity, name, order };
    const what = filled(gives ? confirmBox.dataset.nameGive : confirmBox.dataset.name, words);
    const word = filled(gives ? confirmBox.dataset.give : confirmBox.dataset.notReceived, words);
    const asks = { kind: firstTap, word, what, near: button };
    if (batch || (!gives && isDirect())) { ask({ ...asks, url: confirmBox.dataset.flags, values: { order, against, ...(batch && { batch }) } }); return; }
    const entry = { kind: gives ? "scan" : "flag", fields: gives ? { code: order } : { order, against } };
    if (outbox.holds(entry.kind, entry.fields)) { say(confirmBox.dataset.held, "notice"); return; }
    entry.label = `${filled(gives ? confirmBox.dataset.labelGive : confirmBox.dataset.label, words)} ${what}`;
    ask({ ...asks, entry });
  }

  function ask({ url, values, kind, word, what, near, sentForm = null, entry = null }) {
    if (url) tapId(keyOf(url, Object.entries(values)));
    asked = { url, values, sentForm, entry, until: performance.now() + CONFIRM_MS };
    confirmBox.dataset.kind = kind;
    confirmBox.dataset.place = place(near.getBoundingClientRect());
    confirmBox.querySelector(".confirm-word").textContent = word;
    confirmBox.querySelector(".confirm-what").textContent = what;
    confirmBox.hidden = false;
    countDown();
  }

  function countDown() {
    if (!asked) return;
    const left = asked.until - performance.now();
    if (left <= 0) { dismiss(); return; }
    confirmBox.querySelector(".confirm-time").setAttribute("width", String(Math.round((left / CONFIRM_MS) * 1000)));
    requestAnimationFrame(countDown);
  }

  function dismiss() {
    asked = null;
    confirmBox.hidden = true;
  }

  WIDE.addEventListener("change", dismiss); // its place was chosen for how the tablet was held

  function send() {
    if (!asked) return;
    const { url, values, sentForm, entry } = asked;
    dismiss();
    if (entry) outbox.put(entry.kind, entry.fields, entry.label);
    else post(url, values, { sentForm });
  }

  /* ---- one listener for all buttons; none keeps the focus, so a scanner's Enter presses nothing ---- */
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    button.blur();
    if (button.dataset.firstTap) askOf(button);
    else if (button.classList.contains("confirm-yes")) send();
    else if (button.classList.contains("confirm-no")) dismiss();
    else if (button.dataset.undo && isDirect()) post(button.dataset.withdraw, {}, { button });
    else if (button.dataset.undo) outbox.put("withdraw", { flag: button.dataset.undo }, button.dataset.label);
    else if (button.dataset.post) post(button.dataset.post, JSON.parse(button.dataset.fields), { button });
    else if (button.dataset.sends) sendForm(button.form, button.dataset.sends, button); // what else the form can say
    else if ("closePanel" in button.dataset) panel.replaceChildren();
  });
  document.addEventListener("change", (event) => { if (event.target.matches("input[type=radio]")) event.target.blur(); });

  /* ---- after an answer of the server ---- */
  document.addEventListener("htmx:after:swap", (event) => {
    const { sentForm } = event.detail.ctx;
    const refused = document.getElementById("message").dataset.result === "refused";
    if (sentForm && !refused && panel.contains(sentForm)) panel.replaceChildren();
    closeSettled(sentForm);
    countUndo();
  });

  /* Nobody fills in an answer that nobody waits for; whoever has just sent it reads the server's own words. */
  function closeSettled(sent) {
    const form = panel.firstElementChild;
    const against = document.getElementById("kiosk-against");
    if (!form?.dataset.flag || against.dataset.flags.split(" ").includes(form.dataset.flag)) return;
    panel.replaceChildren(); // a blank that stays behind would keep it open
    if (form !== sent && !sentForms.has(form)) say(panel.dataset.settled, "notice");
  }

  let panelTouchedAt = performance.now();
  for (const kind of ["pointerdown", "input"]) panel.addEventListener(kind, () => { panelTouchedAt = performance.now(); });
  new MutationObserver(() => { panelTouchedAt = performance.now(); }).observe(panel, { childList: true });

  /* ---- undo: 60 s from when the flag was first seen here ---- */
  const seenAt = new Map();

  function countUndo() {
    const now = performance.now();
    for (const button of document.querySelectorAll("[data-undo]")) {
      const flag = button.dataset.undo;
      if (!seenAt.has(flag)) seenAt.set(flag, now);
      const left = Math.ceil((seenAt.get(flag) + UNDO_MS - now) / 1000);
      button.hidden = left <= 0;
      button.querySelector(".undo-left").textContent = String(Math.max(0, left));
    }
  }

  setInterval(() => {
    countUndo();
    if (panel.firstElementChild && performance.now() - panelTouchedAt > PANEL_IDLE_MS) panel.replaceChildren();
  }, 1000);
  countUndo();
})();
