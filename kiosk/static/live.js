/* How fresh the page is. The server beats every 2 s; silence is shown as loudly as lateness, then mended. */
(() => {
  "use strict";
  const STALE_MS = 6000;
  const RECONNECT_EVERY_MS = 6000;
  const RELOAD_AFTER_MS = 30000;
  const GATEWAY_OLD_S = 10;

  const body = document.body;
  const stream = document.getElementById("stream");
  const live = document.getElementById("live");
  const fresh = document.getElementById("fresh");
  const zone = document.querySelector("[data-zone]")?.dataset.zone;

  let heardAt = performance.now();
  let reconnectedAt = 0;
  let healthAskedAt = 0;
  let connection = null; // the stream that hx-sse reads now
  let beat = null;
  let offsetMs = null; // server's clock less this device's

  const clockFormat = zone ? new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" }) : null;

  function heard() { heardAt = performance.now(); show(); }

  function age(seconds) {
    const minutes = Math.floor(seconds / 60);
    return minutes ? fresh.dataset.minute.replace("{n}", minutes) : fresh.dataset.second.replace("{n}", seconds);
  }

  function complaint(silentMs) {
    if (silentMs > STALE_MS) return fresh.dataset.stale.replace("{n}", age(Math.floor(silentMs / 1000)));
    if (!beat) return "";
    if (beat.trouble) return fresh.dataset[beat.trouble];
    if (!beat.broker) return fresh.dataset.broker;
    if (beat.gateway_age_s === null) return fresh.dataset.gatewayNever;
    if (beat.gateway_age_s > GATEWAY_OLD_S) return fresh.dataset.gateway.replace("{n}", age(Math.floor(beat.gateway_age_s)));
    return "";
  }

  function put(element, text) { if (element.textContent !== text) element.textContent = text; }

  function show() {
    const silentMs = performance.now() - heardAt;
    const state = silentMs > STALE_MS ? "stale" : beat ? "live" : "connecting";
    body.dataset.fresh = state;
    put(live.querySelector(".live-word"), live.dataset[state]);
    const text = complaint(silentMs);
    put(fresh, text);
    fresh.hidden = !text;
    body.dataset.scanners = text && state !== "stale" ? "off" : "";
  }

  function tick() {
    const now = performance.now();
    const silentMs = now - heardAt;
    show();
    showClock();
    if (silentMs <= STALE_MS || now - reconnectedAt < RECONNECT_EVERY_MS) return;
    reconnectedAt = now;
    // A half-open connection never ends by itself: give up its reader, and hx-sse asks again with the last id.
    connection?.reader?.cancel().catch(() => {});
    if (silentMs > RELOAD_AFTER_MS) reloadIfServerAnswers();
  }

  function busy() {
    const open = document.querySelector("#panel > *, #confirm:not([hidden]), #batches:not([hidden]), #pin-pad:not([hidden])");
    return Boolean(open || document.activeElement?.matches?.("input"));
  }

  /* The server runs another program than the one that this page is of. */
  function renew(program) {
    if (!program || program === document.documentElement.dataset.program || sessionStorage.getItem("renewed-for") === program || busy()) return;
    sessionStorage.setItem("renewed-for", program); // once: an old page may come out of a cache on the way
    body.dataset.reloads = "yes";
    location.reload();
  }

  async function reloadIfServerAnswers() {
    const now = performance.now();
    if (busy() || now - healthAskedAt < RELOAD_AFTER_MS) return;
    healthAskedAt = now;
    try {
      const answer = await fetch("/healthy", { cache: "no-store", signal: AbortSignal.timeout(4000) });
      if (!answer.ok || performance.now() - heardAt <= RELOAD_AFTER_MS) return;
      body.dataset.reloads = "yes"; // nobody needs to be asked
      location.reload();
    } catch (error) {
      console.info("the server does not answer yet", error);
    }
  }

  function showClock() {
    if (!clockFormat || offsetMs === null) return;
    const text = clockFormat.format(new Date(Date.now() + offsetMs));
    for (const clock of document.querySelectorAll("[data-clock]")) put(clock, text);
  }

  stream.addEventListener("htmx:sse:after:connection", (event) => { connection = event.detail.connection; });
  stream.addEventListener("htmx:sse:close", () => { connection = null; });
  stream.addEventListener("htmx:sse:before:message", heard);
  stream.addEventListener("beat", (event) => {
    beat = JSON.parse(event.detail.data);
    offsetMs = beat.now - Date.now();
    heard();
    showClock();
    renew(beat.program);
  });
  // A page that the tablet kept is as old as what it heard last, and its clock goes on from there.
  document.addEventListener("live:kept", ({ detail }) => {
    heardAt = Math.min(heardAt, performance.now() - Math.max(0, Date.now() - detail.wall));
    offsetMs = detail.offset;
    show();
    showClock();
  });
  document.addEventListener("htmx:after:swap", showClock);
  setInterval(tick, 1000);
  show();
})();
