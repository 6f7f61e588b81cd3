/* What this tablet shows when it is started while the server is away: its page and its last state, with their age.
   Only where the browser has service workers, that is over HTTPS or on this machine; elsewhere nothing here runs. */
(async () => {
  "use strict";
  const PREFIX = "interlock-kiosk-";
  const SAVE_AFTER_MS = 700;
  const HEARD_EVERY_MS = 10000;

  const { program } = document.documentElement.dataset;
  const { station } = document.getElementById("kiosk").dataset;
  const stream = document.getElementById("stream");
  if (!navigator.serviceWorker || !window.caches) return;

  /* ---- the last state, on the tablet's disk ---- */
  let opening = null;
  function open() {
    opening ??= new Promise((resolve, reject) => {
      const request = indexedDB.open("interlock-last-state", 1);
      request.onupgradeneeded = () => request.result.createObjectStore("states");
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    return opening;
  }

  async function transact(mode, work) {
    const transaction = (await open()).transaction("states", mode);
    return new Promise((resolve, reject) => {
      const request = work(transaction.objectStore("states"));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error);
    });
  }

  const read = (key) => transact("readonly", (states) => states.get(key));
  const write = (key, value) => transact("readwrite", (states) => states.put(value, key)).catch((error) => console.info("the state is not kept", error));

  /* ---- a page that was kept: the state that was seen last, and how old it is ---- */
  async function restore() {
    const keptAt = Number(document.body.dataset.kept);
    const [state, heard] = await Promise.all([read(`${station}/state`), read(`${station}/heard`)]);
    if (state?.program === program) {
      for (const [id, html] of Object.entries(state.regions)) {
        const old = document.getElementById(id);
        if (!old) continue;
        old.outerHTML = html;
        htmx.process(document.getElementById(id));
      }
    }
    const detail = { wall: heard?.wall ?? keptAt, offset: heard?.offset ?? 0 };
    document.dispatchEvent(new CustomEvent("live:kept", { detail }));
  }

  let offset = 0;
  let heardAt = -Infinity;
  let saving = 0;

  function regions() {
    return Object.fromEntries([...document.querySelectorAll("[id^=kiosk-]")].map((region) => [region.id, region.outerHTML]));
  }

  function save() {
    saving = 0;
    write(`${station}/state`, { program, regions: regions() });
  }

  document.addEventListener("htmx:after:swap", () => { saving ||= setTimeout(save, SAVE_AFTER_MS); });
  stream.addEventListener("beat", (event) => {
    offset = JSON.parse(event.detail.data).now - Date.now();
    if (performance.now() - heardAt < HEARD_EVERY_MS) return;
    heardAt = performance.now();
    write(`${station}/heard`, { wall: Date.now(), offset });
    if (!saving) saving = setTimeout(save, SAVE_AFTER_MS);
  });

  if (document.body.dataset.kept !== undefined) await restore().catch((error) => console.info("no state was kept", error));

  /* The styles of the letters come after the page, and name the files that are kept, too. */
  async function lettersThere() {
    const coming = [...document.querySelectorAll("link[rel=stylesheet]")].filter((link) => !link.sheet);
    await Promise.all(coming.map((link) => new Promise((done) => { link.onload = done; link.onerror = done; })));
    await document.fonts.ready;
  }

  /* ---- the page itself, as soon as it is the server's own: with all that it loads ---- */
  async function keepPage() {
    await lettersThere();
    const loaded = [...document.querySelectorAll("link[href], script[src]")].map((element) => element.href || element.src);
    const fetched = performance.getEntriesByType("resource").map((entry) => entry.name);
    const files = [...new Set([...loaded, ...fetched])].filter((address) => new URL(address).pathname.startsWith("/static/"));
    const name = PREFIX + program;
    const cache = await caches.open(name);
    await cache.addAll((await Promise.all(files.map(async (file) => ((await cache.match(file)) ? null : file)))).filter(Boolean));
    const answer = await fetch(location.href, { cache: "no-store" });
    const page = await answer.text();
    // What is asked for now may be a login, or the page of a program that came in between: that one keeps itself.
    if (!answer.ok || answer.redirected || !page.includes(`data-program="${program}"`)) { await forget(); return; }
    const headers = new Headers(answer.headers);
    for (const name of ["Content-Length", "Content-Encoding"]) headers.delete(name);
    headers.set("X-Kept-At", String(Date.now()));
    await cache.put(location.pathname, new Response(page, { headers }));
    // Only now are the older ones good for nothing any more.
    for (const other of await caches.keys()) if (other.startsWith(PREFIX) && other !== name) await caches.delete(other);
    document.documentElement.dataset.keptPage = "yes";
  }

  async function forget() {
    for (const name of await caches.keys()) if (name.startsWith(PREFIX)) await (await caches.open(name)).delete(location.pathname);
  }

  async function keep() {
    await navigator.serviceWorker.register("/kiosk-worker.js", { scope: "/kiosk/", updateViaCache: "none" });
    if (document.body.dataset.kept === undefined) await keepPage();
  }
  // Not before the page lives: nothing of this may slow its beginning.
  stream.addEventListener("beat", () => {
    keep().catch((error) => console.info("this page is not kept for a start without the server", error));
  }, { once: true });
})();
