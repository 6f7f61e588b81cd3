/* Who does it: what each change sends along, the PIN where it is asked for, and signing out. */
(() => {
  "use strict";
  const DIGITS = 6;
  const IDLE_MS = 45000;
  const NEEDS = "X-Interlock-Needs";

  const pad = document.getElementById("pin-pad");
  if (!pad) return; // nobody is registered
  const count = pad.querySelector(".pin-count");
  const wrong = pad.querySelector(".pin-wrong");
  const who = pad.querySelector(".pin-who");
  const steady = document.getElementById("confirm"); // an element that no stream replaces
  let token = document.querySelector('meta[name="csrf-token"]')?.content ?? "";
  let pin = "";
  let waiting = null; // what was tapped, and is done when the PIN is right
  let idle = 0;

  const say = (text, result) => document.dispatchEvent(new CustomEvent("kiosk:say", { detail: { text, result } }));

  /* ---- other scripts of the page send it with what they fetch; a page that stood for long asks for a new one ---- */
  async function refresh() {
    const answer = await fetch("/identity", { cache: "no-store" });
    token = (await answer.json()).csrf;
    return token;
  }
  window.interlockCsrf = { token: () => token, refresh };

  document.addEventListener("htmx:config:request", (event) => {
    const { request } = event.detail.ctx;
    if (request.method !== "GET" && token) request.headers["X-CSRF-Token"] = token;
  });

  /* ---- an answer that asks for something: what was tapped is kept, and done once more ---- */
  function kept(ctx) {
    const { method, action, body } = ctx.request;
    const values = method === "GET" ? {} : Object.fromEntries(body?.entries?.() ?? []);
    delete values.tap_id;
    return { method, action, values, target: ctx.target, swap: ctx.swap, source: ctx.sourceElement, sentForm: ctx.sentForm, again: ctx.again };
  }

  function again(act) {
    const source = act.source?.isConnected ? act.source : steady;
    htmx.ajax(act.method, act.action, { source, target: act.target?.isConnected ? act.target : undefined, swap: act.swap, values: act.values, sentForm: act.sentForm, again: true });
  }

  document.addEventListener("htmx:before:response", async (event) => {
    const { ctx } = event.detail;
    const needs = ctx.response.headers.get(NEEDS);
    if (!needs) return;
    event.preventDefault();
    const act = kept(ctx);
    if (needs === "csrf" && !act.again) {
      await refresh().then(() => again(act), () => say(pad.dataset.noAnswer, "refused"));
      return;
    }
    const text = await ctx.response.raw.text();
    if (needs === "pin") ask(text, act);
    else if (needs === "enrolment" || needs === "login") location.reload();
    else say(text, "refused");
  });

  /* ---- the pad ---- */
  function show() {
    count.textContent = "●".repeat(pin.length) + "○".repeat(DIGITS - pin.length);
    clearTimeout(idle);
    if (!pad.hidden) idle = setTimeout(close, IDLE_MS);
  }

  function ask(text, act) {
    waiting = act;
    pin = "";
    who.textContent = text;
    wrong.textContent = "";
    pad.hidden = false;
    show();
  }

  function close() {
    pad.hidden = true;
    pin = "";
    waiting = null;
    show();
  }

  async function send() {
    pad.dataset.busy = "";
    const body = new URLSearchParams({ pin });
    pin = "";
    try {
      const answer = await fetch(pad.dataset.pin, { method: "POST", body, headers: { "X-CSRF-Token": token } });
      const told = answer.headers.get("Content-Type")?.includes("json") ? await answer.json() : {};
      if (answer.ok && told.ok) {
        const act = waiting;
        close();
        if (act) again(act);
      } else {
        if (answer.headers.get(NEEDS) === "csrf") await refresh();
        wrong.textContent = told.text ?? pad.dataset.noAnswer;
      }
    } catch {
      wrong.textContent = pad.dataset.noAnswer;
    }
    delete pad.dataset.busy;
    show();
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.digit && pin.length < DIGITS) {
      pin += button.dataset.digit;
      wrong.textContent = "";
      show();
      if (pin.length === DIGITS) send();
    } else if ("pinBack" in button.dataset) {
      pin = pin.slice(0, -1);
      show();
    } else if ("pinClose" in button.dataset) close();
    else if ("badgeOut" in button.dataset) htmx.ajax("POST", pad.dataset.badgeOut, { source: steady, swap: "none" });
  });

  /* ---- who badges in may read another language: then the whole page speaks it ---- */
  const spoken = () => document.getElementById("kiosk-head")?.dataset.lang ?? "";
  const stands = () => document.getElementById("kiosk-head")?.dataset.person ?? "";
  const began = spoken();
  const beganWith = stands();
  /* A language that was tapped counts for who stood here then, so the address must not say it to whoever comes next. */
  const address = new URL(location.href);
  const tapped = address.searchParams.has("lang");
  address.searchParams.delete("lang");
  if (tapped) history.replaceState(null, "", address);
  new MutationObserver(() => { if (spoken() !== began || (tapped && stands() !== beganWith)) location.reload(); })
    .observe(document.body, { subtree: true, attributes: true, attributeFilter: ["data-lang", "data-person"] });

  document.addEventListener("kiosk:scan", close); // a badge of somebody else, or work that goes on
})();
