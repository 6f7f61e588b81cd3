/* The outbox: written to the tablet's disk first, then sent; gone only when the server says that it holds it. */
const outbox = (() => {
  "use strict";
  const LARGEST_BATCH = 50;
  const TIMEOUT_MS = 4000;
  const LONGEST_TIMEOUT_MS = 16000;
  const FIRST_WAIT_MS = 500;
  const LONGEST_WAIT_MS = 8000;
  const BEAT_MS = 5000;
  const FAILURES_OF_ONE = 3;
  const SERVER_FAULT = 500;

  const station = document.getElementById("kiosk").dataset.station;
  const place = document.getElementById("message-place");
  const stream = document.getElementById("stream");
  const tell = (kind, detail) => document.dispatchEvent(new CustomEvent(kind, { detail }));

  let known = []; // entries as they are on the disk, in their order
  let batch = LARGEST_BATCH;
  let timeoutMs = TIMEOUT_MS;
  let waitMs = 0;
  let timer = 0;
  let sending = false;
  let again = false;
  let reached = true;
  let contactAt = -Infinity;
  let here = null; // who this tablet is at its station
  const failures = new Map();

  /* ---- the site's time, from the server's last word on; a tablet that slept or was set back goes by the later ---- */
  let anchor = null;
  const hearTime = (now) => { anchor = { now, wall: Date.now(), tick: performance.now() }; };
  function siteNow() {
    if (!anchor) return Date.now();
    return anchor.now + Math.round(Math.max(performance.now() - anchor.tick, Date.now() - anchor.wall));
  }

  const waiting = (of) => known.filter((entry) => entry.state === "waiting" && (!of || entry.station === of));
  const refused = () => known.filter((entry) => entry.state === "refused");

  async function look() {
    known = await outboxStore.entries();
    tell("outbox:changed");
  }

  /* ---- in ---- */
  async function put(kind, fields, label = "") {
    const person = document.body.dataset.person || null;
    let entry;
    try {
      entry = await outboxStore.put(station, { kind, fields, label, person, at: siteNow() });
    } catch (error) {
      console.error("this tablet cannot keep anything", error);
      tell("kiosk:say", { text: place.dataset.unkept, result: "refused" });
      throw error;
    }
    known = await outboxStore.entries();
    tell("outbox:kept", { entry });
    tell("outbox:changed");
    if (reached || !timer) drain();
    return entry;
  }

  const holds = (kind, fields) => waiting().some((entry) => entry.kind === kind && Object.entries(fields).every(([name, value]) => entry.fields[name] === value));

  /* ---- out: one request at a time, oldest first ---- */
  async function drain() {
    if (sending) { again = true; return; }
    sending = true;
    clearTimeout(timer);
    timer = 0;
    try {
      do {
        again = false;
        for (const of of new Set([station, ...waiting().map((entry) => entry.station)])) await drainStation(of);
      } while (again);
      waitMs = 0;
    } catch (error) {
      console.info("the outbox waits", error);
      waitMs = Math.min(LONGEST_WAIT_MS, waitMs ? waitMs * 2 : FIRST_WAIT_MS);
      timer = setTimeout(drain, waitMs * (0.5 + Math.random() / 2));
    } finally {
      sending = false;
    }
  }

  async function drainStation(of) {
    let entries = waiting(of).slice(0, batch);
    while (entries.length || (of === station && performance.now() - contactAt > BEAT_MS)) {
      await send(of, entries);
      entries = waiting(of).slice(0, batch);
    }
  }

  function words(own, sent, leaving = false) {
    const rest = waiting(own.station).filter((entry) => !sent.includes(entry));
    const entries = sent.map(({ id, seq, kind, at, fields, person }) => ({ id, seq, kind, at, fields, person }));
    return JSON.stringify({ tablet: own.tablet, clock: Date.now(), waiting: rest.length, oldest_at: rest[0]?.at ?? null, next_seq: own.next,
      refused: refused().filter((entry) => entry.station === own.station).length, leaving, before: own.before ?? null, entries });
  }

  /* Where people are registered each change carries this page's token; an old one is asked for anew, once. */
  async function post(of, body, options) {
    const csrf = window.interlockCsrf;
    const ask = () => fetch(`/kiosk/${encodeURIComponent(of)}/outbox`, {
      method: "POST", body, headers: { "Content-Type": "application/json", ...(csrf && { "X-CSRF-Token": csrf.token() }) }, ...options });
    const answer = await ask();
    if (!csrf || answer.headers.get("X-Interlock-Needs") !== "csrf") return answer;
    await csrf.refresh();
    return ask();
  }

  async function send(of, sent) {
    const beganAt = performance.now();
    let heard;
    const own = await outboxStore.tablet(of);
    if (of === station) here = own;
    try {
      const answer = await post(of, words(own, sent), { signal: AbortSignal.timeout(timeoutMs) });
      if (!answer.ok) throw Object.assign(new Error(`answered ${answer.status}`), { status: answer.status });
      heard = await answer.json();
    } catch (error) {
      await failed(error, sent);
      throw error;
    }
    contactAt = performance.now();
    reach(true);
    hearTime(heard.now);
    failures.clear();
    batch = Math.min(LARGEST_BATCH, batch * 2);
    if (contactAt - beganAt < TIMEOUT_MS / 2) timeoutMs = TIMEOUT_MS;
    await take(sent, heard.answers);
  }

  async function take(sent, answers) {
    const byId = new Map(sent.map((entry) => [entry.id, entry]));
    const answered = answers.filter(({ id }) => byId.has(id)).map(({ id, result, text }) => ({ entry: byId.get(id), result, text }));
    if (sent.length && !answered.length) throw new Error("no entry was answered");
    if (!answered.length) return;
    await outboxStore.settle(answered);
    await look();
    tell("outbox:answered", { answered });
  }

  async function failed(error, sent) {
    reach(false);
    // A slow network gets smaller batches and more time; it never gets two requests at once.
    if (error.name === "TimeoutError") timeoutMs = Math.min(LONGEST_TIMEOUT_MS, timeoutMs * 2);
    if (sent.length > 1) batch = Math.max(1, Math.floor(sent.length / 2));
    if (error.status !== SERVER_FAULT || sent.length !== 1) return;
    // One entry that the server fails at must not keep all others here for ever.
    const times = (failures.get(sent[0].id) ?? 0) + 1;
    failures.set(sent[0].id, times);
    if (times >= FAILURES_OF_ONE) await take(sent, [{ id: sent[0].id, result: "refused", text: place.dataset.failed }]);
  }

  function reach(now) {
    if (reached === now) return;
    reached = now;
    tell("outbox:changed");
  }

  /* ---- when there is hope: a beat of the server, the network's return, the page shown again ---- */
  stream.addEventListener("beat", (event) => {
    hearTime(JSON.parse(event.detail.data).now);
    if (!reached || waiting().length) drain();
  });
  // A page that the tablet kept goes by the site's time as it was heard before.
  document.addEventListener("live:kept", ({ detail }) => { if (!anchor) hearTime(Date.now() + detail.offset); });
  for (const kind of ["online", "pageshow"]) addEventListener(kind, () => drain());
  setInterval(() => { if (!timer) drain(); }, BEAT_MS);
  addEventListener("pagehide", () => { if (here) post(station, words(here, [], true), { keepalive: true }).catch(() => {}); });
  addEventListener("beforeunload", (event) => { if (!reached && !document.body.dataset.reloads) event.preventDefault(); });
  navigator.storage?.persist?.().catch(() => {});

  const ready = look().catch((error) => {
    console.error("this tablet cannot keep anything", error);
    tell("kiosk:say", { text: place.dataset.unkept, result: "refused" });
  });
  ready.then(drain);

  return {
    put,
    holds,
    waiting,
    refused,
    siteNow,
    get reached() { return reached; },
    dismiss: async (entries) => { await outboxStore.forget(entries); await look(); },
  };
})();
